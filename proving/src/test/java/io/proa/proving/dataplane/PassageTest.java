package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.AppProtocol;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP through both sidecars arrives as it was sent.
@Timeout(20)
final class PassageTest extends Stage {
    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: orders\r\n\r\n";
    }

    private static String post(int length) {
        return "POST /echo HTTP/1.1\r\nHost: orders\r\nContent-Length: " + length + "\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 16_384, 100_000, 20_000_000})
    void bodiesArriveWholeInBothDirections(int size) throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        byte[] body = Wire.bytes(size);
        for (String path : List.of("/bytes/", "/chunked/")) {
            wire.send(get(path + size));
            assertThat(Arrays.equals(wire.response().body(), body)).as(path).isTrue();
        }
        CompletableFuture<Void> sent = sending(wire, post(size), body);
        assertThat(Arrays.equals(wire.response().body(), body)).isTrue();
        sent.get(5, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Void> sending(Wire wire, String head, byte[] body) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        wire.send(head);
                        wire.send(body);
                        sent.complete(null);
                    } catch (IOException e) {
                        sent.completeExceptionally(e);
                    }
                });
        return sent;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    void chunkedRequestsArriveWhole(int size) throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        byte[] body = Wire.bytes(size);
        for (int i = 0; i < 2; i++) {
            wire.send("POST /echo HTTP/1.1\r\nHost: orders\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int at = 0; at < size; at += 7_001) {
                wire.chunk(Arrays.copyOfRange(body, at, Math.min(size, at + 7_001)));
            }
            wire.send("0\r\nX-Trailer: t\r\n\r\n");
            assertThat(wire.response().body()).isEqualTo(body);
        }
    }

    @Test
    void headHasNoBodyAndTheConnectionGoesOn() throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        mesh(application);
        Wire wire = connect();
        for (int i = 0; i < 3; i++) {
            wire.send("HEAD /bytes/1000 HTTP/1.1\r\nHost: orders\r\n\r\n");
            assertThat(wire.head()).startsWith("HTTP/1.1 200").contains("Content-Length: 1000\r\n");
            wire.send(get("/bytes/3"));
            assertThat(wire.response().body()).hasSize(3);
        }
        assertThat(application.connections).hasValue(1);
    }

    @Test
    void fieldsKeepTheirCaseAndOrderAndAreNamed() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send(
                "GET /head HTTP/1.1\r\nhOsT: orders\r\nX-One: 1\r\nx-TWO:  2 \r\nX-one: 3\r\nx-proa-attempt: 7\r\nx-proa-reason: mine\r\n\r\n");
        Wire.Message response = wire.response();
        assertThat(response.head()).contains("X-Case: Kept\r\n").doesNotContain("x-proa-");
        String seen = response.text();
        assertThat(seen)
                .containsSubsequence("hOsT: orders\r\n", "X-One: 1\r\n", "x-TWO:", "X-one: 3\r\n");
        assertThat(seen)
                .containsPattern("x-request-id: [0-9a-f-]{16,}\r\n")
                .containsPattern("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\r\n");
        assertThat(seen).doesNotContain("x-proa-");
    }

    @Test
    void idsOfTheCallerAreKept() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        String trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
        wire.send(
                "GET /head HTTP/1.1\r\nHost: orders\r\nX-Request-Id: mine-1\r\n" + trace + "\r\n");
        assertThat(wire.response().text())
                .contains("X-Request-Id: mine-1\r\n", trace)
                .doesNotContain("x-request-id");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            all.append(get("/bytes/" + i)).append(post(3)).append("abc");
        }
        wire.send(all.toString());
        for (int i = 0; i < 100; i++) {
            assertThat(wire.response().body()).hasSize(i);
            assertThat(wire.response().text()).isEqualTo("abc");
        }
    }

    @Test
    void headsLargerThanARecordPass() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        String large = "x".repeat(25_000);
        wire.send(
                "GET /head HTTP/1.1\r\nHost: orders\r\nX-Large: "
                        + large
                        + "\r\n\r\n"
                        + get("/bytes/5"));
        assertThat(wire.response().text()).contains(large);
        assertThat(wire.response().body()).hasSize(5);
    }

    @Test
    void clientsThatHalfCloseGetTheirResponse() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    Thread.sleep(50);
                    ScriptedServer.ok(wire, Wire.bytes(100_000), false);
                }));
        Wire wire = connect();
        wire.send(get("/"));
        wire.socket.shutdownOutput();
        assertThat(wire.response().body()).hasSize(100_000);
        assertThat(wire.in.read()).isEqualTo(-1);
    }

    @Test
    void requestsArriveByteByByte() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        for (int i = 0; i < 2; i++) {
            wire.dribble(post(5) + "hello");
            assertThat(wire.response().text()).isEqualTo("hello");
            wire.dribble(
                    "POST /echo HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n"
                            .replace(";x=y", ""));
            assertThat(wire.response().text()).isEqualTo("hello");
        }
    }

    @Test
    void responsesArriveByteByByte() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    while (wire.request() != null) {
                        wire.dribble(
                                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
                    }
                }));
        Wire wire = connect();
        for (int i = 0; i < 2; i++) {
            wire.send(get("/"));
            assertThat(wire.head()).startsWith("HTTP/1.1 103").contains("Link: x\r\n");
            assertThat(wire.response().text()).isEqualTo("hello");
        }
    }

    @Test
    void ciphertextArrivesByteByByte() throws Exception {
        ScriptedServer application = keep(ScriptedServer.answering());
        planes(
                Planes.through(
                        AppProtocol.HTTP,
                        Planes.CALLEE,
                        application.port(),
                        mesh -> keep(Relay.dribbling(mesh)).port()));
        Wire wire = connect();
        wire.send(post(2000));
        wire.send(Wire.bytes(2000));
        assertThat(wire.response().body()).isEqualTo(Wire.bytes(2000));
    }

    @Test
    void continueIsPassedOn() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.head();
                    wire.send("HTTP/1.1 100 Continue\r\n\r\n");
                    ScriptedServer.ok(wire, wire.exactly(5), false);
                }));
        Wire wire = connect();
        wire.send(
                "POST / HTTP/1.1\r\nHost: o\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        assertThat(wire.head()).startsWith("HTTP/1.1 100");
        wire.send("hello");
        assertThat(wire.response().text()).isEqualTo("hello");
    }

    @Test
    void responsesBeforeTheRequestEndedReachTheClient() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.head();
                    wire.send(
                            "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
                    Thread.sleep(300);
                }));
        Wire wire = connect();
        wire.send(post(5_000_000));
        wire.send(Wire.bytes(10_000));
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.text()).isEqualTo("big");
    }

    @Test
    void bodiesUntilCloseEndInOrder() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    wire.send("HTTP/1.1 200 OK\r\n\r\n");
                    wire.send(Wire.bytes(200_000));
                }));
        Wire wire = connect();
        wire.send(get("/"));
        assertThat(wire.response().body()).isEqualTo(Wire.bytes(200_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1000\r\n\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n10\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            })
    void truncatedBodiesNeverLookComplete(String rest) throws Exception {
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    wire.send("HTTP/1.1 200 OK\r\n" + rest);
                    // Long enough for what there is to reach the client: a reset overtakes it
                    // otherwise.
                    Thread.sleep(150);
                });
        Planes planes = mesh(application);
        Wire wire = connect();
        wire.send(get("/"));
        assertThatThrownBy(wire::response)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
        assertThat(application.connections).hasValue(1);
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("upstream_truncated");
    }

    @Test
    void aBodyTruncatedAtOnceIsAFailureInAnyCase() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc");
                }));
        Wire wire = connect();
        wire.send(get("/"));
        int status;
        try {
            status = wire.response().status();
        } catch (IOException _) {
            status = 0;
        }
        assertThat(status).isIn(0, 502, 503);
    }

    @Test
    void anEndWithoutCloseNotifyIsNoEnd() throws Exception {
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            wire.request();
                            wire.send("HTTP/1.1 200 OK\r\n\r\n");
                            wire.send(Wire.bytes(100_000));
                            Thread.sleep(2000);
                        }));
        planes(
                Planes.through(
                        AppProtocol.HTTP,
                        Planes.CALLEE,
                        application.port(),
                        mesh -> keep(Relay.cuttingAfter(mesh, 50_000)).port()));
        Wire wire = connect();
        wire.send(get("/"));
        assertThatThrownBy(wire::response)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void slowReadersHoldTheSenderBack() throws Exception {
        Planes planes = mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send(get("/bytes/20000000"));
        int most = 0;
        for (int i = 0; i < 40; i++) {
            Thread.sleep(10);
            most = Math.max(most, planes.lentSlabs());
        }
        assertThat(most).isBetween(1, 10);
        assertThat(Arrays.equals(wire.response().body(), Wire.bytes(20_000_000))).isTrue();
        wire.send(get("/bytes/1"));
        assertThat(wire.response().body()).hasSize(1);
    }

    @Test
    void slowApplicationsHoldTheClientBack() throws Exception {
        Planes planes =
                mesh(
                        ScriptedServer.playing((wire, number) -> {
                            String head = wire.head();
                            Thread.sleep(400);
                            assertThat(head).isNotNull();
                            ScriptedServer.ok(wire, wire.exactly(20_000_000), false);
                        }));
        Wire wire = connect();
        CompletableFuture<Void> sent = sending(wire, post(20_000_000), Wire.bytes(20_000_000));
        Thread.sleep(200);
        assertThat(planes.lentSlabs()).isBetween(1, 14);
        assertThat(Arrays.equals(wire.response().body(), Wire.bytes(20_000_000))).isTrue();
        sent.get(5, TimeUnit.SECONDS);
    }

    @Test
    void manyClientsAtOnceGetTheirOwnResponses() throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        Planes planes = mesh(application);
        try (HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build()) {
            for (int round = 0; round < 5; round++) {
                List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    URI uri = URI.create("http://127.0.0.1:" + planes.port() + "/bytes/" + i * 997);
                    all.add(
                            client.sendAsync(
                                    HttpRequest.newBuilder(uri)
                                            .timeout(Duration.ofSeconds(10))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofByteArray()));
                }
                for (int i = 0; i < 60; i++) {
                    assertThat(all.get(i).get(10, TimeUnit.SECONDS).body())
                            .isEqualTo(Wire.bytes(i * 997));
                }
            }
        }
        assertThat(application.connections.get()).isLessThanOrEqualTo(60);
    }

    @Test
    void curlIsContent() throws Exception {
        Planes planes = mesh(ScriptedServer.answering());
        org.junit.jupiter.api.Assumptions.assumeTrue(
                java.nio.file.Files.isExecutable(java.nio.file.Path.of("/usr/bin/curl")));
        String url = "http://127.0.0.1:" + planes.port() + "/echo";
        Process curl =
                new ProcessBuilder(
                                "/usr/bin/curl",
                                "-sS",
                                "-m",
                                "10",
                                "-H",
                                "Expect: 100-continue",
                                "--expect100-timeout",
                                "0.2",
                                "--data-binary",
                                "@-",
                                url,
                                "-o",
                                "-")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Thread.ofVirtual()
                .start(() -> {
                    try (var out = curl.getOutputStream()) {
                        out.write(Wire.bytes(300_000));
                    } catch (IOException _) {
                        // The comparison below fails then.
                    }
                });
        byte[] got = curl.getInputStream().readAllBytes();
        assertThat(curl.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Arrays.equals(got, Wire.bytes(300_000))).as(got.length + " bytes").isTrue();
    }

    /// The second head begins in the last quarter of a buffer, which is moved together when more
    /// comes.
    @Test
    void aHeadInPiecesSurvivesThatItsBeginningMoves() throws Exception {
        mesh(ScriptedServer.answering());
        for (int fill = 7_000; fill < 17_000; fill += 500) {
            Wire wire = connect();
            String second =
                    "GET /head HTTP/1.1\r\nHost: orders\r\nX-A: "
                            + "a".repeat(2_500)
                            + "\r\nX-B: "
                            + "b".repeat(2_500)
                            + "\r\nX-C: c\r\n\r\n";
            wire.send(
                    "GET /bytes/1 HTTP/1.1\r\nHost: orders\r\nX: "
                            + "x".repeat(fill)
                            + "\r\n\r\n"
                            + second.substring(0, 3_000));
            assertThat(wire.response().body()).hasSize(1);
            wire.send(second.substring(3_000, 4_000));
            Thread.sleep(10);
            wire.send(second.substring(4_000) + get("/bytes/2"));
            assertThat(wire.response().text())
                    .as(fill + " bytes before")
                    .startsWith(second.substring(0, second.length() - 2));
            assertThat(wire.response().body()).hasSize(2);
            wire.close();
        }
    }
}
