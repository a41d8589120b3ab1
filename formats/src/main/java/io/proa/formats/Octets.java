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

    private static final long COLONS = 0x3A3A_3A3A_3A3A_3A3AL;
    private static final long SLASHES = 0x2F2F_2F2F_2F2F_2F2FL;
    private static final long HASHES = 0x2323_2323_2323_2323L;
    private static final long QUERIES = 0x3F3F_3F3F_3F3F_3F3FL;

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
        return end >= 8 ? load(buf, end - 8) >>> (64 - 8 * (end - start)) : gather(buf, start, end);
    }

    private static long gather(ByteBuffer buf, int start, int end) {
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

    /// Whether there is nothing but what a field value may hold.
    static boolean isValue(ByteBuffer buf, int from, int to) {
        int i = nextControl(buf, from, to);
        while (i < to && buf.get(i) == '\t') {
            i = nextControl(buf, i + 1, to);
        }
        return i == to;
    }

    /// The index of the next byte below 0x20 or equal to 0x7F; `to` if there is none.
    private static int nextControl(ByteBuffer buf, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            long w = load(buf, i);
            // subtracting marks the lowest byte below a space exactly, and perhaps bytes above it,
            // which are not looked
            // at; adding marks each 0x7F exactly
            long hits = (w - SPACES | (w & DELETES) + ONES) & ~w & TOPS;
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

    /// The index of the next colon, or `to`, when whole words suffice to find it; else -1.
    static int nextColon(ByteBuffer buf, int from, int to) {
        for (int i = from; i <= to - 8; i += 8) {
            long c = load(buf, i) ^ COLONS;
            long hits = c - ONES & ~c & TOPS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
        return -1;
    }

    /// Whether there are only letters, digits, hyphens and dots. May say no when it is so, never
    /// yes when it is not.
    static boolean isPlain(ByteBuffer buf, int start, int end) {
        int i = start;
        for (; i < end - 8; i += 8) {
            if (plain(load(buf, i)) != TOPS) {
                return false;
            }
        }
        return plain(tail(buf, i, end)) == TOPS >>> (64 - 8 * (end - i));
    }

    /// Marks, in the top bit of each byte, the letters, digits, hyphens and dots of a word.
    private static long plain(long w) {
        long low = w & DELETES;
        long letters = low | SPACES;
        // adding carries a byte into its top bit exactly when it is at or above the bound
        long letter = letters + 0x1F1F_1F1F_1F1F_1F1FL & ~(letters + 0x0505_0505_0505_0505L);
        long other = low + 0x5353_5353_5353_5353L & ~(low + 0x4646_4646_4646_4646L);
        long slash = w ^ SLASHES;
        return (letter | other & ~(slash - ONES & ~slash)) & ~w & TOPS;
    }

    /// The index of the first byte that is a question mark, or that no target may hold. There must
    /// be such a byte, and eight more after it.
    static int queryOrBad(ByteBuffer buf, int from) {
        for (int i = from; ; i += 8) {
            long w = load(buf, i);
            long hash = w ^ HASHES;
            long query = w ^ QUERIES;
            // as in nextControl; what is false here can only stand above what is true
            long low =
                    w - 0x2121_2121_2121_2121L
                            | (w & DELETES) + ONES
                            | hash - ONES & ~hash
                            | query - ONES & ~query;
            long hits = (low & ~w | w) & TOPS;
            if (hits != 0) {
                return i + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
        }
    }
}
