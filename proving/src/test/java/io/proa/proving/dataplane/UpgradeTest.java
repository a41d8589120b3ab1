package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import io.proa.model.RequestMatch;
import io.proa.model.RouteRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSocket and CONNECT become opaque connections when, and only when, the application agrees.
@Timeout(20)
final class UpgradeTest extends Stage {
    private static final String ASK =
            "GET /chat HTTP/1.1\r\nHost: o\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n";
    private static final String AGREE =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\n";
    private static final String GET = "GET /bytes/5 HTTP/1.1\r\nHost: o\r\n\r\n";

    private static ScriptedServer echoing() throws IOException {
        return ScriptedServer.playing((wire, number) -> {
            String head = wire.head();
            if (head.contains("pgrade: websocket") && head.contains("onnection: upgrade")) {
                wire.send(AGREE + "hello");
                wire.in.transferTo(wire.socket.getOutputStream());
            } else {
                ScriptedServer.ok(wire, new byte[0], false);
            }
        });
    }

    @Test
    void webSocketBecomesATunnelBothWays() throws Exception {
        Planes planes = mesh(echoing());
        Wire wire = connect();
        // The first frame follows at once, as no client should, and waits for the agreement.
        wire.send(ASK + "first");
        assertThat(wire.head())
                .startsWith("HTTP/1.1 101")
                .contains("Connection: upgrade\r\n", "Upgrade: websocket\r\n");
        assertThat(wire.exactly(10)).asString(StandardCharsets.US_ASCII).isEqualTo("hellofirst");
        byte[] sent = Wire.bytes(3_000_000);
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        wire.send(sent);
                        wire.socket.shutdownOutput();
                        done.complete(null);
                    } catch (IOException e) {
                        done.completeExceptionally(e);
                    }
                });
        assertThat(Arrays.equals(wire.in.readAllBytes(), sent)).isTrue();
        done.get(1, TimeUnit.SECONDS);
        assertThat(Planes.last(planes.outbound, 1).status).isEqualTo(101);
        assertThat(planes.outbound.getLast().bytesReceived).isEqualTo(sent.length + 5);
        assertThat(Planes.last(planes.inbound, 1).reason.code()).isEqualTo("none");
    }

    @Test
    void aResetReachesTheOtherEnd() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.head();
                    wire.send(AGREE);
                    try {
                        end.complete("read " + wire.in.read());
                    } catch (IOException e) {
                        end.complete(String.valueOf(e.getMessage()));
                    }
                }));
        Wire wire = connect();
        wire.send(ASK);
        assertThat(wire.head()).startsWith("HTTP/1.1 101");
        wire.reset();
        assertThat(end.get(5, TimeUnit.SECONDS)).contains("reset");
    }

    @Test
    void aRefusedUpgradeIsAnOrdinaryResponse() throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        mesh(application);
        Wire wire = connect();
        for (int i = 0; i < 3; i++) {
            wire.send(ASK + GET);
            assertThat(wire.response().status()).isEqualTo(200);
            assertThat(wire.response().body()).hasSize(5);
        }
        assertThat(application.connections).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: o\r\nUpgrade: websocket\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: HTTP/2.0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\nab",
                "POST / HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nab",
                "GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            })
    void nothingElseIsPassedOnAsAnUpgrade(String request) throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    seen.complete(wire.request().head());
                    wire.send(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                }));
        Wire wire = connect();
        wire.send(request);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.field("x-proa-reason")).isEqualTo("upstream_protocol");
        assertThat(seen.get(1, TimeUnit.SECONDS).toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("upgrade", "http2-settings");
    }

    private static ScriptedServer switching(CompletableFuture<String> seen) throws IOException {
        return ScriptedServer.playing((wire, number) -> {
            seen.complete(wire.head());
            wire.send(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            wire.in.transferTo(wire.socket.getOutputStream());
        });
    }

    /// Such as a container engine's, or a cluster's.
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void anotherProtocolIsSwitchedToWhereNoRuleLooksAtRequests(String method) throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        mesh(switching(seen));
        Wire wire = connect();
        wire.send(
                method
                        + " /attach HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        assertThat(wire.head()).startsWith("HTTP/1.1 101").contains("Upgrade: tcp\r\n");
        assertThat(seen.get(1, TimeUnit.SECONDS)).contains("Upgrade: tcp\r\n");
        wire.send("bytes");
        assertThat(wire.exactly(5)).asString(StandardCharsets.US_ASCII).isEqualTo("bytes");
    }

    @Test
    void anotherProtocolIsLeftOutWhereARuleLooksAtRequests() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        RouteRule rule =
                new RouteRule(
                        "api",
                        List.of(List.of(new RequestMatch.PathPrefix("/api"))),
                        List.of(),
                        UNHURRIED.retry(),
                        UNHURRIED.timeouts());
        planes(Planes.mesh(AppProtocol.HTTP, rule, keep(switching(seen)).port()));
        Wire wire = connect();
        wire.send(
                "POST /attach HTTP/1.1\r\nHost: o\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(502);
        assertThat(seen.get(1, TimeUnit.SECONDS).toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("upgrade");
    }

    @Test
    void connectTunnelsOnceItIsAgreedTo() throws Exception {
        CompletableFuture<String> early = new CompletableFuture<>();
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    String head = wire.head();
                    wire.socket.setSoTimeout(200);
                    try {
                        early.complete("read " + wire.in.read());
                    } catch (IOException _) {
                        early.complete(head.substring(0, head.indexOf('\r')));
                    }
                    wire.socket.setSoTimeout(5000);
                    wire.send("HTTP/1.1 200 Connected\r\n\r\n");
                    wire.in.transferTo(wire.socket.getOutputStream());
                }));
        Wire wire = connect();
        wire.send("CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\nearly");
        assertThat(wire.head()).startsWith("HTTP/1.1 200");
        assertThat(early.get(5, TimeUnit.SECONDS)).isEqualTo("CONNECT db:5432 HTTP/1.1");
        assertThat(wire.exactly(5)).asString(StandardCharsets.US_ASCII).isEqualTo("early");
        wire.send("late");
        wire.socket.shutdownOutput();
        assertThat(wire.in.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("late");
    }

    @Test
    void anUpgradeThatBreaksAtOnceIsNoAnswer() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.head();
                    wire.reset();
                }));
        Wire wire = connect();
        wire.send(ASK);
        assertThat(wire.response().status()).isEqualTo(503);
    }
}
