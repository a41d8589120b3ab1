package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever one client sends, every other request gets its own answer.
@Timeout(60)
final class SmugglingTest extends Stage {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    private static String post(String fields, String body) {
        return "POST /attack HTTP/1.1\r\nHost: o\r\n" + fields + "\r\n" + body;
    }

    private static String length(String body) {
        return "Content-Length: " + body.length() + "\r\n";
    }

    static List<String> vectors() {
        List<String> all = new ArrayList<>();
        String last = "0\r\n\r\n";
        String size = length(SMUGGLED);
        // CL.TE, TE.CL, both orders and doubled
        all.add(post("Content-Length: 5\r\n" + CHUNKED, last + SMUGGLED));
        all.add(post(CHUNKED + "Content-Length: 5\r\n", last + SMUGGLED));
        all.add(post(CHUNKED + CHUNKED, last + SMUGGLED));
        all.add(post("Content-Length: 0\r\n" + size, SMUGGLED));
        all.add(post(size + "Content-Length: 0\r\n", SMUGGLED));
        all.add(post("Content-Length: 0, " + SMUGGLED.length() + "\r\n", SMUGGLED));
        for (String te :
                List.of(
                        "Transfer-Encoding: xchunked",
                        "Transfer-Encoding : chunked",
                        "Transfer-Encoding:\tchunked",
                        "Transfer-Encoding: \u000bchunked",
                        "Transfer-Encoding: chunked\u00a0",
                        "Transfer-Encoding: identity, chunked",
                        "Transfer-Encoding: chunked, identity",
                        "Transfer-Encoding: chunked;q=1",
                        "Transfer-Encoding: \"chunked\"",
                        "Transfer-Encoding: CHUNKED",
                        "Transfer-Encoding:chunked",
                        "Transfer-Encoding:",
                        " Transfer-Encoding: chunked",
                        "X: y\r\n Transfer-Encoding: chunked",
                        "X: y\rTransfer-Encoding: chunked",
                        "X: y\nTransfer-Encoding: chunked",
                        "Transfer-Encoding\r\n: chunked",
                        "Transfer_Encoding: chunked",
                        "Transfer-Encoding\u0000: chunked",
                        "\u0000Transfer-Encoding: chunked",
                        "Connection: transfer-encoding\r\nTransfer-Encoding: chunked",
                        "Foo: bar\r\n\rTransfer-Encoding: chunked")) {
            all.add(post("Content-Length: 5\r\n" + te + "\r\n", last + SMUGGLED));
            all.add(post(te + "\r\n", last + SMUGGLED));
        }
        for (String value :
                List.of(
                        "+5",
                        "-1",
                        "0x5",
                        "5 5",
                        "05",
                        "5;",
                        "\"5\"",
                        "5.0",
                        "",
                        "5\u000b",
                        "٥",
                        "18446744073709551621",
                        "99999999999999999999")) {
            all.add(post("Content-Length: " + value + "\r\n", "abcde" + SMUGGLED));
        }
        all.add(post("Content-Length : 5\r\n", "abcde" + SMUGGLED));
        all.add(post("Content_Length: 5\r\n", SMUGGLED));
        all.add(post("Connection: content-length\r\n" + size, SMUGGLED));
        all.add(post("Connection: host, x-request-id\r\n" + size, SMUGGLED));
        all.add(post("Content-Length0" + "a".repeat(255) + ": 1\r\n" + size, SMUGGLED));
        all.add(post("Content-Length0" + "a".repeat(65_500) + ": 1\r\n" + size, SMUGGLED));
        all.add(post(": empty\r\n" + size, SMUGGLED));
        for (String chunk :
                List.of(
                        "0;a=\"\r\n\r\n",
                        "5 \r\nabcde\r\n0\r\n\r\n",
                        "0x5\r\nabcde\r\n0\r\n\r\n",
                        "+5\r\nabcde\r\n0\r\n\r\n",
                        "5\nabcde\r\n0\r\n\r\n",
                        "5\r\nabcde\n0\r\n\r\n",
                        "5\r\nabcdeXX0\r\n\r\n",
                        "5\r\nabcdef\r\n0\r\n\r\n",
                        "5;\nx\r\nabcde\r\n0\r\n\r\n",
                        "5;a=b\rc\r\nabcde\r\n0\r\n\r\n",
                        "00000000000000005\r\nabcde\r\n0\r\n\r\n",
                        "ffffffffffffffff\r\nabcde\r\n0\r\n\r\n",
                        "10000000000000000\r\nabcde\r\n0\r\n\r\n",
                        "5\r\nabcde\r\n0\r\nContent-Length: 9\r\n\r\n",
                        "5\r\nabcde\r\n0\r\nx-proa-attempt: 1\r\n\r\n",
                        "0\r\n : x\r\n\r\n",
                        "0\r\n\n",
                        "0\n\n",
                        "\r\n0\r\n\r\n",
                        "5;a=b;c=d\r\nabcde\r\n0\r\nT: 1\r\n\r\n",
                        "-0\r\n\r\n")) {
            all.add(post(CHUNKED, chunk + SMUGGLED));
        }
        // The version, leading bytes, the line itself.
        all.add("POST /attack HTTP/1.0\r\nHost: o\r\n" + CHUNKED + "\r\n" + last + SMUGGLED);
        all.add(
                "POST /attack HTTP/1.0\r\nConnection: keep-alive\r\n"
                        + CHUNKED
                        + "Content-Length: 5\r\n\r\n"
                        + last
                        + SMUGGLED);
        all.add("\u0001POST /attack HTTP/1.1\r\nHost: o\r\n" + size + "\r\n" + SMUGGLED);
        all.add("\r\n\r\n\r\nGET /attack HTTP/1.1\r\nHost: o\r\n\r\n");
        all.add("GET /attack\r\n\r\n" + SMUGGLED);
        all.add("GET /attack HTTP/1.1\nHost: o\n\n" + SMUGGLED);
        all.add("GET /attack%0d%0aX: y HTTP/1.1\r\nHost: o\r\n\r\n");
        all.add("GET /attack\u000bHTTP/1.1\r\nHost: o\r\n\r\n" + SMUGGLED);
        all.add("GET /attack#frag HTTP/1.1\r\nHost: o\r\n\r\n" + SMUGGLED);
        all.add("GET http://o/attack HTTP/1.1\r\nHost: p\r\n\r\n" + SMUGGLED);
        all.add("CONNECT o:80 HTTP/1.1\r\nHost: o:80\r\n" + size + "\r\n" + SMUGGLED);
        // Expect, Upgrade, methods whose body some servers do not read
        all.add(post("Expect: 100-continue\r\n" + size, SMUGGLED));
        all.add(post("Expect: 100-continue\r\nExpect: x\r\n" + size, SMUGGLED));
        all.add(post("Expect: y 100-continue\r\n" + size, SMUGGLED));
        all.add(post(" Expect: 100-continue\r\n" + size, SMUGGLED));
        all.add(post("Connection: Upgrade\r\nUpgrade: h2c\r\n" + size, SMUGGLED));
        for (String method : List.of("GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "FOO")) {
            all.add(method + " /attack HTTP/1.1\r\nHost: o\r\n" + size + "\r\n" + SMUGGLED);
        }
        return all;
    }

    /// Answers each request with its own path; what stands behind a request is read as the next
    /// one, whatever the sidecars may think.
    private ScriptedServer canary() throws IOException {
        return ScriptedServer.playing((wire, number) -> {
            for (Wire.Message request = wire.request(); request != null; request = wire.request()) {
                byte[] path = request.path().getBytes(StandardCharsets.ISO_8859_1);
                ScriptedServer.ok(wire, path, request.startLine().startsWith("HEAD "));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void everyoneGetsTheirOwnAnswer(String vector) throws Exception {
        mesh(canary());
        for (int round = 0; round < 3; round++) {
            Wire before = connect();
            before.send("GET /before" + round + " HTTP/1.1\r\nHost: o\r\n\r\n");
            assertThat(before.response().text()).isEqualTo("/before" + round);
            Wire attacker = connect();
            try {
                attacker.send(vector);
                attacker.socket.setSoTimeout(150);
                for (Wire.Message m = attacker.response(); ; m = attacker.response()) {
                    assertThat(m.text()).doesNotContain("/before", "/canary");
                }
            } catch (IOException | RuntimeException _) {
                // Refused, or answered; the others matter.
            }
            for (int i = 0; i < 3; i++) {
                String path = "/canary" + round + "-" + i;
                Wire canary = connect();
                canary.send("GET " + path + " HTTP/1.1\r\nHost: o\r\n\r\n");
                assertThat(canary.response().text()).isEqualTo(path);
                canary.close();
            }
            before.send("GET /after HTTP/1.1\r\nHost: o\r\n\r\n");
            assertThat(before.response().text()).isEqualTo("/after");
            attacker.close();
        }
    }

    /// The same in the other direction: what an application sends confuses nobody but itself.
    static List<String> answers() {
        String next = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
        List<String> all = new ArrayList<>();
        for (String head :
                List.of(
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nabcde",
                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
                        "HTTP/1.1 199 Odd\r\nContent-Length: 5\r\n\r\nabcde",
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 5\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
                        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                        "HTTP/2 200\r\nContent-Length: 0\r\n\r\n")) {
            all.add(head + next);
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("answers")
    void applicationsConfuseNobody(String answer) throws Exception {
        mesh(
                ScriptedServer.playing((wire, number) -> {
                    for (Wire.Message request = wire.request();
                            request != null;
                            request = wire.request()) {
                        String path = request.path();
                        if (path.equals("/attack")) {
                            wire.send(answer);
                        } else {
                            ScriptedServer.ok(wire, path);
                        }
                    }
                }));
        for (int round = 0; round < 3; round++) {
            Wire victim = connect();
            try {
                victim.send("GET /attack HTTP/1.1\r\nHost: o\r\n\r\n");
                victim.socket.setSoTimeout(100);
                assertThat(victim.response().text()).isNotEqualTo("poison");
            } catch (IOException | RuntimeException _) {
                // Its own connection may break.
            }
            Thread.sleep(5);
            for (int i = 0; i < 3; i++) {
                String path = "/canary" + round + "-" + i;
                Wire canary = connect();
                canary.send("GET " + path + " HTTP/1.1\r\nHost: o\r\n\r\n");
                assertThat(canary.response().text()).isEqualTo(path);
                canary.close();
            }
            victim.close();
        }
    }

    @Test
    void linesOfOursAreNotTakenFromTheApplicationNorGivenToIt() throws Exception {
        Planes planes = mesh(ScriptedServer.answering());
        Wire wire = connect();
        wire.send(
                "GET /head HTTP/1.1\r\nHost: o\r\nX-Proa-Attempt: 3\r\nx-proa-deadline-ms: 1\r\nX-PROA-REASON: denied\r\n\r\n");
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text().toLowerCase(java.util.Locale.ROOT)).doesNotContain("x-proa");
        assertThat(Planes.last(planes.inbound, 1).callerAttempt).isEqualTo(1);
    }
}
