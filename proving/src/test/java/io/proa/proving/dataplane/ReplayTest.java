package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import io.proa.model.RetryRule;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sent again is what was sent before, is held in bounded memory, and is not sent for
/// nobody.
@Timeout(30)
final class ReplayTest extends Stage {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final int LIMIT = 64 * 1024;
    private static final RetryRule ON_503 = Planes.retry(3, Set.of(503), Duration.ZERO, 100, 1_000);

    private static String put(int length) {
        return "PUT /echo HTTP/1.1\r\nHost: o\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static RetryRule with(RetryRule rule, Duration backoff, int replayLimit) {
        return new RetryRule(
                rule.maxAttempts(),
                rule.onStatuses(),
                rule.onPerTryTimeout(),
                rule.perTryTimeout(),
                backoff,
                backoff,
                rule.budgetPercent(),
                rule.budgetMinPerSecond(),
                replayLimit);
    }

    /// Answers 503 to each first request and keeps what the others brought.
    private ScriptedServer failingFirst(List<byte[]> bodies, int failures) throws IOException {
        return keep(
                ScriptedServer.playing((wire, number) -> {
                    for (Wire.Message request = wire.request();
                            request != null;
                            request = wire.request()) {
                        bodies.add(request.body());
                        if (bodies.size() <= failures) {
                            wire.send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
                        } else {
                            ScriptedServer.answer(wire, request);
                        }
                    }
                }));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_024, 1_025, 2_048, 17_000, LIMIT - 1, LIMIT})
    void bodiesOfAnnouncedLengthAreRepeatedByteForByte(int size) throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer application = failingFirst(bodies, 2);
        planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(ON_503, LONG), application.port()));
        Wire wire = connect();
        byte[] body = Wire.bytes(size);
        wire.send(put(size));
        wire.send(body);
        assertThat(wire.response().body()).isEqualTo(body);
        assertThat(bodies).hasSize(3).allMatch(one -> java.util.Arrays.equals(one, body));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5_000, 50_000})
    void chunkedBodiesAreRepeatedByteForByte(int size) throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer application = failingFirst(bodies, 2);
        planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(ON_503, LONG), application.port()));
        Wire wire = connect();
        byte[] body = Wire.bytes(size);
        wire.send("PUT /echo HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < size; at += 777) {
            wire.chunk(java.util.Arrays.copyOfRange(body, at, Math.min(size, at + 777)));
        }
        wire.send("0\r\nX-Trailer: t\r\n\r\n");
        assertThat(wire.response().body()).isEqualTo(body);
        assertThat(bodies).hasSize(3).allMatch(one -> java.util.Arrays.equals(one, body));
    }

    @ParameterizedTest
    @ValueSource(ints = {LIMIT + 1, 300_000})
    void aBodyBeyondTheLimitIsSentOnce(int size) throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer application = failingFirst(bodies, 2);
        planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(ON_503, LONG), application.port()));
        Wire wire = connect();
        wire.send(put(size));
        wire.send(Wire.bytes(size));
        assertThat(wire.response().text()).isEqualTo("busy");
        assertThat(bodies).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void smallBodiesObeyTheLimitToo(int limit) throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer application = failingFirst(bodies, 2);
        RetryRule rule = with(ON_503, Duration.ofMillis(1), limit);
        planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(rule, LONG), application.port()));
        Wire wire = connect();
        wire.send(put(limit + 1));
        wire.send(Wire.bytes(limit + 1));
        assertThat(wire.response().text()).isEqualTo("busy");
        assertThat(bodies).hasSize(1);
        wire.send(put(limit));
        wire.send(Wire.bytes(limit));
        assertThat(wire.response().status()).isEqualTo(200);
        assertThat(bodies).hasSize(3);
    }

    /// The second try fails early, while the client is still sending: what it goes on to send must
    /// not get lost.
    @Test
    void aBodyThatIsStillArrivingIsRepeatedWhole() throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        CountDownLatch answered = new CountDownLatch(1);
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            wire.head();
                            if (number == 1) {
                                wire.exactly(3_000);
                                wire.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                                answered.countDown();
                                wire.in.readAllBytes();
                            } else {
                                bodies.add(wire.exactly(20_000));
                                ScriptedServer.ok(wire, new byte[0], false);
                            }
                        }));
        planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(ON_503, LONG), application.port()));
        Wire wire = connect();
        byte[] body = Wire.bytes(20_000);
        wire.send(put(20_000));
        wire.send(java.util.Arrays.copyOf(body, 3_000));
        assertThat(answered.await(5, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(100);
        wire.send(java.util.Arrays.copyOfRange(body, 3_000, 20_000));
        assertThat(wire.response().status()).isEqualTo(200);
        assertThat(bodies).hasSize(1);
        assertThat(bodies.getFirst()).isEqualTo(body);
    }

    @Test
    void clientsThatLeaveWhileARetryIsWaitedForEndIt() throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer application = failingFirst(bodies, 1_000);
        RetryRule rule = with(ON_503, Duration.ofSeconds(8), LIMIT);
        Planes planes =
                planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(rule, LONG), application.port()));
        int count = 8;
        List<Wire> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Wire client = connect();
            client.send(put(0));
            clients.add(client);
        }
        assertThat(Planes.within(Duration.ofSeconds(3), () -> bodies.size() >= count)).isTrue();
        Thread.sleep(100);
        for (Wire client : clients) {
            client.close();
        }
        assertThat(Planes.within(Duration.ofSeconds(1), () -> planes.outbound.size() >= count))
                .isTrue();
        assertThat(planes.outbound).allMatch(one -> one.reason == Reason.CLIENT_GONE);
        int then = bodies.size();
        Thread.sleep(1_000);
        assertThat(bodies).hasSize(then);
    }

    /// The time that is left does not suffice for the wait: the answer at hand is the better one.
    @Test
    void noRetryIsWaitedForBeyondTheDeadline() throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer application = failingFirst(bodies, 1_000);
        RetryRule rule = with(ON_503, Duration.ofHours(1), LIMIT);
        planes(
                Planes.mesh(
                        AppProtocol.HTTP,
                        Planes.rule(rule, Duration.ofSeconds(2)),
                        application.port()));
        Wire wire = connect();
        long start = System.nanoTime();
        wire.send(put(0));
        assertThat(wire.response().text()).isEqualTo("busy");
        assertThat(System.nanoTime() - start).isLessThan(1_500_000_000L);
        assertThat(bodies).hasSize(1);
    }

    @Test
    void whoHasBegunToAnswerHasWorked() throws Exception {
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            Wire.Message request = wire.request();
                            if (number == 1) {
                                ScriptedServer.answer(wire, request);
                                wire.request();
                            }
                            wire.send("HTTP/1.1 100 Continue\r\n\r\n");
                            Thread.sleep(100);
                        }));
        Planes planes =
                planes(
                        Planes.mesh(
                                AppProtocol.HTTP,
                                Planes.rule(Planes.patient(), LONG),
                                application.port()));
        Wire wire = connect();
        wire.send("GET /bytes/1 HTTP/1.1\r\nHost: o\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(200);
        wire.send(put(0));
        Wire.Message response = wire.response();
        if (response.status() == 100) {
            response = wire.response();
        }
        assertThat(response.status()).isGreaterThanOrEqualTo(500);
        assertThat(Planes.last(planes.outbound, 2).attempts).isEqualTo(1);
    }

    /// Each endpoint is told what it may know: attempt and deadline are for sidecars only.
    @Test
    void triesInsideAndOutsideOfTheMeshAreToldApart() throws Exception {
        List<String> outside = new CopyOnWriteArrayList<>();
        List<String> bodies = new CopyOnWriteArrayList<>();
        ScriptedServer plain = keep(ScriptedServer.playing(refusing(outside, bodies)));
        ScriptedServer inMesh =
                keep(ScriptedServer.playing(refusing(new CopyOnWriteArrayList<>(), bodies)));
        RetryRule rule = with(ON_503, Duration.ofMillis(1), LIMIT);
        Planes planes = planes(Planes.mixed(Planes.rule(rule, LONG), plain.port(), inMesh.port()));
        Wire wire = connect();
        for (int i = 0; i < 20; i++) {
            wire.send(put(4));
            wire.send("body");
            assertThat(wire.response().status()).isEqualTo(503);
        }
        assertThat(bodies).hasSize(60).containsOnly("body");
        assertThat(outside).isNotEmpty().noneMatch(head -> head.contains("x-proa"));
        Planes.last(planes.inbound, 60 - outside.size());
        assertThat(planes.inbound.stream().map(one -> one.callerAttempt)).contains(2);
        assertThat(outside.size() + planes.inbound.size()).isEqualTo(60);
    }

    private static ScriptedServer.Script refusing(List<String> heads, List<String> bodies) {
        return (wire, number) -> {
            for (Wire.Message request = wire.request(); request != null; request = wire.request()) {
                heads.add(request.head());
                bodies.add(request.text());
                wire.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
            }
        };
    }

    /// While nobody takes the body its rest stays in the kernel, and nobody looks for it.
    @Test
    void waitingWithAFullBufferCostsNothing() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            wire.head();
                            wire.exactly(3_000);
                            wire.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                            answered.countDown();
                            wire.in.readAllBytes();
                        }));
        RetryRule rule = with(ON_503, Duration.ofSeconds(2), LIMIT);
        planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(rule, LONG), application.port()));
        Wire wire = connect();
        wire.send(put(60_000));
        wire.send(Wire.bytes(3_000));
        assertThat(answered.await(5, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(100);
        wire.send(Wire.bytes(57_000));
        long before = loopsNanos();
        Thread.sleep(1_000);
        assertThat(loopsNanos() - before).isLessThan(250_000_000L);
    }

    private static long loopsNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("proa-loop")) {
                sum += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return sum;
    }

    /// Many uploads at once: what is kept for repeating them is bounded for all of them together.
    @Test
    void whatIsKeptForReplayIsBoundedForAllRequestsTogether() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            Wire.Message request = wire.request();
                            release.await(10, TimeUnit.SECONDS);
                            ScriptedServer.ok(wire, new byte[0], false);
                            assertThat(request).isNotNull();
                        }));
        Planes planes = planes(Planes.direct(Planes.rule(ON_503, LONG), application.port()));
        List<Wire> clients = new ArrayList<>();
        int count = 150;
        for (int i = 0; i < count; i++) {
            Wire client = connect();
            client.send(put(60_000));
            client.send(Wire.bytes(60_000));
            clients.add(client);
        }
        assertThat(
                        Planes.within(
                                Duration.ofSeconds(5),
                                () -> application.connections.get() == count))
                .isTrue();
        Thread.sleep(200);
        // A head for each, and bodies within the bound.
        assertThat(planes.lentSlabs()).isLessThanOrEqualTo(count + 64);
        release.countDown();
        for (Wire client : clients) {
            assertThat(client.response().status()).isEqualTo(200);
        }
    }
}
