package io.proa.formats;

import static io.proa.formats.KnownHeader.CONNECTION;
import static io.proa.formats.KnownHeader.CONTENT_LENGTH;
import static io.proa.formats.KnownHeader.EXPECT;
import static io.proa.formats.KnownHeader.HOST;
import static io.proa.formats.KnownHeader.TRANSFER_ENCODING;
import static io.proa.formats.KnownHeader.UPGRADE;

import java.nio.ByteBuffer;

/// Checks what the fields of a complete head say together, and derives its framing (RFC 9112
/// section 6).
final class Fields {
    private static final long LARGEST_LENGTH = 1L << 53;
    private static final long SINGLE_IN_RESPONSE = CONTENT_LENGTH.bit() | TRANSFER_ENCODING.bit();
    private static final long SINGLE_IN_REQUEST = SINGLE_IN_RESPONSE | HOST.bit() | EXPECT.bit();

    private Fields() {}

    static void checkRequest(MessageHead head) throws MalformedHead {
        checkShared(head, SINGLE_IN_REQUEST);
        checkHost(head);
        if (head.has(EXPECT) && !valueIs(head, EXPECT, "100-continue")) {
            throw new MalformedHead(Flaw.EXPECTATION);
        }
        if (head.has(TRANSFER_ENCODING)) {
            head.framing = Framing.CHUNKED;
        } else if (head.contentLength > 0) {
            head.framing = Framing.LENGTH;
        }
        if (head.framing != Framing.NONE
                && (head.method == Method.CONNECT || head.method == Method.TRACE)) {
            throw new MalformedHead(Flaw.BODY_NOT_ALLOWED);
        }
    }

    static void checkResponse(MessageHead head, Method requestMethod) throws MalformedHead {
        checkShared(head, SINGLE_IN_RESPONSE);
        int status = head.status;
        boolean tunnel = requestMethod == Method.CONNECT && status / 100 == 2;
        if (status < 200 || status == 204 || status == 205 || tunnel) {
            // readers disagree on whether such a body exists, so there must be no sign of one
            if (head.has(TRANSFER_ENCODING) || head.contentLength > 0) {
                throw new MalformedHead(Flaw.BODY_NOT_ALLOWED);
            }
        }
        if (status == 101 && !head.upgrade()) {
            throw new MalformedHead(Flaw.UPGRADE_INCOMPLETE);
        }
        if (status < 200
                || status == 204
                || status == 304
                || tunnel
                || requestMethod == Method.HEAD) {
            head.framing = Framing.NONE;
        } else if (head.has(TRANSFER_ENCODING)) {
            head.framing = Framing.CHUNKED;
        } else if (head.contentLength < 0) {
            head.framing = Framing.UNTIL_CLOSE;
        } else {
            head.framing = head.contentLength == 0 ? Framing.NONE : Framing.LENGTH;
        }
    }

    private static void checkShared(MessageHead head, long single) throws MalformedHead {
        long twice = head.repeated & single;
        if (twice != 0) {
            throw new MalformedHead(flawOfRepetition(head, twice));
        }
        if (head.has(TRANSFER_ENCODING)) {
            if (head.has(CONTENT_LENGTH)) {
                throw new MalformedHead(Flaw.LENGTH_AND_ENCODING);
            }
            if (head.version == 10) {
                throw new MalformedHead(Flaw.ENCODING_IN_HTTP10);
            }
            if (!valueIs(head, TRANSFER_ENCODING, "chunked")) {
                throw new MalformedHead(Flaw.ENCODING_UNKNOWN);
            }
        } else if (head.has(CONTENT_LENGTH)) {
            head.contentLength = length(head);
        }
        if (head.has(CONNECTION)) {
            head.connection = ConnectionOptions.read(head);
        }
        if (head.has(UPGRADE)) {
            checkUpgrade(head);
        }
    }

    private static Flaw flawOfRepetition(MessageHead head, long twice) {
        if ((twice & HOST.bit()) != 0) {
            return Flaw.HOST_REPEATED;
        }
        if (head.has(TRANSFER_ENCODING) && head.has(CONTENT_LENGTH)) {
            return Flaw.LENGTH_AND_ENCODING;
        }
        if ((twice & CONTENT_LENGTH.bit()) != 0) {
            return Flaw.LENGTH_REPEATED;
        }
        return (twice & TRANSFER_ENCODING.bit()) != 0 ? Flaw.ENCODING_REPEATED : Flaw.EXPECTATION;
    }

    private static long length(MessageHead head) throws MalformedHead {
        int i = head.find(CONTENT_LENGTH);
        int start = head.valueStart(i);
        int end = head.valueEnd(i);
        ByteBuffer buf = head.buf;
        // a leading zero would be octal to some readers
        if (start == end || end - start > 1 && buf.get(start) == '0') {
            throw new MalformedHead(Flaw.LENGTH_SYNTAX);
        }
        long length = 0;
        for (int at = start; at < end; at++) {
            byte b = buf.get(at);
            if (!Octets.isDigit(b)) {
                throw new MalformedHead(Flaw.LENGTH_SYNTAX);
            }
            // saturates, so that the verdict on later bytes is still about their form
            length = Math.min(length * 10 + (b - '0'), LARGEST_LENGTH + 1);
        }
        if (length > LARGEST_LENGTH) {
            throw new MalformedHead(Flaw.LENGTH_RANGE);
        }
        return length;
    }

    private static void checkHost(MessageHead head) throws MalformedHead {
        int i = head.find(HOST);
        if (i < 0) {
            if (head.version == 11) {
                throw new MalformedHead(Flaw.HOST_MISSING);
            }
            return;
        }
        int start = head.valueStart(i);
        int end = head.valueEnd(i);
        if (start < end && !Authority.isValid(head.buf, start, end)) {
            throw new MalformedHead(Flaw.HOST_SYNTAX);
        }
        boolean whole = head.authorityEnd > head.authorityStart;
        if (whole
                && !Octets.sameIgnoringCase(
                        head.buf, start, end, head.authorityStart, head.authorityEnd)
                && !differsByPort(head, start, end)) {
            throw new MalformedHead(Flaw.HOST_MISMATCH);
        }
    }

    /// `http://a:80/` with `Host: a`, and CONNECT with any port: the one difference that
    /// well-behaved clients make.
    private static boolean differsByPort(MessageHead head, int hostStart, int hostEnd) {
        ByteBuffer buf = head.buf;
        int portStart = head.authorityStart + (hostEnd - hostStart);
        if (hostStart == hostEnd
                || portStart >= head.authorityEnd
                || buf.get(portStart) != ':'
                || !Octets.sameIgnoringCase(
                        buf, hostStart, hostEnd, head.authorityStart, portStart)) {
            return false;
        }
        String expected = buf.get(head.targetStart + 4) == ':' ? ":80" : ":443";
        return head.method == Method.CONNECT
                || Octets.sameIgnoringCase(buf, portStart, head.authorityEnd, expected);
    }

    private static void checkUpgrade(MessageHead head) throws MalformedHead {
        for (int i = head.find(UPGRADE); i < head.headerCount(); i++) {
            if (head.known(i) != UPGRADE) {
                continue;
            }
            for (int at = head.valueStart(i); at < head.valueEnd(i); at++) {
                byte b = head.buf.get(at);
                if (!Octets.is(b, Octets.TOKEN) && b != '/' && b != ',' && !Octets.isBlank(b)) {
                    throw new MalformedHead(Flaw.UPGRADE_SYNTAX);
                }
            }
        }
    }

    private static boolean valueIs(MessageHead head, KnownHeader header, String lowerCase) {
        int i = head.find(header);
        return Octets.sameIgnoringCase(head.buf, head.valueStart(i), head.valueEnd(i), lowerCase);
    }
}
