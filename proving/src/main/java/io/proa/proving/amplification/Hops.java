package io.proa.proving.amplification;

import io.proa.app.Installation;
import io.proa.app.fleet.AdminClient;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The chain of four pods while it runs, and its client outside.
final class Hops implements AutoCloseable {
    private static final List<String> SENDERS = List.of("front", "a", "b");
    private static final int CLIENTS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern PAIR = Pattern.compile("\\[(\\d+), (\\d+)]");

    /// Metrics are counted a moment after the answer has left.
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final Teardown teardown;
    private final FleetRunner fleet;
    private final URI front;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Hops(Teardown teardown, FleetRunner fleet, int port) {
        this.teardown = teardown;
        this.fleet = fleet;
        this.front = URI.create("http://127.0.0.1:" + port + "/");
    }

    /// @param budget as it stands in a policy
    /// @param work an empty folder
    static Hops start(Path root, Path work, String budget) throws IOException {
        Path folder = root.resolve("proving/src/fleet/amplification");
        Path document =
                Files.writeString(
                        work.resolve("fleet.yaml"),
                        Files.readString(folder.resolve("fleet.yaml"))
                                .replace("FOLDER", folder.toString())
                                .replace("BUDGET", budget));
        int port = freePort();
        FleetPlan plan = FleetDocument.read(document).plan();
        FleetPlan published =
                plan.withServices(
                        plan.services().stream()
                                .map(service ->
                                        service.published().isEmpty()
                                                ? service
                                                : service.withPublished(List.of(port)))
                                .toList());
        Teardown teardown = new Teardown();
        try {
            FleetRunner fleet =
                    FleetRunner.start(
                            published,
                            Installation.find(System.getProperty("io.proa.dist")),
                            work.resolve("run"),
                            teardown,
                            new Told());
            return new Hops(teardown, fleet, port);
        } catch (RuntimeException e) {
            teardown.close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    /// Of interest when something goes wrong.
    private static final class Told implements Progress {
        @Override
        public void step(String done) {}

        @Override
        public void news(String sentence) {
            System.err.println("fleet: " + sentence);
        }
    }

    Measured measure(Trial trial) throws IOException, InterruptedException {
        List<Integer> before = attempts();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger succeeded = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(CLIENTS);
        long began = System.nanoTime();
        for (int i = 0; i < CLIENTS; i++) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            send(trial, next, succeeded);
                        } finally {
                            done.countDown();
                        }
                    });
        }
        done.await();
        double seconds = (System.nanoTime() - began) / 1e9;
        Thread.sleep(SETTLING);
        List<Integer> after = attempts();
        List<Integer> made = new ArrayList<>();
        for (int i = 0; i < SENDERS.size(); i++) {
            made.add(after.get(i) - before.get(i));
        }
        List<Integer> arrived = new ArrayList<>();
        List<Integer> most = new ArrayList<>();
        Matcher pair = PAIR.matcher(counts());
        while (pair.find()) {
            arrived.add(Integer.parseInt(pair.group(1)));
            most.add(Integer.parseInt(pair.group(2)));
        }
        return new Measured(trial, seconds, succeeded.get(), arrived, most, made);
    }

    private void send(Trial trial, AtomicInteger next, AtomicInteger succeeded) {
        HttpRequest.BodyPublisher body =
                trial.method().equals("POST")
                        ? HttpRequest.BodyPublishers.ofString("x".repeat(1_500))
                        : HttpRequest.BodyPublishers.noBody();
        for (int i = next.getAndIncrement(); i < trial.requests(); i = next.getAndIncrement()) {
            String path = trial.header() + "/" + trial.ending() + "/" + i;
            HttpRequest request =
                    HttpRequest.newBuilder(front.resolve(path))
                            .timeout(PATIENCE)
                            .method(trial.method(), body)
                            .build();
            try {
                int status =
                        client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                succeeded.addAndGet(status == 200 ? 1 : 0);
            } catch (IOException e) {
                System.err.println(path + ": " + e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// What came to each application since the last time this was asked.
    private String counts() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(front.resolve("counts")).timeout(PATIENCE).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("/counts was answered " + response.statusCode());
        }
        return response.body();
    }

    /// Attempts that the sidecars have made until now.
    private List<Integer> attempts() throws IOException {
        List<Integer> made = new ArrayList<>();
        for (String sender : SENDERS) {
            for (RunningPod pod : fleet.pods()) {
                if (pod.service().equals(sender)) {
                    made.add(outboundAttempts(pod));
                }
            }
        }
        return made;
    }

    private static int outboundAttempts(RunningPod pod) throws IOException {
        int sum = 0;
        String page = AdminClient.get(pod.adminSocket(), "/metrics", PATIENCE).body();
        for (String line : page.lines().toList()) {
            if (line.startsWith("proa_attempts_total{") && line.contains("\"outbound\"")) {
                sum += (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    @Override
    public void close() {
        teardown.close();
        teardown.failures().forEach(failure -> System.err.println("not undone: " + failure));
    }
}
