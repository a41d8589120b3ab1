package io.proa.formats;

import java.nio.ByteBuffer;

/// Reads the lists of options in Connection (RFC 9110 section 7.6.1).
final class ConnectionOptions {
    static final int CLOSE = 1;
    static final int KEEP_ALIVE = 2;
    static final int UPGRADE = 4;

    /// At least one further field is named.
    static final int NAMES = 8;

    private ConnectionOptions() {}

    static int read(MessageHead head) throws MalformedHead {
        int found = 0;
        for (int i = head.find(KnownHeader.CONNECTION); i < head.headerCount(); i++) {
            if (head.known(i) == KnownHeader.CONNECTION) {
                found |= readLine(head.buf, head.valueStart(i), head.valueEnd(i));
            }
        }
        return found;
    }

    private static int readLine(ByteBuffer buf, int start, int end) throws MalformedHead {
        // the usual value of all, told by two words
        if (end - start == 10 && KnownHeader.of(buf, start, end) == KnownHeader.KEEP_ALIVE) {
            return KEEP_ALIVE;
        }
        int found = 0;
        int i = start;
        while (i < end) {
            int token = i;
            while (i < end && Octets.is(buf.get(i), Octets.TOKEN)) {
                i++;
            }
            if (i > token) {
                found |= option(buf, token, i);
            }
            while (i < end && Octets.isBlank(buf.get(i))) {
                i++;
            }
            if (i < end && buf.get(i++) != ',') {
                throw new MalformedHead(Flaw.CONNECTION_SYNTAX);
            }
            while (i < end && Octets.isBlank(buf.get(i))) {
                i++;
            }
        }
        return found;
    }

    private static int option(ByteBuffer buf, int start, int end) throws MalformedHead {
        if (Octets.sameIgnoringCase(buf, start, end, "close")) {
            return CLOSE;
        }
        KnownHeader known = KnownHeader.of(buf, start, end);
        if (known == KnownHeader.KEEP_ALIVE) {
            return KEEP_ALIVE;
        }
        if (known == KnownHeader.UPGRADE) {
            return UPGRADE;
        }
        if ((known.bit() & KnownHeader.PROTECTED) != 0) {
            throw new MalformedHead(Flaw.CONNECTION_PROTECTED);
        }
        return (known.bit() & KnownHeader.ONE_HOP) != 0 ? 0 : NAMES;
    }

    /// Whether a field's name is listed as an option.
    static boolean names(MessageHead head, int nameStart, int nameEnd) {
        ByteBuffer buf = head.buf;
        // an option only, never the name of a field (RFC 9110 section 7.6.1)
        if (Octets.sameIgnoringCase(buf, nameStart, nameEnd, "close")) {
            return false;
        }
        for (int i = head.find(KnownHeader.CONNECTION); i < head.headerCount(); i++) {
            if (head.known(i) == KnownHeader.CONNECTION
                    && lists(buf, head.valueStart(i), head.valueEnd(i), nameStart, nameEnd)) {
                return true;
            }
        }
        return false;
    }

    private static boolean lists(ByteBuffer buf, int start, int end, int nameStart, int nameEnd) {
        int i = start;
        while (i < end) {
            int token = i;
            while (i < end && Octets.is(buf.get(i), Octets.TOKEN)) {
                i++;
            }
            if (i > token && Octets.sameIgnoringCase(buf, token, i, nameStart, nameEnd)) {
                return true;
            }
            while (i < end && !Octets.is(buf.get(i), Octets.TOKEN)) {
                i++;
            }
        }
        return false;
    }
}
