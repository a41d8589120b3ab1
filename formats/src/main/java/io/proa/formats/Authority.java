package io.proa.formats;

import java.nio.ByteBuffer;

/// Host and port as in RFC 3986 section 3.2, without user information, and narrower where a wider
/// reading is only used in attacks: no comma, no empty port, no port above 65535.
final class Authority {
    private Authority() {}

    static boolean isHostAndPort(ByteBuffer buf, int start, int end) {
        int colon = hostEnd(buf, start, end);
        return colon > start && colon < end && isPort(buf, colon, end);
    }

    /// Not empty; the port may be missing.
    static boolean isValid(ByteBuffer buf, int start, int end) {
        int colon = hostEnd(buf, start, end);
        return colon > start && (colon == end || isPort(buf, colon, end));
    }

    private static int hostEnd(ByteBuffer buf, int start, int end) {
        if (start < end && buf.get(start) == '[') {
            return literalEnd(buf, start, end);
        }
        int i = start;
        while (i < end) {
            byte b = buf.get(i);
            if (Octets.is(b, Octets.HOST)) {
                i++;
            } else if (b == '%'
                    && i + 2 < end
                    && Octets.hex(buf.get(i + 1)) >= 0
                    && Octets.hex(buf.get(i + 2)) >= 0) {
                i += 3;
            } else {
                break;
            }
        }
        return i;
    }

    private static int literalEnd(ByteBuffer buf, int start, int end) {
        int colons = 0;
        for (int i = start + 1; i < end; i++) {
            byte b = buf.get(i);
            if (b == ']') {
                return colons >= 2 ? i + 1 : start;
            }
            if (b == ':') {
                colons++;
            } else if (b != '.' && Octets.hex(b) < 0) {
                return start;
            }
        }
        return start;
    }

    private static boolean isPort(ByteBuffer buf, int colon, int end) {
        int digits = end - colon - 1;
        if (buf.get(colon) != ':' || digits < 1 || digits > 5) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < end; i++) {
            if (!Octets.isDigit(buf.get(i))) {
                return false;
            }
            port = port * 10 + (buf.get(i) - '0');
        }
        return port <= 65535;
    }
}
