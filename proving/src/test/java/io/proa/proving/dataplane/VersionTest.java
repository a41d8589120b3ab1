package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP/1.0 on either side, and the other forms of a request line (RFC 9112 sections 2.3 and 3.2).
@Timeout(20)
final class VersionTest extends Stage {
    private static String line(Wire.Message response) {
        String head = response.text();
        return head.substring(0, head.indexOf('\r'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: o\r\n"})
    void applicationsSeeOurVersionAndAHost(String host) throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET /head HTTP/1.0\r\n" + host + "\r\n");
        Wire.Message response = wire.response();
        assertThat(response.startLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(response.field("connection")).isEqualTo("close");
        assertThat(line(response)).isEqualTo("GET /head HTTP/1.1");
        assertThat(response.text())
                .contains("\r\nHost: " + (host.isEmpty() ? "orders" : "o") + "\r\n");
        assertThat(wire.in.read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 29_999, 100_000})
    void chunksAreUndoneForAClientThatKnowsNone(int size) throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET /chunked/" + size + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Wire.Message response = wire.response();
        assertThat(response.field("transfer-encoding")).isNull();
        assertThat(response.field("connection")).isEqualTo("close");
        assertThat(response.body()).isEqualTo(Wire.bytes(size));
        assertThat(wire.in.read()).isEqualTo(-1);
    }

    @Test
    void chunksInPiecesAreUndoneToo() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    wire.dribble(
                            "HTTP/1.1 200 OK\r\nTrailer: T\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "5;a=b\r\nhello\r\n00c\r\n\r\n5\r\nhallo\r\n\r\n000\r\nT: 1\r\n\r\n");
                }));
        Wire wire = connect();
        wire.send("GET / HTTP/1.0\r\n\r\n");
        Wire.Message response = wire.response();
        assertThat(response.text()).isEqualTo("hello\r\n5\r\nhallo\r\n");
        assertThat(response.field("trailer")).isNull();
    }

    @Test
    void headOfAChunkedResponseStaysWithoutBody() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    wire.request();
                }));
        Wire wire = connect();
        wire.send("HEAD / HTTP/1.0\r\n\r\n");
        assertThat(wire.head()).startsWith("HTTP/1.1 200").doesNotContain("Transfer-Encoding");
        assertThat(wire.in.read()).isEqualTo(-1);
    }

    @Test
    void keepAliveIsForThoseWhoAsk() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        for (int i = 0; i < 3; i++) {
            wire.send("GET /bytes/7 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            Wire.Message response = wire.response();
            assertThat(response.field("connection")).isEqualTo("keep-alive");
            assertThat(response.body()).hasSize(7);
        }
        wire.send("GET /bytes/7 HTTP/1.0\r\n\r\n");
        assertThat(wire.response().field("connection")).isEqualTo("close");
        assertThat(wire.in.read()).isEqualTo(-1);
    }

    @Test
    void interimResponsesAreNotForHttp10() throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    wire.request();
                    wire.send("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n");
                    Thread.sleep(20);
                    wire.send("HTTP/1.1 100 Continue\r\n\r\n");
                    ScriptedServer.ok(wire, new byte[3], false);
                }));
        Wire wire = connect();
        wire.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");
        assertThat(wire.response().startLine()).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void serversOfHttp10AreAnsweredForInOurVersion() throws Exception {
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    while (wire.request() != null) {
                        wire.send(
                                number == 1
                                        ? "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc"
                                        : "HTTP/1.0 200 OK\r\n\r\nrest");
                        if (number == 1 && wire.head() != null) {
                            wire.send("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc");
                        }
                        return;
                    }
                });
        mesh(application);
        Wire wire = connect();
        for (int i = 0; i < 2; i++) {
            wire.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
            Wire.Message response = wire.response();
            assertThat(response.head())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .doesNotContain("onnection");
            assertThat(response.text()).isEqualTo("abc");
        }
        assertThat(application.connections).hasValue(1);
        wire.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
        Wire.Message last = wire.response();
        assertThat(last.text()).isEqualTo("rest");
        assertThat(last.head()).containsOnlyOnce("onnection: close");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://o/head?x HTTP/1.1|GET /head?x HTTP/1.1",
                "GET HTTP://o:80/head HTTP/1.1|GET /head HTTP/1.1",
                "OPTIONS http://o HTTP/1.1|OPTIONS * HTTP/1.1",
                "GET http://o?x=/ HTTP/1.1|GET /?x=/ HTTP/1.1",
                "GET http://o HTTP/1.0|GET / HTTP/1.1"
            })
    void wholeUrisBecomePaths(String lines) throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    Wire.Message request = wire.request();
                    ScriptedServer.ok(
                            wire,
                            request.head().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                            false);
                }));
        Wire wire = connect();
        String[] both = lines.split("\\|", -1);
        wire.send(both[0] + "\r\n" + (both[0].endsWith("1") ? "Host: o\r\n" : "") + "\r\n");
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(line(response)).isEqualTo(both[1]);
        assertThat(response.text()).contains("\r\nHost: o\r\n");
    }

    @Test
    void anotherHostThanTheTargetsIsRefused() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET http://other/head HTTP/1.1\r\nHost: o\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(400);
    }

    @Test
    void headsJustWithinTheLimitPassBothSidecars() throws Exception {
        String[] name = new String[1];
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    while (wire.request() != null) {
                        wire.send(
                                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: "
                                        + name[0]
                                        + "\r\n\r\n");
                    }
                }));
        String start = "GET / HTTP/1.1\r\nHost: o\r\nX: ";
        int limit = io.proa.formats.HeadLimits.DEFAULT.maxBytes();
        name[0] =
                "y".repeat(limit - "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \r\n\r\n".length());
        for (int less = 0; less < 400; less += 57) {
            Wire wire = connect();
            wire.send(start + "x".repeat(limit - start.length() - 4 - less) + "\r\n\r\n");
            assertThat(wire.response().status()).as(less + " below").isEqualTo(200);
        }
        StringBuilder many = new StringBuilder("GET / HTTP/1.1\r\nHost: o\r\n");
        for (int i = 1; i < io.proa.formats.HeadLimits.DEFAULT.maxHeaders(); i++) {
            many.append("a: 1\r\n");
        }
        Wire wire = connect();
        wire.send(many + "\r\n");
        assertThat(wire.response().status()).isEqualTo(200);
    }

    @Test
    void bytesAboveAsciiAndTheAllowanceForTrailersPass() throws Exception {
        mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send(
                "GET /head HTTP/1.1\r\nHost: o\r\nX-Name: J\u00fcrg \u00ff\u0080\tx\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
        assertThat(wire.response().text())
                .contains("\r\nX-Name: J\u00fcrg \u00ff\u0080\tx\r\n", "\r\nTE: trailers\r\n");
    }
}
