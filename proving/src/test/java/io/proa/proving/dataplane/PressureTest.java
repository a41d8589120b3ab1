package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever is slow holds the other side back, costs no memory and no CPU meanwhile, and gets
/// everything in the end.
@Timeout(60)
final class PressureTest extends Stage {
    private static final int MANY = 200_000_000;

    /// A client whose kernel buffers almost nothing.
    private static Wire narrow(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        return new Wire(socket);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: orders\r\n\r\n";
    }

    private static String post(int length) {
        return "POST /echo HTTP/1.1\r\nHost: orders\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static void pattern(byte[] into, long from) {
        for (int i = 0; i < into.length; i++) {
            into[i] = (byte) ((from + i) * 31 >> 3);
        }
    }

    /// Sends `count` bytes that depend on their place.
    private static void sendPattern(Wire wire, int count) throws IOException {
        byte[] piece = new byte[64 * 1024];
        for (int sent = 0; sent < count; sent += piece.length) {
            pattern(piece, sent);
            wire.socket.getOutputStream().write(piece, 0, Math.min(piece.length, count - sent));
        }
    }

    private static void expectPattern(InputStream in, int count, int pauseEvery) throws Exception {
        byte[] expected = new byte[64 * 1024];
        for (int got = 0, round = 0; got < count; round++) {
            int n = Math.min(expected.length, count - got);
            pattern(expected, got);
            byte[] piece = in.readNBytes(n);
            assertThat(Arrays.equals(piece, 0, piece.length, expected, 0, n))
                    .as("bytes from " + got)
                    .isTrue();
            got += n;
            if (round % pauseEvery == 0) {
                Thread.sleep(1);
            }
        }
    }

    private static CompletableFuture<Void> aside(Action action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        action.run();
                        done.complete(null);
                    } catch (Exception | AssertionError e) {
                        done.completeExceptionally(e);
                    }
                });
        return done;
    }

    private interface Action {
        void run() throws Exception;
    }

    /// CPU nanoseconds that loops have used so far.
    private static long loopCpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("proa-loop")) {
                sum += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return sum;
    }

    private static void assertCalmFor(long millis) throws InterruptedException {
        long before = loopCpu();
        Thread.sleep(millis);
        assertThat((loopCpu() - before) / 1_000_000)
                .as("ms of CPU in " + millis)
                .isLessThan(millis / 8);
    }

    @Test
    void aLargeResponsePassesASlowReaderInBoundedMemory() throws Exception {
        Planes planes =
                mesh(
                        ScriptedServer.playing((wire, number) -> {
                            wire.request();
                            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + MANY + "\r\n\r\n");
                            sendPattern(wire, MANY);
                        }));
        Wire wire = connect();
        wire.send(get("/"));
        assertThat(wire.head()).startsWith("HTTP/1.1 200");
        CompletableFuture<Void> reading = aside(() -> expectPattern(wire.in, MANY, 64));
        int most = 0;
        while (!reading.isDone()) {
            most = Math.max(most, planes.lentSlabs());
            Thread.sleep(20);
        }
        reading.get(1, TimeUnit.SECONDS);
        assertThat(most).isBetween(1, 10);
    }

    @Test
    void aLargeRequestWaitsForAServerThatDoesNotRead() throws Exception {
        CompletableFuture<Void> go = new CompletableFuture<>();
        Planes planes =
                mesh(
                        ScriptedServer.playing((wire, number) -> {
                            wire.head();
                            try {
                                go.get(20, TimeUnit.SECONDS);
                                expectPattern(wire.in, MANY, 64);
                            } catch (Exception e) {
                                throw new IOException(e);
                            }
                            ScriptedServer.ok(wire, new byte[1], false);
                        }));
        Wire wire = connect();
        wire.send(post(MANY));
        CompletableFuture<Void> sent = aside(() -> sendPattern(wire, MANY));
        Thread.sleep(1000);
        assertThat(sent).isNotDone();
        assertThat(planes.lentSlabs()).isBetween(1, 10);
        assertCalmFor(500);
        go.complete(null);
        sent.get(40, TimeUnit.SECONDS);
        assertThat(wire.response().body()).hasSize(1);
    }

    /// The rest of a body lies decrypted or not in the second sidecar when nothing more will come
    /// over the wire.
    @ParameterizedTest
    @ValueSource(ints = {40_000, 100_000, 1_000_000, 3_000_000})
    void theEndOfABodyIsNotForgottenBehindASlowServer(int size) throws Exception {
        mesh(
                ScriptedServer.narrow((wire, number) -> {
                    wire.head();
                    for (int left = size; left > 0; left -= 700) {
                        wire.exactly(Math.min(left, 700));
                        if (left % 10_000 < 700) {
                            Thread.sleep(1);
                        }
                    }
                    ScriptedServer.ok(wire, new byte[1], false);
                }));
        Wire wire = connect();
        wire.send(post(size));
        CompletableFuture<Void> sent = aside(() -> wire.send(Wire.bytes(size)));
        assertThat(wire.response().body()).hasSize(1);
        sent.get(1, TimeUnit.SECONDS);
    }

    @Test
    void aClientThatOnlySendsIsNotReadAndCostsNothing() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = narrow(planes().port());
        keep(wire);
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            many.append(get("/bytes/9000"));
        }
        CompletableFuture<Void> sent = aside(() -> wire.send(many.toString()));
        Thread.sleep(700);
        assertCalmFor(700);
        for (int i = 0; i < 2000; i++) {
            assertThat(wire.response().body()).hasSize(9000);
        }
        sent.get(5, TimeUnit.SECONDS);
    }

    @Test
    void aBodyThatWaitsForItsConnectionCostsNothing() throws Exception {
        // The endpoint takes the connection and never shakes hands.
        ScriptedServer silent = keep(ScriptedServer.playing((wire, number) -> Thread.sleep(3000)));
        ScriptedServer application = keep(ScriptedServer.answering());
        planes(
                Planes.through(
                        io.proa.model.AppProtocol.HTTP,
                        Planes.CALLEE,
                        application.port(),
                        mesh -> silent.port()));
        Wire wire = connect();
        wire.send(post(1_000_000));
        wire.send(Wire.bytes(200_000));
        Thread.sleep(100);
        assertCalmFor(500);
        assertThat(wire.response().status()).isEqualTo(503);
    }

    @Test
    void theLastWordsReachASlowReader() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    ScriptedServer.ok(wire, Wire.bytes(3_000_000), false);
                    Thread.sleep(500);
                }));
        Wire wire = narrow(planes().port());
        keep(wire);
        wire.send("GET / HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n");
        Thread.sleep(3500);
        assertThat(Arrays.equals(wire.response().body(), Wire.bytes(3_000_000))).isTrue();
        assertThat(wire.in.read()).isEqualTo(-1);
    }
}
