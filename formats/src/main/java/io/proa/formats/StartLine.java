package io.proa.formats;

import java.nio.ByteBuffer;

/// Reads request lines and status lines (RFC 9112 sections 3 and 4) into a [MessageHead].
final class StartLine {
    private static final long HTTP_11 = Octets.word("HTTP/1.1");
    private static final long HTTP_10 = Octets.word("HTTP/1.0");
    private static final long HTTP_WORD = Octets.word("HTTP/");
    private static final long FIVE_BYTES = 0xFF_FFFF_FFFFL;
    private static final int SHORTEST_REQUEST_LINE = "A / HTTP/1.1".length();
    private static final int SHORTEST_STATUS_LINE = "HTTP/1.1 200".length();

    private StartLine() {}

    static void request(MessageHead head, ByteBuffer buf, int start, int end) throws MalformedHead {
        int methodEnd = start;
        while (Octets.is(buf.get(methodEnd), Octets.TOKEN)) {
            methodEnd++;
        }
        if (methodEnd == start || methodEnd == end || buf.get(methodEnd) != ' ') {
            byte b = buf.get(methodEnd);
            boolean space = methodEnd == end || b == ' ' || b == '\t';
            throw new MalformedHead(space ? Flaw.REQUEST_LINE : Flaw.METHOD_BYTE);
        }
        if (end - start < SHORTEST_REQUEST_LINE || buf.get(end - 9) != ' ') {
            throw new MalformedHead(Flaw.REQUEST_LINE);
        }
        head.version = version(Octets.load(buf, end - 8));
        int targetStart = methodEnd + 1;
        int targetEnd = end - 9;
        if (targetEnd <= targetStart) {
            throw new MalformedHead(Flaw.REQUEST_LINE);
        }
        head.methodEnd = methodEnd;
        head.method = Method.of(Octets.load(buf, start), methodEnd - start);
        head.targetStart = targetStart;
        head.targetEnd = targetEnd;
        head.authorityStart = targetStart;
        head.authorityEnd = targetStart;
        head.pathStart = targetStart;
        target(head, buf, targetStart, targetEnd);
    }

    private static int version(long word) throws MalformedHead {
        if (word == HTTP_11) {
            return 11;
        }
        if (word == HTTP_10) {
            return 10;
        }
        throw new MalformedHead(
                (word & FIVE_BYTES) == HTTP_WORD ? Flaw.VERSION : Flaw.REQUEST_LINE);
    }

    private static void target(MessageHead head, ByteBuffer buf, int start, int end)
            throws MalformedHead {
        // the space after the target is where the search ends in a good one
        int pathEnd = Octets.queryOrBad(buf, start);
        int at = pathEnd;
        while (at < end && buf.get(at) == '?') {
            at = Octets.queryOrBad(buf, at + 1);
        }
        if (at < end) {
            throw new MalformedHead(Flaw.TARGET_BYTE);
        }
        head.pathEnd = pathEnd;
        if (head.method == Method.CONNECT) {
            if (!Authority.isHostAndPort(buf, start, end)) {
                throw new MalformedHead(Flaw.TARGET_FORM);
            }
            head.authorityEnd = end;
            head.pathStart = end;
            head.pathEnd = end;
        } else if (buf.get(start) != '/') {
            otherForm(head, buf, start, end);
        }
    }

    private static void otherForm(MessageHead head, ByteBuffer buf, int start, int end)
            throws MalformedHead {
        if (buf.get(start) == '*' && end - start == 1 && head.method == Method.OPTIONS) {
            return;
        }
        int authority = afterScheme(buf, start, end);
        if (authority < 0) {
            throw new MalformedHead(Flaw.TARGET_FORM);
        }
        int slash = authority;
        while (slash < head.pathEnd && buf.get(slash) != '/') {
            slash++;
        }
        if (!Authority.isValid(buf, authority, slash)) {
            throw new MalformedHead(Flaw.TARGET_FORM);
        }
        head.authorityStart = authority;
        head.authorityEnd = slash;
        head.pathStart = slash;
    }

    private static int afterScheme(ByteBuffer buf, int start, int end) {
        if (end - start > 7 && Octets.sameIgnoringCase(buf, start, start + 7, "http://")) {
            return start + 7;
        }
        if (end - start > 8 && Octets.sameIgnoringCase(buf, start, start + 8, "https://")) {
            return start + 8;
        }
        return -1;
    }

    static void response(MessageHead head, ByteBuffer buf, int start, int end)
            throws MalformedHead {
        if (end - start < SHORTEST_STATUS_LINE) {
            throw new MalformedHead(Flaw.STATUS_LINE);
        }
        long word = Octets.load(buf, start);
        if (word != HTTP_11 && word != HTTP_10) {
            throw new MalformedHead(
                    (word & FIVE_BYTES) == HTTP_WORD ? Flaw.VERSION : Flaw.STATUS_LINE);
        }
        head.version = word == HTTP_11 ? 11 : 10;
        byte a = buf.get(start + 9);
        byte b = buf.get(start + 10);
        byte c = buf.get(start + 11);
        boolean digits = a >= '1' && a <= '9' && Octets.isDigit(b) && Octets.isDigit(c);
        // servers that leave out the reason also leave out the space before it; there is only one
        // way to read that
        boolean spaced = end == start + 12 || buf.get(start + 12) == ' ';
        if (buf.get(start + 8) != ' ' || !digits || !spaced) {
            throw new MalformedHead(Flaw.STATUS_LINE);
        }
        head.status = (a - '0') * 100 + (b - '0') * 10 + (c - '0');
        head.methodEnd = start;
        head.targetStart = start;
        head.targetEnd = start;
        head.authorityStart = start;
        head.authorityEnd = start;
        head.pathStart = start;
        head.pathEnd = start;
    }
}
