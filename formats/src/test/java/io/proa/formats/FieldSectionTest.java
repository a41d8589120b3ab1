package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// What RFC 9113 section 8 asks of messages, one line for each rule, and what heads become.
///
/// In the cases `GET` stands for the four fields of a good request, fields are separated by `~`,
/// `^0`, `^r`, `^n` and `^t` are control bytes, and `!` in front says never indexed.
class FieldSectionTest {
    /// Flaws that HTTP/1.1 cannot have.
    static final EnumSet<Flaw> HTTP_2_ONLY =
            EnumSet.range(Flaw.PSEUDO_UNKNOWN, Flaw.LENGTH_MISMATCH);

    private static final String GET = ":method: GET~:scheme: http~:path: /~:authority: h";
    private static final int LIMIT = 2000;

    static final List<String> REQUESTS =
            List.of(
                    "8.3.1 | GET | ok",
                    "8.3.1 | :authority: h:1~:path: /a?b~:scheme: https~:method: POST | ok",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~host: h | ok",
                    "8.3.1 | :scheme: http~:path: /~:authority: h | pseudo-missing",
                    "8.3.1 | :method: GET~:path: /~:authority: h | pseudo-missing",
                    "8.3.1 | :method: GET~:scheme: http~:authority: h | pseudo-missing",
                    "8.3.1 | :method: GET~:scheme: http~:path: / | authority-missing",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~host: | authority-missing",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~:authority: | authority-syntax",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~:authority: u@h | authority-syntax",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~:authority: h:99999 | authority-syntax",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~:authority: h/x | authority-syntax",
                    "8.3.1 | :method: GET~:scheme: http~:path: /~:authority: h x | authority-syntax",
                    "8.3.1 | GET~host: H | ok",
                    "8.3.1 | GET~host: other | host-mismatch",
                    "8.3.1 | GET~host: | host-mismatch",
                    "8.3.1 | GET~host: h~host: h | host-repeated",
                    "8.3.1 | GET~host: h,h | host-syntax",
                    "8.3.1 | :method: GET~:scheme: http~:path: ~:authority: h | target-form",
                    "8.3.1 | :method: GET~:scheme: http~:path: a~:authority: h | target-form",
                    "8.3.1 | :method: GET~:scheme: http~:path: http://h/~:authority: h | target-form",
                    "8.3.1 | :method: GET~:scheme: http~:path: *~:authority: h | target-form",
                    "8.3.1 | :method: OPTIONS~:scheme: http~:path: *~:authority: h | ok",
                    "8.3.1 | :method: OPTIONS~:scheme: http~:path: *a~:authority: h | target-form",
                    "8.3.1 | :method: GET~:scheme: http~:path: /a b~:authority: h | target-byte",
                    "8.3.1 | :method: GET~:scheme: http~:path: /a#b~:authority: h | target-byte",
                    "8.3.1 | :method: GET~:scheme: http~:path: /\u00e4~:authority: h | target-byte",
                    "8.3.1 | :method: GET~:scheme: http~:path: / HTTP/1.1^r^nx: y~:authority: h | control-byte",
                    "8.3.1 | :method: GET /x HTTP/1.1~:scheme: http~:path: /~:authority: h | method-byte",
                    "8.3.1 | :method: ~:scheme: http~:path: /~:authority: h | method-byte",
                    "8.3.1 | :method: GET~:scheme: ftp~:path: /~:authority: h | scheme",
                    "8.3.1 | :method: GET~:scheme: HTTP~:path: /~:authority: h | scheme",
                    "8.3.1 | :method: GET~:scheme: ~:path: /~:authority: h | scheme",
                    "8.3.1 | :method: GET~:scheme: http://x/~:path: /~:authority: h | scheme",
                    "8.3 | GET~:path: / | pseudo-repeated",
                    "8.3 | :method: GET~:method: GET~:scheme: http~:path: /~:authority: h | pseudo-repeated",
                    "8.3 | :method: GET~x: y~:scheme: http~:path: /~:authority: h | pseudo-late",
                    "8.3 | :method: GET~cookie: y~:scheme: http~:path: /~:authority: h | pseudo-late",
                    "8.3 | :method: GET~host: h~:scheme: http~:path: / | pseudo-late",
                    "8.3 | GET~:unknown: x | pseudo-unknown",
                    "8.3 | GET~:Method: GET | pseudo-unknown",
                    "8.3 | GET~:: x | pseudo-unknown",
                    "8.3 | GET~:status: 200 | pseudo-misplaced",
                    "8.5 | :method: CONNECT~:authority: h:443 | ok",
                    "8.5 | :method: CONNECT~:authority: h | target-form",
                    "8.5 | :method: CONNECT | pseudo-missing",
                    "8.5 | :method: CONNECT~host: h:443 | pseudo-missing",
                    "8.5 | :method: CONNECT~:authority: h:443~:path: / | connect-fields",
                    "8.5 | :method: CONNECT~:authority: h:443~:scheme: http | connect-fields",
                    "4 of RFC 8441 | GET~:protocol: websocket | pseudo-misplaced",
                    "8.2 | GET~x-a: b | ok",
                    "8.2 | GET~X-a: b | name-uppercase",
                    "8.2 | GET~Host: h | name-uppercase",
                    "8.2 | GET~: b | name-empty",
                    "8.2 | GET~x a: b | name-byte",
                    "8.2 | GET~x^ra: b | name-byte",
                    "8.2 | GET~x^n: b | name-byte",
                    "8.2 | GET~x^0: b | name-byte",
                    "8.2 | GET~x\u00e4: b | name-byte",
                    "8.2 | GET~x(: b | name-byte",
                    "8.2.1 | GET~x: a^r^nb: c | control-byte",
                    "8.2.1 | GET~x: a^n | control-byte",
                    "8.2.1 | GET~x: ^r | control-byte",
                    "8.2.1 | GET~x: a^0b | control-byte",
                    "8.2.1 | GET~x: a^tb\u00ff | ok",
                    "8.2.1 | GET~x:  a | value-space",
                    "8.2.1 | GET~x: a  | value-space",
                    "8.2.1 | GET~x: ^ta | value-space",
                    "8.2.1 | GET~x: a^t | value-space",
                    "8.2.1 | GET~x: | ok",
                    "8.2.2 | GET~connection: close | connection-field",
                    "8.2.2 | GET~keep-alive: 5 | connection-field",
                    "8.2.2 | GET~proxy-connection: x | connection-field",
                    "8.2.2 | GET~transfer-encoding: chunked | connection-field",
                    "8.2.2 | GET~upgrade: h2c | connection-field",
                    "8.2.2 | GET~http2-settings: AAMAAABk | connection-field",
                    "8.2.2 | GET~te: trailers | ok",
                    "8.2.2 | GET~te: gzip | te-value",
                    "8.2.2 | GET~te: trailers, gzip | te-value",
                    "8.2.3 | GET~cookie: a=b~cookie: c=d | ok",
                    "8.1.1 | GET~content-length: 0 | ok",
                    "8.1.1 | GET~content-length: 3 | length-mismatch",
                    "8.1.1 | GET~content-length: 0~content-length: 0 | length-repeated",
                    "8.1.1 | GET~content-length: +3 | length-syntax",
                    "8.1.1 | GET~content-length: 3, 3 | length-syntax",
                    "8.1.1 | GET~content-length: | length-syntax",
                    "9110 10.1.1 | GET~expect: 200-ok | expectation",
                    "- | GET~content_length: 3 | lookalike-name",
                    "10.5.1 | GET~x: LONG | too-large",
                    "10.5.1 | GET~LONGNAME: x | name-too-long");

    static final List<String> EXTENDED =
            List.of(
                    "4 of RFC 8441 | :method: CONNECT~:scheme: http~:path: /c~:authority: h~:protocol: websocket | ok",
                    "4 of RFC 8441 | :method: CONNECT~:scheme: http~:path: /~:authority: h~:protocol: x^n | control-byte",
                    "4 of RFC 8441 | :method: CONNECT~:scheme: http~:path: /~:authority: h~:protocol: other | connect-protocol",
                    "4 of RFC 8441 | :method: CONNECT~:authority: h~:protocol: websocket | connect-fields",
                    "4 of RFC 8441 | GET~:protocol: websocket | connect-fields");

    static final List<String> RESPONSES =
            List.of(
                    "8.3.2 | :status: 200 | ok",
                    "8.3.2 | :status: 999 | ok",
                    "8.3.2 | x: y | pseudo-missing",
                    "8.3.2 | :status: 200~:status: 200 | pseudo-repeated",
                    "8.3.2 | :status: 20 | status-syntax",
                    "8.3.2 | :status: 2000 | status-syntax",
                    "8.3.2 | :status: 099 | status-syntax",
                    "8.3.2 | :status: -20 | status-syntax",
                    "8.3.2 | :status: 20x | status-syntax",
                    "8.3.2 | :status: | status-syntax",
                    "8.3 | x: y~:status: 200 | pseudo-late",
                    "8.3 | :status: 200~:path: / | pseudo-misplaced",
                    "8.6 | :status: 101 | status-syntax",
                    "8.1 | :status: 103 | interim-last",
                    "8.1.1 | :status: 200~content-length: 3 | length-mismatch",
                    "8.1.1 | :status: 304~content-length: 3 | ok",
                    "8.1.1 | :status: 204~content-length: 3 | body-not-allowed",
                    "8.2.2 | :status: 200~connection: close | connection-field",
                    "8.2.1 | :status: 200~x: a^r^n | control-byte");

    static final List<String> TRAILERS =
            List.of(
                    "8.1 | grpc-status: 0 | ok",
                    "8.1 | x-request-id: 0 | ok",
                    "8.1 | :path: / | pseudo-misplaced",
                    "8.1 | x: y~:status: 200 | pseudo-misplaced",
                    "9110 6.5.1 | content-length: 3 | trailer-forbidden",
                    "9110 6.5.1 | host: h | trailer-forbidden",
                    "9110 6.5.1 | authorization: x | trailer-forbidden",
                    "9110 6.5.1 | x-forwarded-client-cert: x | trailer-forbidden",
                    "8.2.2 | transfer-encoding: chunked | connection-field",
                    "8.2 | A: b | name-uppercase",
                    "8.2.1 | a: b^n | control-byte");

    private final FieldSection section = new FieldSection();
    private final ByteBuffer out = ByteBuffer.allocateDirect(8192);
    private final MessageHead head = new MessageHead();

    private static List<HpackList> list(String fields) {
        List<HpackList> list = new ArrayList<>();
        String text =
                fields.replace("^0", "\0")
                        .replace("^r", "\r")
                        .replace("^n", "\n")
                        .replace("^t", "\t")
                        .replace("LONGNAME", "n".repeat(300))
                        .replace("LONG", "v".repeat(3000));
        for (String field : text.split("~", -1)) {
            boolean never = field.startsWith("!");
            if (field.equals("GET")) {
                list.addAll(list(GET));
            } else {
                String name = never ? field.substring(1) : field;
                int colon = name.indexOf(':', name.startsWith(":") && name.length() > 2 ? 1 : 0);
                if (name.startsWith(": ")) {
                    colon = 0;
                }
                String value = name.length() > colon + 2 ? name.substring(colon + 2) : "";
                list.add(new HpackList(name.substring(0, colon), value, never));
            }
        }
        return list;
    }

    private void decode(String fields) {
        ByteBuffer block = HpackList.literals(list(fields));
        try {
            new HpackDecoder(4096).decode(block, 0, block.limit(), true, section);
        } catch (MalformedFrame e) {
            throw new AssertionError(e);
        }
    }

    private String request(String fields, boolean connectProtocol, boolean endStream)
            throws MalformedHead {
        section.beginRequest(LIMIT, connectProtocol);
        decode(fields);
        out.clear().position(3);
        section.request(out, head, HeadLimits.DEFAULT, endStream);
        assertThat(out.position() - 3).isLessThanOrEqualTo(section.room());
        return Bytes.text(out, 3, out.position());
    }

    private String response(String fields, Method method, boolean endStream) throws MalformedHead {
        section.beginResponse(LIMIT);
        decode(fields);
        out.clear().position(3);
        section.response(out, head, HeadLimits.DEFAULT, method, endStream);
        assertThat(out.position() - 3).isLessThanOrEqualTo(section.room());
        return Bytes.text(out, 3, out.position());
    }

    private String trailers(String fields, boolean chunked) throws MalformedHead {
        section.beginTrailers(LIMIT);
        decode(fields);
        out.clear().position(3);
        section.trailers(out, chunked);
        assertThat(out.position() - 3).isLessThanOrEqualTo(section.room());
        return Bytes.text(out, 3, out.position());
    }

    private interface Reader {
        String read(String fields) throws MalformedHead;
    }

    private static void judge(String line, Reader reader) {
        String[] parts = line.split(" \\| ", -1);
        String fields = parts[1];
        String verdict;
        try {
            reader.read(fields);
            verdict = "ok";
        } catch (MalformedHead e) {
            verdict = e.flaw().code();
        }
        assertThat(verdict).as(line).isEqualTo(parts[2]);
    }

    @ParameterizedTest
    @FieldSource("REQUESTS")
    void judgesRequests(String line) {
        judge(line, fields -> request(fields, false, true));
    }

    @ParameterizedTest
    @FieldSource("EXTENDED")
    void judgesExtendedConnect(String line) {
        judge(line, fields -> request(fields, true, false));
    }

    @ParameterizedTest
    @FieldSource("RESPONSES")
    void judgesResponses(String line) {
        judge(line, fields -> response(fields, Method.GET, true));
    }

    @ParameterizedTest
    @FieldSource("TRAILERS")
    void judgesTrailers(String line) {
        judge(line, fields -> trailers(fields, false));
    }

    @Test
    void hasACaseForEveryFlawOfItsOwn() {
        Set<String> missing = new TreeSet<>();
        HTTP_2_ONLY.forEach(flaw -> missing.add(flaw.code()));
        for (List<String> lines : List.of(REQUESTS, EXTENDED, RESPONSES, TRAILERS)) {
            lines.forEach(line -> missing.remove(line.substring(line.lastIndexOf(' ') + 1)));
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void writesARequestAsHttp1() throws MalformedHead {
        assertThat(
                        request(
                                ":path: /a?b~:authority: h:1~:method: POST~:scheme: https~te: trailers"
                                        + "~cookie: a=b~x: y~cookie: c=d~!secret: s~content-length: 3",
                                false,
                                false))
                .isEqualTo(
                        "POST /a?b HTTP/1.1\r\nhost: h:1\r\nte: trailers\r\nx: y\r\nsecret:s\r\n"
                                + "content-length: 3\r\ncookie: a=b; c=d\r\n\r\n");
        assertThat(section.isHttps()).isTrue();
        assertThat(head.framing()).isEqualTo(Framing.LENGTH);
        assertThat(head.hasTrailerAllowance()).isTrue();
        assertThat(head.start()).isEqualTo(3);
        assertThat(
                        request(
                                ":method: GET~:scheme: http~:path: /~x: y~host: h~!cookie: q",
                                false,
                                true))
                .isEqualTo("GET / HTTP/1.1\r\nhost: h\r\nx: y\r\ncookie:q\r\n\r\n");
        assertThat(section.isHttps()).isFalse();
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(request(":method: GET~:scheme: http~!:path: /~:authority: h", false, true))
                .isEqualTo("GET / HTTP/1.1\r\nhost:h\r\n\r\n");
    }

    @Test
    void saysHowABodyOfUnknownLengthIsFramed() throws MalformedHead {
        assertThat(request(GET, false, false))
                .isEqualTo("GET / HTTP/1.1\r\nhost: h\r\ntransfer-encoding:chunked\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.CHUNKED);
        assertThat(response(":status: 200", Method.GET, false))
                .isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\r\n");
        assertThat(response(":status: 404", Method.GET, true))
                .isEqualTo("HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n");
        assertThat(response(":status: 200~content-length: 3", Method.HEAD, true))
                .isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n");
        assertThat(response(":status: 200", Method.HEAD, true))
                .isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
        assertThat(response(":status: 103~link: x", Method.GET, false))
                .isEqualTo("HTTP/1.1 103 \r\nlink: x\r\n\r\n");
        assertThat(response(":status: 204", Method.GET, false)).isEqualTo("HTTP/1.1 204 \r\n\r\n");
        assertThat(response(":status: 205", Method.GET, false))
                .isEqualTo("HTTP/1.1 205 \r\ncontent-length:0\r\n\r\n");
        assertThat(response(":status: 200", Method.CONNECT, false))
                .isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }

    @Test
    void writesConnectInBothForms() throws MalformedHead {
        assertThat(request(":method: CONNECT~:authority: h:443", false, false))
                .isEqualTo("CONNECT h:443 HTTP/1.1\r\nhost: h:443\r\n\r\n");
        assertThat(
                        request(
                                ":method: CONNECT~:protocol: websocket~:scheme: http~:path: /c~:authority: h",
                                true,
                                false))
                .isEqualTo(
                        "GET /c HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
        assertThat(section.isExtendedConnect()).isTrue();
        assertThat(head.upgradeTokenIs("websocket")).isTrue();
    }

    @Test
    void leavesOutWhatMayNotStandBehindChunks() throws MalformedHead {
        String fields = "grpc-status: 0~x-request-id: 1~cache-control: x~a: b";
        assertThat(trailers(fields, false))
                .isEqualTo("grpc-status: 0\r\nx-request-id: 1\r\ncache-control: x\r\na: b\r\n");
        assertThat(trailers(fields, true)).isEqualTo("grpc-status: 0\r\na: b\r\n");
    }

    @Test
    void leavesOutEmptyCrumbs() throws MalformedHead {
        String start = ":method: GET~:scheme: http~:path: /~host: h";
        assertThat(
                        request(
                                start + "~cookie: ~cookie: a=b~cookie: ~cookie: c~cookie: ",
                                false,
                                true))
                .isEqualTo("GET / HTTP/1.1\r\nhost: h\r\ncookie: a=b; c\r\n\r\n");
    }

    @Test
    void countsCrumbsOfCookies() {
        section.beginRequest(LIMIT, false);
        decode("GET" + "~cookie: ".repeat(70));
        assertThat(section.flaw()).isEqualTo(Flaw.TOO_LARGE);
    }

    @Test
    void limitsTheNumberOfFields() {
        section.beginRequest(32_768, false);
        decode("GET" + "~x: y".repeat(200));
        assertThat(section.fields()).isEqualTo(204);
        assertThatExceptionOfType(MalformedHead.class)
                .isThrownBy(() -> section.request(out, head, HeadLimits.DEFAULT, true))
                .satisfies(e -> assertThat(e.flaw()).isEqualTo(Flaw.TOO_MANY_HEADERS));
    }
}
