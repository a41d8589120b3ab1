package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FieldBlocksTest {
    private final FieldBlocks blocks = new FieldBlocks();
    private final HeadEdits edits = new HeadEdits();
    private final MessageHead head = new MessageHead();
    private final FieldSection section = new FieldSection();
    private HpackEncoder encoder = new HpackEncoder(4096);
    private HpackDecoder decoder = new HpackDecoder(4096);

    private List<String> request(String text, boolean https) throws MalformedHead, MalformedFrame {
        ByteBuffer in = Bytes.buffer(text, 3);
        head.reset();
        assertThat(head.parseRequest(in, 3, 3 + text.length(), HeadLimits.DEFAULT)).isTrue();
        ByteBuffer out = ByteBuffer.allocateDirect(FieldBlocks.room(head, edits));
        blocks.request(head, in, edits, https, encoder, out);
        return fields(out);
    }

    private List<String> response(String text, Method method) throws MalformedHead, MalformedFrame {
        ByteBuffer in = Bytes.buffer(text, 3);
        head.reset();
        assertThat(head.parseResponse(in, 3, 3 + text.length(), HeadLimits.DEFAULT, method))
                .isTrue();
        ByteBuffer out = ByteBuffer.allocateDirect(FieldBlocks.room(head, edits));
        blocks.response(head, in, edits, encoder, out);
        return fields(out);
    }

    private List<String> fields(ByteBuffer out) throws MalformedFrame {
        return HpackList.decode(decoder, out.flip()).stream().map(HpackList::toString).toList();
    }

    @Test
    void encodesARequestOfHttp1() throws MalformedHead, MalformedFrame {
        assertThat(
                        request(
                                "POST /a?b HTTP/1.1\r\nHost: h:1\r\nX-A:  b c \r\nContent-Length: 3\r\n"
                                        + "Connection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: 3\r\nEmpty: \r\n\r\n",
                                false))
                .containsExactly(
                        ":method: POST",
                        ":scheme: http",
                        ":path: /a?b",
                        ":authority: h:1",
                        "x-a: b c",
                        "content-length: 3",
                        "empty: ");
        assertThat(
                        request(
                                "DELETE / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n",
                                true))
                .containsExactly(
                        ":method: DELETE",
                        ":scheme: https",
                        ":path: /",
                        ":authority: h",
                        "trailer: x");
    }

    @Test
    void encodesEveryFormOfTarget() throws MalformedHead, MalformedFrame {
        assertThat(request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", false)).contains(":path: *");
        assertThat(request("GET http://h?b HTTP/1.1\r\nHost: h\r\n\r\n", false))
                .contains(":path: /?b", ":authority: h");
        assertThat(request("OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n", false))
                .contains(":path: *", ":authority: h");
        assertThat(request("GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n", false))
                .contains(":path: /a?b", ":authority: h");
        assertThat(request("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", false))
                .containsExactly(":method: CONNECT", ":authority: h:443");
        assertThat(request("GET / HTTP/1.0\r\n\r\n", false))
                .containsExactly(":method: GET", ":scheme: http", ":path: /");
    }

    @Test
    void appliesEdits() throws MalformedHead, MalformedFrame {
        edits.remove(KnownHeader.X_PROA_ATTEMPT);
        edits.replace(KnownHeader.TRACEPARENT, Bytes.of("new"));
        edits.replace(KnownHeader.HOST, Bytes.of("other:1"));
        edits.add(Bytes.of("X-One: 1\r\nx-empty: \r\n"));
        edits.add(Bytes.of("x-two: "), 22);
        edits.keepTrailerAllowance();
        edits.connectionClose();
        assertThat(
                        request(
                                "GET / HTTP/1.1\r\nHost: h\r\nx-proa-attempt: 3\r\ntraceparent: a\r\nTRACEPARENT: b\r\nTE: trailers\r\n\r\n",
                                false))
                .containsExactly(
                        ":method: GET",
                        ":scheme: http",
                        ":path: /",
                        ":authority: other:1",
                        "traceparent: new",
                        "te: trailers",
                        "x-one: 1",
                        "x-empty: ",
                        "x-two: 22");
        edits.clear();
        edits.hostIfAbsent(Bytes.of("absent"));
        assertThat(request("GET / HTTP/1.0\r\n\r\n", false)).contains(":authority: absent");
    }

    @Test
    void neverIndexesSecrets() throws MalformedHead, MalformedFrame {
        assertThat(
                        request(
                                "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic x\r\nCookie: short=1\r\n"
                                        + "Proxy-Authorization: x\r\nMarked:x\r\n\r\n",
                                false))
                .endsWith(
                        "authorization: Basic x (never indexed)",
                        "cookie: short=1 (never indexed)",
                        "proxy-authorization: x (never indexed)",
                        "marked: x (never indexed)");
        assertThat(request("GET /p HTTP/1.1\r\nHost:h\r\n\r\n", false))
                .contains(":path: /p (never indexed)", ":authority: h (never indexed)");
        assertThat(
                        response(
                                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nSet-Cookie: a=b\r\n\r\n",
                                Method.GET))
                .endsWith("set-cookie: a=b (never indexed)");
    }

    @Test
    void encodesResponses() throws MalformedHead, MalformedFrame {
        assertThat(
                        response(
                                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n",
                                Method.GET))
                .containsExactly(":status: 200", "content-length: 3");
        assertThat(response("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n", Method.GET))
                .containsExactly(":status: 418", "content-length: 0");
        assertThat(response("HTTP/1.1 418 Teapot\r\ncontent-length:0\r\n\r\n", Method.GET))
                .containsExactly(":status: 418");
        assertThat(response("HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n", Method.GET))
                .containsExactly(":status: 204");
        assertThat(response("HTTP/1.1 103 Early\r\nLink: x\r\n\r\n", Method.GET))
                .containsExactly(":status: 103", "link: x");
    }

    @Test
    void encodesTrailers() throws MalformedFrame {
        String lines = "Grpc-Status: 0\r\nx:\t a b \r\nsecret:s\r\nempty:\r\nconnection: x\r\n";
        ByteBuffer in = Bytes.buffer(lines, 5);
        ByteBuffer out =
                ByteBuffer.allocateDirect(FieldBlocks.roomForTrailers(5, 5 + lines.length()));
        blocks.trailers(in, 5, 5 + lines.length(), encoder, out);
        assertThat(fields(out))
                .containsExactly(
                        "grpc-status: 0",
                        "x: a b",
                        "secret: s (never indexed)",
                        "empty:  (never indexed)");
    }

    /// Whatever HTTP/1.1's reader accepts arrives over HTTP/2 as the same message.
    @Test
    void carriesEveryGoodMessageOfHttp1() throws MalformedFrame, MalformedHead {
        MessageMaker maker = new MessageMaker(11);
        MessageHead again = new MessageHead();
        ByteBuffer text = ByteBuffer.allocateDirect(64 * 1024);
        int carried = 0;
        for (int i = 0; i < 20_000; i++) {
            String message = maker.request();
            ByteBuffer in = Bytes.buffer(message, 3);
            head.reset();
            if (!read(in, message.length()) || head.version() == 10) {
                continue;
            }
            edits.clear();
            edits.keepTrailerAllowance();
            ByteBuffer out = ByteBuffer.allocateDirect(FieldBlocks.room(head, edits));
            blocks.request(head, in, edits, false, encoder, out);
            section.beginRequest(40_000, false);
            decoder.decode(out, 0, out.position(), true, section);
            boolean empty = head.value(head.find(KnownHeader.HOST)).isEmpty();
            if (empty
                    && head.method() != Method.CONNECT
                    && head.authorityEnd() == head.authorityStart()) {
                assertThatIsRefused(Flaw.AUTHORITY_MISSING, text);
                continue;
            }
            text.clear();
            section.request(text, again, HeadLimits.DEFAULT, head.framing() == Framing.NONE);
            assertThat(again.framing()).as(message).isEqualTo(head.framing());
            assertThat(again.contentLength()).as(message).isEqualTo(head.contentLength());
            assertThat(again.method()).as(message).isEqualTo(head.method());
            assertThat(fieldsOf(again)).as(message).isEqualTo(fieldsOf(head));
            carried++;
        }
        assertThat(carried).isGreaterThan(4_000);
    }

    private boolean read(ByteBuffer in, int length) {
        try {
            return head.parseRequest(in, 3, 3 + length, HeadLimits.DEFAULT);
        } catch (MalformedHead _) {
            return false;
        }
    }

    private void assertThatIsRefused(Flaw flaw, ByteBuffer text) {
        Flaw refusal = null;
        try {
            text.clear();
            section.request(text, new MessageHead(), HeadLimits.DEFAULT, true);
        } catch (MalformedHead e) {
            refusal = e.flaw();
        }
        assertThat(refusal).isEqualTo(flaw);
    }

    /// Names and values that go on, in lower case and with cookies joined; Host is the authority's.
    private static List<String> fieldsOf(MessageHead head) {
        List<String> fields = new ArrayList<>();
        List<String> cookies = new ArrayList<>();
        for (int i = 0; i < head.headerCount(); i++) {
            KnownHeader known = head.known(i);
            String name = head.text(head.nameStart(i), head.nameEnd(i)).toLowerCase(Locale.ROOT);
            boolean goesOn =
                    !head.hopByHop(i)
                            && known != KnownHeader.HOST
                            && known != KnownHeader.TRANSFER_ENCODING
                            && (known != KnownHeader.EXPECT || head.expectsContinue());
            if (known == KnownHeader.COOKIE && goesOn) {
                if (!head.value(i).isEmpty()) {
                    cookies.add(head.value(i));
                }
            } else if (goesOn) {
                fields.add(name + ": " + head.value(i));
            }
        }
        if (!cookies.isEmpty()) {
            fields.add("cookie: " + String.join("; ", cookies));
        }
        return fields;
    }

    @Test
    void takesNoMoreThanItsTable() throws MalformedHead, MalformedFrame {
        String text = "GET / HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\r\n";
        encoder = new HpackEncoder(0);
        decoder = new HpackDecoder(0);
        for (int i = 0; i < 3; i++) {
            assertThat(request(text, false)).endsWith("x-a: b");
        }
    }
}
