package io.proa.formats;

import java.nio.ByteBuffer;

/// The Huffman code of RFC 7541 appendix B. It is canonical, so that the lengths of the codes say
/// all: codes of one length follow each other in the order of their octets.
///
/// Decoding looks 8 bits up at once, which is all that the codes of usual octets have; longer codes
/// are told by comparing with where each length ends. Strict as section 5.2 asks.
final class Huffman {
    /// The length of each octet's code, A = 5 bits to Z = 30.
    private static final String LENGTHS =
            "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
                    + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
                    + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
                    + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV";

    private static final int LONGEST = 30;
    private static final int SHORTEST_LONG = 10;
    private static final int MOST_PADDING = 7;

    private static final byte[] LENGTH = new byte[256];
    private static final int[] CODE = new int[256];

    /// Octets in the order of their codes.
    private static final byte[] OCTETS = new byte[256];

    /// For each length the first code that is longer, as the top of 32 bits.
    private static final long[] END = new long[LONGEST + 1];

    /// For each length what a code is from its octet's place in [#OCTETS].
    private static final int[] OFFSET = new int[LONGEST + 1];

    /// For each first 8 bits the octet and its code's length as `octet << 4 | length`; 0 = longer.
    private static final short[] SHORT = new short[256];

    static {
        int code = 0;
        int place = 0;
        for (int length = 5; length <= LONGEST; length++) {
            code <<= 1;
            OFFSET[length] = place - code;
            for (int octet = 0; octet < 256; octet++) {
                if (LENGTHS.charAt(octet) - 'A' + 5 == length) {
                    LENGTH[octet] = (byte) length;
                    CODE[octet] = code;
                    OCTETS[place] = (byte) octet;
                    for (int i = 0; length <= 8 && i < 1 << 8 - length; i++) {
                        SHORT[(code << 8 - length) + i] = (short) (octet << 4 | length);
                    }
                    code++;
                    place++;
                }
            }
            END[length] = (long) code << 32 - length;
        }
    }

    private Huffman() {}

    /// The most octets that so many can decode to.
    static int mostDecoded(int length) {
        return (int) (length * 8L / 5);
    }

    /// Decodes into `out`, which has room for [#mostDecoded].
    ///
    /// @return the index after the last octet written
    static int decode(ByteBuffer buf, int from, int to, byte[] out, int begin)
            throws MalformedFrame {
        long bits = 0; // from the top
        int count = 0;
        int i = from;
        int at = begin;
        while (true) {
            if (count < LONGEST) {
                while (count <= 56 && i < to) {
                    bits |= (buf.get(i) & 0xFFL) << 56 - count;
                    count += 8;
                    i++;
                }
            }
            int entry = SHORT[(int) (bits >>> 56)];
            int length = entry & 15;
            if (entry == 0) {
                length = longLength(bits >>> 32);
                if (length > LONGEST) {
                    throw MalformedFrame.of(FrameFlaw.HUFFMAN_END);
                }
            }
            if (length > count) {
                checkPadding(bits, count);
                return at;
            }
            out[at++] =
                    entry != 0
                            ? (byte) (entry >> 4)
                            : OCTETS[(int) (bits >>> 64 - length) + OFFSET[length]];
            bits <<= length;
            count -= length;
        }
    }

    private static int longLength(long top) {
        int length = SHORTEST_LONG;
        while (length <= LONGEST && top >= END[length]) {
            length++;
        }
        return length;
    }

    private static void checkPadding(long bits, int count) throws MalformedFrame {
        long ones = count == 0 ? 0 : -1L << 64 - count;
        if (count > MOST_PADDING || bits != ones) {
            throw MalformedFrame.of(FrameFlaw.HUFFMAN_PADDING);
        }
    }

    /// Octets that a text takes when it is coded.
    static int encodedLength(byte[] text, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            bits += LENGTH[text[i] & 0xFF];
        }
        return (int) (bits + 7 >>> 3);
    }

    /// Codes a text at `begin`.
    ///
    /// @return the index after it
    static int encode(byte[] text, int from, int to, ByteBuffer out, int begin) {
        long bits = 0; // at the bottom
        int count = 0;
        int at = begin;
        for (int i = from; i < to; i++) {
            int octet = text[i] & 0xFF;
            bits = bits << LENGTH[octet] | CODE[octet];
            count += LENGTH[octet];
            while (count >= 8) {
                count -= 8;
                out.put(at++, (byte) (bits >>> count));
            }
        }
        if (count > 0) {
            out.put(at++, (byte) (bits << 8 - count | 0xFF >>> count));
        }
        return at;
    }
}
