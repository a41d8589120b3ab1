package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import io.proa.model.RouteRule;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A connection is used again only where nothing of one exchange can reach the next; an answer that
/// comes early is an answer.
@Timeout(30)
final class ReuseTest extends Stage {
    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: o\r\n\r\n";
    }

    private static CompletableFuture<Void> sending(Wire wire, byte[] body) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        wire.send(body);
                        sent.complete(null);
                    } catch (IOException e) {
                        sent.completeExceptionally(e);
                    }
                });
        return sent;
    }

    @Test
    void aSecondResponseIsNobodysAnswer() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    for (Wire.Message request = wire.request();
                            request != null;
                            request = wire.request()) {
                        ScriptedServer.ok(wire, request.startLine());
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
                    }
                }));
        Wire wire = connect();
        for (int i = 0; i < 100; i++) {
            wire.send(get("/" + i));
            assertThat(wire.response().text()).isEqualTo("GET /" + i + " HTTP/1.1");
            // What is under way when a request leaves cannot be told from its answer by anyone.
            Thread.sleep(3);
        }
    }

    /// The keep-alive race, lost on purpose: the application closes after each answer.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: o\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 2\r\n\r\nab"
            })
    void connectionsThatHaveEndedAreNotUsed(String request) throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    ScriptedServer.ok(wire, new byte[1], false);
                }));
        Wire wire = connect();
        int lost = 0;
        for (int i = 0; i < 60; i++) {
            wire.send(request);
            lost += wire.response().status() == 200 ? 0 : 1;
            Thread.sleep(15);
        }
        // On a busy machine the end may come later than that.
        assertThat(lost).isLessThanOrEqualTo(1);
    }

    @Test
    void aResponseBeforeTheWholeHeadIsNotFollowedByTheNextRequest() throws Exception {
        ScriptedServer application =
                ScriptedServer.narrow((wire, number) -> {
                    if (number == 1) {
                        // Answers the request line alone, and reads the rest later.
                        wire.exactly(20);
                        wire.send("HTTP/1.1 431 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                        Thread.sleep(300);
                    }
                    while (wire.request() != null) {
                        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown");
                    }
                });
        planes(Planes.direct(RouteRule.DEFAULT, keep(application).port()));
        Wire wire = connect();
        wire.send("GET / HTTP/1.1\r\nHost: o\r\nX: " + "x".repeat(32_000) + "\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(431);
        Wire next = connect();
        next.send(get("/"));
        assertThat(next.response().text()).isEqualTo("own");
    }

    @ParameterizedTest
    @ValueSource(ints = {413, 200})
    void anEarlyAnswerOfAServerThatClosesReachesTheClient(int status) throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.head();
                    wire.send(
                            "HTTP/1.1 "
                                    + status
                                    + " Early\r\nConnection: close\r\nContent-Length: 5\r\n\r\nearly");
                }));
        int answered = 0;
        for (int i = 0; i < 20; i++) {
            Wire wire = connect();
            wire.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 20000000\r\n\r\n");
            CompletableFuture<Void> _ = sending(wire, new byte[20_000_000]);
            try {
                Wire.Message response = wire.response();
                answered += response.status() == status && response.text().equals("early") ? 1 : 0;
            } catch (IOException _) {
                // Counted as not answered.
            }
            wire.close();
        }
        assertThat(answered).isEqualTo(20);
    }

    @Test
    void anEarlyAnswerWhileTheBodyGoesOnIsWholeAndEndsTheConnection() throws Exception {
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    wire.head();
                    ScriptedServer.ok(wire, Wire.bytes(500_000), false);
                    wire.in.transferTo(java.io.OutputStream.nullOutputStream());
                });
        mesh(application);
        for (int i = 1; i <= 3; i++) {
            Wire wire = connect();
            wire.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 100\r\n\r\nabc");
            assertThat(Arrays.equals(wire.response().body(), Wire.bytes(500_000))).isTrue();
            assertThat(wire.in.read()).isEqualTo(-1);
            assertThat(application.connections).hasValue(i);
        }
    }

    @Test
    void aResponseThatIsMalformedFromTheStartIsA502() throws Exception {
        Planes planes =
                mesh(
                        ScriptedServer.playing((wire, number) -> {
                            while (wire.request() != null) {
                                wire.send(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
                            }
                        }));
        Wire wire = connect();
        for (int i = 1; i <= 3; i++) {
            wire.send(get("/"));
            Wire.Message response = wire.response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("x-proa-reason")).isEqualTo("upstream_protocol");
            assertThat(Planes.last(planes.inbound, i).reason.code()).isEqualTo("upstream_protocol");
        }
    }

    /// The write that finds the client gone and the bytes it was given belong to one buffer.
    @Test
    void clientsThatResetWithinResponsesSpoilNobodysBytes() throws Exception {
        mesh(ScriptedServer.answering());
        for (int round = 0; round < 60; round++) {
            Wire[] leaving = new Wire[4];
            for (int i = 0; i < leaving.length; i++) {
                leaving[i] = connect();
                leaving[i].send(get("/bytes/3000000"));
            }
            Wire staying = connect();
            staying.send(get("/bytes/400000"));
            for (Wire wire : leaving) {
                wire.exactly(1000 + round * 500);
                wire.reset();
            }
            assertThat(Arrays.equals(staying.response().body(), Wire.bytes(400_000))).isTrue();
            staying.close();
        }
    }

    @Test
    void pipelinedRequestsBeforeAHalfCloseAreAllAnswered() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send(get("/bytes/1") + get("/bytes/20000") + get("/bytes/3"));
        wire.socket.shutdownOutput();
        assertThat(wire.response().body()).hasSize(1);
        assertThat(wire.response().body()).hasSize(20_000);
        assertThat(wire.response().body()).hasSize(3);
        assertThat(wire.in.read()).isEqualTo(-1);
    }

    /// Endpoints of both kinds behind one name: only a sidecar is told attempt and deadline.
    @Test
    void aRetryAtAnEndpointOutsideTheMeshCarriesNoneOfOurLines() throws Exception {
        ScriptedServer plain = keep(ScriptedServer.answering());
        ScriptedServer closed = ScriptedServer.answering();
        int dead = closed.port();
        closed.close();
        planes(
                Planes.with(
                        Planes.rule(Planes.patient(), java.time.Duration.ofSeconds(5)),
                        Planes.meshEndpoint(dead, Planes.CALLEE),
                        Planes.meshEndpoint(plain.port(), null)));
        for (int i = 0; i < 20; i++) {
            Wire wire = connect();
            wire.send("POST /head HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabc");
            Wire.Message response = wire.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).doesNotContain("x-proa-").endsWith("\r\n\r\n");
            wire.close();
        }
    }

    @Test
    void interimResponsesDoNotShiftTheAnswersOfARow() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    for (Wire.Message request = wire.request();
                            request != null;
                            request = wire.request()) {
                        wire.send("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n");
                        wire.send("HTTP/1.1 102 Processing\r\n\r\n");
                        ScriptedServer.answer(wire, request);
                    }
                }));
        Wire wire = connect();
        wire.send(
                get("/bytes/10") + "HEAD /bytes/20 HTTP/1.1\r\nHost: o\r\n\r\n" + get("/bytes/30"));
        for (int size : new int[] {10, 20, 30}) {
            assertThat(wire.head()).startsWith("HTTP/1.1 103");
            assertThat(wire.head()).startsWith("HTTP/1.1 102");
            assertThat(wire.head()).contains("Content-Length: " + size + "\r\n");
            if (size != 20) {
                assertThat(wire.exactly(size)).isEqualTo(Wire.bytes(size));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content\r\n", "304 Not Modified\r\nContent-Length: 77\r\n"})
    void responsesWithoutBodyLeaveTheConnectionUsable(String status) throws Exception {
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    while (wire.request() != null) {
                        wire.send("HTTP/1.1 " + status + "\r\n");
                    }
                });
        mesh(application);
        Wire wire = connect();
        for (int i = 0; i < 5; i++) {
            wire.send(get("/"));
            assertThat(wire.head()).startsWith("HTTP/1.1 " + status.substring(0, 3));
        }
        assertThat(application.connections).hasValue(1);
    }

    @Test
    void aSilentExchangeEndsAfterItsPatience() throws Exception {
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            wire.request();
                            if (number > 1) {
                                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
                            }
                            Thread.sleep(4000);
                        }));
        RouteRule impatient =
                new RouteRule(
                        "test",
                        java.util.List.of(),
                        java.util.List.of(),
                        io.proa.model.RetryRule.DEFAULT,
                        new io.proa.model.TimeoutRule(
                                java.time.Duration.ofSeconds(1),
                                java.time.Duration.ZERO,
                                java.time.Duration.ofMillis(300),
                                java.time.Duration.ZERO));
        Planes planes = planes(Planes.mesh(AppProtocol.HTTP, impatient, application.port()));
        Wire silent = connect();
        silent.send(get("/"));
        assertThat(silent.response().status()).isEqualTo(504);
        Wire stuck = connect();
        stuck.send(get("/"));
        assertThat(stuck.head()).startsWith("HTTP/1.1 200");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> stuck.exactly(9))
                .hasMessageContaining("reset");
        Wire slow = connect();
        slow.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 9\r\n\r\nabc");
        assertThat(slow.response().status()).isEqualTo(408);
        assertThat(Planes.last(planes.outbound, 3).reason.code()).isEqualTo("idle_timeout");
    }

    @Test
    void aBodyThatTurnsOutMalformedBehindAnEarlyAnswerEndsAtOnce() throws Exception {
        Planes planes =
                mesh(
                        ScriptedServer.playing((wire, number) -> {
                            wire.head();
                            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
                            Thread.sleep(3000);
                        }));
        Wire wire = connect();
        wire.send("POST / HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        assertThat(wire.head()).startsWith("HTTP/1.1 200");
        long start = System.nanoTime();
        wire.send("no chunk\r\n");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> wire.exactly(9))
                .hasMessageContaining("reset");
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("bad_request");
    }
}
