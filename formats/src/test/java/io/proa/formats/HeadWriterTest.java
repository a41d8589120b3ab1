package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class HeadWriterTest {
    private final HeadEdits edits = new HeadEdits();

    private String request(String text) throws MalformedHead {
        MessageHead head = new MessageHead();
        ByteBuffer in = Bytes.buffer(text, 3);
        assertThat(head.parseRequest(in, 3, 3 + text.length(), HeadLimits.DEFAULT)).isTrue();
        ByteBuffer out = ByteBuffer.allocateDirect(4096);
        out.position(5);
        assertThat(HeadWriter.forwardRequest(head, in, out, edits)).isTrue();
        return Bytes.text(out, 5, out.position());
    }

    private String response(String text, Method method) throws MalformedHead {
        MessageHead head = new MessageHead();
        ByteBuffer in = Bytes.buffer(text, 3);
        assertThat(head.parseResponse(in, 3, 3 + text.length(), HeadLimits.DEFAULT, method))
                .isTrue();
        ByteBuffer out = ByteBuffer.allocateDirect(4096);
        assertThat(HeadWriter.forwardResponse(head, in, out, edits)).isTrue();
        return Bytes.text(out, 0, out.position());
    }

    @Test
    void keepsCaseOrderAndSpacingOfWhatItDoesNotChange() throws MalformedHead {
        String text = "GET /a?b HTTP/1.1\r\nHOST:  x \r\naCCept: */*\r\nX:\r\n\r\n";
        assertThat(request("\r\n" + text)).isEqualTo(text);
    }

    @Test
    void leavesOutFieldsOfOneHopAndWhatConnectionNames() throws MalformedHead {
        assertThat(
                        request(
                                "GET / HTTP/1.1\r\nConnection: keep-alive, foo\r\nHost: x\r\nFoo: 1\r\nKeep-Alive: 3\r\n"
                                        + "Bar: 2\r\nconnection: BAZ\r\nTE: trailers\r\nbaz: 4\r\nProxy-Connection: a\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: x\r\nBar: 2\r\n\r\n");
    }

    @Test
    void appliesEdits() throws MalformedHead {
        edits.remove(KnownHeader.X_PROA_ATTEMPT);
        edits.replace(KnownHeader.HOST, Bytes.of("other:1"));
        edits.replace(KnownHeader.TRACEPARENT, Bytes.of("new"));
        edits.add(Bytes.of("x-one: 1\r\n"));
        edits.add(Bytes.of("x-two: "), Bytes.of("2"));
        edits.add(Bytes.of("x-three: "), 0);
        edits.add(Bytes.of("x-four: "), Long.MAX_VALUE);
        edits.connectionClose();
        edits.version11();
        assertThat(
                        request(
                                "GET / HTTP/1.0\r\nx-proa-attempt: 9\r\nHost: x\r\nA: b\r\ntraceParent: 1\r\ntraceparent: 2\r\n\r\n"))
                .isEqualTo(
                        "GET / HTTP/1.1\r\nHost: other:1\r\nA: b\r\ntraceParent: new\r\nConnection: close\r\n"
                                + "x-one: 1\r\nx-two: 2\r\nx-three: 0\r\nx-four: 9223372036854775807\r\n\r\n");
        edits.clear();
        assertThat(request("GET / HTTP/1.0\r\n\r\n")).isEqualTo("GET / HTTP/1.0\r\n\r\n");
    }

    @Test
    void givesAHostToARequestThatHasNone() throws MalformedHead {
        edits.hostIfAbsent(Bytes.of("orders"));
        edits.version11();
        edits.connectionKeepAlive();
        assertThat(request("GET / HTTP/1.0\r\nA: b\r\n\r\n"))
                .isEqualTo(
                        "GET / HTTP/1.1\r\nA: b\r\nHost: orders\r\nConnection: keep-alive\r\n\r\n");
        assertThat(request("GET / HTTP/1.0\r\nHost: b\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: b\r\nConnection: keep-alive\r\n\r\n");
    }

    @Test
    void passesAnUpgradeOnlyWhenAskedTo() throws MalformedHead {
        String text =
                "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: a\r\n\r\n";
        assertThat(request(text)).isEqualTo("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        edits.keepUpgrade();
        assertThat(request(text))
                .isEqualTo(
                        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
        assertThat(request("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(
                        response(
                                "HTTP/1.1 101 X\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n",
                                Method.GET))
                .isEqualTo("HTTP/1.1 101 X\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n");
    }

    @Test
    void passesTrailerAllowanceOnlyWhenAskedTo() throws MalformedHead {
        edits.keepTrailerAllowance();
        assertThat(request("GET / HTTP/1.1\r\nHost: x\r\nTE: Trailers\r\nConnection: TE\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
        assertThat(request("GET / HTTP/1.1\r\nHost: x\r\nTE: gzip\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    @Test
    void dropsAnExpectationNobodyWaitsFor() throws MalformedHead {
        assertThat(request("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n"))
                .doesNotContain("Expect");
        assertThat(
                        request(
                                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"))
                .doesNotContain("Expect");
        assertThat(
                        request(
                                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"))
                .contains("Expect");
    }

    @Test
    void saysCloseForAResponseThatEndsWithItsConnection() throws MalformedHead {
        edits.connectionKeepAlive();
        assertThat(response("HTTP/1.0 200 OK\r\n\r\n", Method.GET))
                .isEqualTo("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n");
        edits.version11();
        assertThat(response("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n", Method.GET))
                .isEqualTo(
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n");
    }

    @Test
    void dropsALengthWhereNoneMayStand() throws MalformedHead {
        assertThat(
                        response(
                                "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nA: b\r\n\r\n",
                                Method.GET))
                .isEqualTo("HTTP/1.1 204 No Content\r\nA: b\r\n\r\n");
        assertThat(response("HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n", Method.GET))
                .contains("Content-Length: 9");
    }

    @Test
    void endsAStatusWithoutAReasonByItsSpace() throws MalformedHead {
        assertThat(response("HTTP/1.1 200\r\nX: y\r\nContent-Length: 0\r\n\r\n", Method.GET))
                .isEqualTo("HTTP/1.1 200 \r\nX: y\r\nContent-Length: 0\r\n\r\n");
        assertThat(response("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", Method.GET))
                .isEqualTo("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n");
        edits.version11();
        assertThat(response("HTTP/1.0 299\r\nContent-Length: 0\r\n\r\n", Method.GET))
                .isEqualTo("HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void leavesTheOutputUntouchedWithoutRoom() throws MalformedHead {
        MessageHead head = new MessageHead();
        String text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        ByteBuffer in = Bytes.buffer(text, 0);
        head.parseRequest(in, 0, text.length(), HeadLimits.DEFAULT);
        ByteBuffer out = ByteBuffer.allocateDirect(HeadWriter.room(head, edits) - 1);
        assertThat(HeadWriter.forwardRequest(head, in, out, edits)).isFalse();
        assertThat(out.position()).isZero();
    }

    @Test
    void writesWholeUrisAsPathsWhereAsked() throws MalformedHead {
        edits.originForm();
        edits.version11();
        edits.hostIfAbsent(Bytes.of("a"));
        assertThat(request("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo("GET /b?c HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(request("GET https://a?c HTTP/1.0\r\n\r\n"))
                .isEqualTo("GET /?c HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(request("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(request("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n"))
                .isEqualTo("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
    }
}
