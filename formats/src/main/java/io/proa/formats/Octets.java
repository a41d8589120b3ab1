package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Byte classes and word-wise scanning. Eight bytes are looked at in one step ("SIMD within a
/// register"); words are always little-endian here, so that the first byte in the buffer is the
/// lowest in the word.
final class Octets {
    static final long SPACES = 0x2020_2020_2020_2020L;
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long TOPS = 0x8080_8080_8080_8080L;
    private static final long DELETES = 0x7F7F_7F7F_7F7F_7F7FL;

    static final byte TOKEN = 1;
    static final byte UNDERSCORE = 2;
    static final byte TARGET = 4;
    static final byte HOST = 8;

    /// Classes of each byte value, joined by or.
    private static final byte[] CLASS = new byte[256];

    static {
        for (int c = 0x21; c < 0x7F; c++) {
            boolean alphanumeric =
                    c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                CLASS[c] |= TOKEN;
            }
            // a comma is a sub-delimiter too, but makes a list of what must be one host
            if (alphanumeric || "-._~!$&'()*+;=".indexOf(c) >= 0) {
                CLASS[c] |= HOST;
            }
            if (c != '#') {
                CLASS[c] |= TARGET;
            }
        }
        CLASS['_'] |= UNDERSCORE;
    }

    private Octets() {}

    static int classOf(byte b) {
        return CLASS[b & 0xFF];
    }

    static boolean is(byte b, byte octetClass) {
        return (CLASS[b & 0xFF] & octetClass) != 0;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /// The value of a hexadecimal digit, or -1.
    static int hex(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int c = b | 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }

    static long load(ByteBuffer buf, int index) {
        long word = buf.getLong(index);
        return buf.order() == ByteOrder.BIG_ENDIAN ? Long.reverseBytes(word) : word;
    }

    /// The bytes between two indexes at most eight apart, as the low bytes of a word.
    static long tail(ByteBuffer buf, int start, int end) {
        if (end >= 8) {
            return load(buf, end - 8) >>> (64 - 8 * (end - start));
        }
        long word = 0;
        for (int i = end - 1; i >= start; i--) {
            word = word << 8 | buf.get(i) & 0xFF;
        }
        return word;
    }

    static long word(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return word(bytes, 0, bytes.length);
    }

    static long word(byte[] bytes, int start, int length) {
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = word << 8 | bytes[start + i] & 0xFF;
        }
        return word;
    }

    static boolean same(byte[] a, byte[] b, int length) {
        for (int i = 0; i < length; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }

    /// Compares with ASCII text given in lower case, ignoring the case of ASCII letters.
    static boolean sameIgnoringCase(ByteBuffer buf, int start, int end, String lowerCase) {
        if (end - start != lowerCase.length()) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (lower(buf.get(i)) != lowerCase.charAt(i - start)) {
                return false;
            }
        }
        return true;
    }

    static boolean sameIgnoringCase(
            ByteBuffer buf, int start, int end, int otherStart, int otherEnd) {
        if (end - start != otherEnd - otherStart) {
            return false;
        }
        for (int i = start, j = otherStart; i < end; i++, j++) {
            if (lower(buf.get(i)) != lower(buf.get(j))) {
                return false;
            }
        }
        return true;
    }

    /// Finds the CR of the next CR LF. Between `from` and there only what a field value may hold is
    /// let through.
    ///
    /// @return the index of CR, or the complement (`~`) of the index to go on from when more bytes
    ///   are needed
    static int endOfLine(ByteBuffer buf, int from, int to) throws MalformedHead {
        int i = from;
        while (true) {
            i = nextControl(buf, i, to);
            if (i == to) {
                return ~i;
            }
            byte b = buf.get(i);
            if (b == '\r') {
                if (i + 1 == to) {
                    return ~i;
                }
                if (buf.get(i + 1) != '\n') {
                    throw new MalformedHead(Flaw.BARE_CR);
                }
                return i;
            }
            if (b != '\t') {
                throw new MalformedHead(b == '\n' ? Flaw.BARE_LF : Flaw.CONTROL_BYTE);
            }
            i++;
        }
    }

    /// The index of the next byte below 0x20 or equal to 0x7F; `to` if there is none.
    private static int nextControl(ByteBuffer buf, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long w = load(buf, i);
            long d = w ^ DELETES;
            // each term marks the lowest hit exactly; marks above it may be false, and are not
            // looked at
            long hits = (w - SPACES & ~w | d - ONES & ~d) & TOPS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        for (; i < to; i++) {
            byte b = buf.get(i);
            if (b >= 0 && b < 0x20 || b == 0x7F) {
                return i;
            }
        }
        return to;
    }
}
