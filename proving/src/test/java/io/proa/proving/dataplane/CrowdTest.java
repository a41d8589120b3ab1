package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.TimeoutRule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// More clients than there is room for.
@Timeout(60)
final class CrowdTest extends Stage {
    private static final String GET = "GET /bytes/5 HTTP/1.1\r\nHost: o\r\n\r\n";

    private static RouteRule connecting(Duration connect) {
        return new RouteRule(
                "test",
                List.of(),
                List.of(),
                RetryRule.DEFAULT,
                new TimeoutRule(connect, Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO));
    }

    @Test
    void requestsBeyondTheConnectionsOfAPoolWaitForOne() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            while (wire.request() != null) {
                                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                                Thread.sleep(1000);
                                now.decrementAndGet();
                                ScriptedServer.ok(wire, "done");
                            }
                        }));
        Planes planes =
                planes(Planes.direct(connecting(Duration.ofSeconds(20)), application.port()));
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 1300; i++) {
            Wire wire = keep(planes.connect());
            wire.socket.setSoTimeout(30_000);
            wire.send(GET);
            CompletableFuture<String> answer = new CompletableFuture<>();
            all.add(answer);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            answer.complete(wire.response().text());
                        } catch (IOException e) {
                            answer.completeExceptionally(e);
                        }
                    });
        }
        for (CompletableFuture<String> answer : all) {
            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("done");
        }
        assertThat(most.get()).isLessThanOrEqualTo(1024);
    }

    /// A plane of its own in a process that may hold few descriptors.
    static final class Crowded {
        private Crowded() {}

        public static void main(String[] args) throws Exception {
            try (ScriptedServer application = ScriptedServer.answering();
                    Planes planes = Planes.direct(RouteRule.DEFAULT, application.port())) {
                System.out.println(planes.port());
                while (System.in.read() >= 0) {
                    System.out.println(planes.shortages);
                }
            }
        }
    }

    private static long cpuTicks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Test
    void withoutDescriptorsAcceptingPausesAndGoesOnLater() throws Exception {
        Process crowded =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "ulimit -n 200 && exec \"$0\" \"$@\"",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:-MaxFDLimit",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Crowded.class.getName())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        keep(crowded::destroyForcibly);
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(crowded.getInputStream(), StandardCharsets.US_ASCII));
        int port = Integer.parseInt(out.readLine());
        // Here classes are files, which cannot be opened later; in a sidecar they are not.
        Wire early = keep(Wire.to(port));
        early.send(GET);
        assertThat(early.response().body()).hasSize(5);
        List<Wire> many = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            many.add(keep(Wire.to(port)));
        }
        Thread.sleep(500);
        long before = cpuTicks(crowded.pid());
        Thread.sleep(2000);
        assertThat(cpuTicks(crowded.pid()) - before).as("hundredths of a second").isLessThan(40);
        for (Wire wire : many) {
            wire.close();
        }
        Wire late = keep(Wire.to(port));
        late.send(GET);
        assertThat(late.response().body()).hasSize(5);
        crowded.getOutputStream().write('\n');
        crowded.getOutputStream().flush();
        assertThat(out.readLine()).isEqualTo("1");
    }
}
