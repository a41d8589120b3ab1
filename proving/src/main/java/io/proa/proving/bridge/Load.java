package io.proa.proving.bridge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/// Somebody outside who asks the front page again and again, and remembers every answer.
final class Load {
    private static final int ASKERS = 4;
    private static final Duration GAP = Duration.ofMillis(60);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// @param how `200`, another status, or what went wrong
    private record Answer(long atMs, String how) {}

    /// What came of the requests that were begun in some time.
    ///
    /// @param failures how often what went wrong
    record Tally(int requests, int failed, Map<String, Integer> failures) {}

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();
    private final HttpRequest request;
    private final String canary;
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Thread> askers = new ArrayList<>();
    private volatile boolean stopping;

    private Load(String url, String canary) {
        this.request =
                HttpRequest.newBuilder(URI.create(url + canary))
                        .header("X-Canary", canary)
                        .timeout(PATIENCE)
                        .build();
        this.canary = canary;
    }

    static Load start(String url, String canary) {
        Load load = new Load(url, canary);
        for (int i = 0; i < ASKERS; i++) {
            load.askers.add(Thread.ofVirtual().name("asker").start(load::ask));
        }
        return load;
    }

    private void ask() {
        try {
            while (!stopping) {
                long at = System.currentTimeMillis();
                answers.add(new Answer(at, once()));
                Thread.sleep(GAP);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String once() throws InterruptedException {
        try {
            var response = client.send(request, BodyHandlers.ofString());
            boolean whole = response.body().contains(canary + "-front");
            return response.statusCode() == 200 && !whole
                    ? "200 with another body"
                    : Integer.toString(response.statusCode());
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    Tally between(long fromMs, long toMs) {
        int requests = 0;
        int failed = 0;
        Map<String, Integer> failures = new TreeMap<>();
        for (Answer answer : answers) {
            if (answer.atMs() >= fromMs && answer.atMs() < toMs) {
                requests++;
                if (!answer.how().equals("200")) {
                    failed++;
                    failures.merge(answer.how(), 1, Integer::sum);
                }
            }
        }
        return new Tally(requests, failed, failures);
    }

    /// Asks nothing more; what has been asked is still answered.
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread asker : askers) {
            asker.join(PATIENCE);
        }
        client.shutdownNow();
    }
}
