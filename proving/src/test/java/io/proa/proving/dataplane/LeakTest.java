package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// However exchanges end, nothing of them stays.
@Timeout(120)
final class LeakTest extends Stage {
    private static final int CLIENTS = 12;
    private static final int ROUNDS = 250;

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    /// An application that does all that applications do.
    private static ScriptedServer moody() throws IOException {
        return ScriptedServer.playing((wire, number) -> {
            Random random = new Random(number);
            for (Wire.Message request = wire.request(); request != null; request = wire.request()) {
                switch (random.nextInt(14)) {
                    case 0 -> {
                        wire.reset();
                        return;
                    }
                    case 1 -> {
                        return;
                    }
                    case 2 -> {
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart");
                        return;
                    }
                    case 3 -> {
                        wire.send("HTTP/1.1 200 OK\r\n\r\n");
                        wire.send(Wire.bytes(20_000));
                        return;
                    }
                    case 4 -> {
                        wire.send("HTTP/1.1 20 Odd\r\n\r\n");
                        return;
                    }
                    case 5 ->
                            wire.send(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nzz");
                    case 6 -> wire.send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
                    case 7 -> {
                        wire.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                        ScriptedServer.answer(wire, request);
                    }
                    case 8 -> Thread.sleep(150);
                    default -> ScriptedServer.answer(wire, request);
                }
            }
        });
    }

    private static void request(Wire wire, Random random) throws IOException, InterruptedException {
        int size = random.nextInt(5) == 0 ? random.nextInt(300_000) : random.nextInt(2_000);
        switch (random.nextInt(12)) {
            case 0 -> wire.send("GET /bytes/" + size);
            case 1 -> {
                wire.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 100000\r\n\r\nabc");
                Thread.sleep(random.nextInt(5));
                wire.reset();
            }
            case 2 -> {
                wire.send("GET /bytes/300000 HTTP/1.1\r\nHost: o\r\n\r\n");
                Thread.sleep(random.nextInt(5));
                wire.reset();
            }
            case 3 -> wire.send("GET /bytes/1 HTTP/1.1\r\nbad\r\n\r\n");
            case 4 -> {
                wire.send("GET /bytes/" + size + " HTTP/1.0\r\n\r\n");
                wire.response();
            }
            case 5 -> {
                wire.send(
                        "GET /bytes/9 HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                wire.response();
            }
            case 6, 7 -> {
                wire.send("POST /echo HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n");
                wire.chunk(Wire.bytes(size + 1));
                wire.send("0\r\n\r\n");
                wire.response();
            }
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    wire.send("GET /bytes/" + size + " HTTP/1.1\r\nHost: o\r\n\r\n");
                    wire.response();
                }
            }
        }
    }

    private void storm(Planes planes, int seed) throws Exception {
        CompletableFuture<?>[] clients = new CompletableFuture<?>[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seed + i);
            CompletableFuture<Void> done = new CompletableFuture<>();
            clients[i] = done;
            Thread.ofVirtual()
                    .start(() -> {
                        for (int n = 0; n < ROUNDS; n++) {
                            try (Wire wire = planes.connect()) {
                                wire.socket.setSoTimeout(2000);
                                request(wire, random);
                            } catch (IOException | RuntimeException _) {
                                // Meant to happen.
                            } catch (InterruptedException e) {
                                done.completeExceptionally(e);
                                return;
                            }
                        }
                        done.complete(null);
                    });
        }
        CompletableFuture.allOf(clients).get(60, TimeUnit.SECONDS);
    }

    /// What stays when all clients have gone and the idle connections have been closed.
    ///
    /// @param channels how many are expected to stay; -1 = not known
    private static List<Integer> settled(Planes planes, int channels) throws InterruptedException {
        List<Integer> last = planes.held();
        long end = System.nanoTime() + 20_000_000_000L;
        // Idle connections to applications close after four seconds, those between sidecars by the
        // snapshot that has no endpoints. A closed channel is counted until the next selection.
        while (System.nanoTime() < end
                && (last.get(0) > 0
                        || last.get(2) > 0
                        || channels >= 0 && last.get(1) != channels)) {
            Thread.sleep(100);
            last = planes.held();
        }
        return last;
    }

    @Test
    void thousandsOfMixedExchangesLeaveNothingBehind() throws Exception {
        ScriptedServer application = keep(moody());
        var rule =
                Planes.rule(
                        Planes.retry(3, java.util.Set.of(503), Duration.ofMillis(100), 100, 100),
                        Duration.ofSeconds(2));
        Planes planes =
                planes(Planes.mesh(AppProtocol.HTTP, rule, application.port(), application.port()));
        List<io.proa.model.Endpoint> endpoints = planes.endpoints();
        planes.offerNothing();
        List<Integer> before = settled(planes, -1);
        long open = descriptors();
        for (int round = 0; round < 2; round++) {
            planes.offer(rule, endpoints);
            storm(planes, round * 1000);
        }
        planes.offerNothing();
        assertThat(settled(planes, before.get(1)))
                .as("timers, channels, served, slabs")
                .isEqualTo(before);
        assertThat(Planes.within(Duration.ofSeconds(5), () -> open(open))).isTrue();
        assertThat(planes.outbound.size()).isGreaterThan(CLIENTS * ROUNDS);
    }

    private static boolean open(long atMost) {
        try {
            return descriptors() <= atMost;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
