package io.proa.identity;

/// Walks DER (ITU-T X.690) without copying; strict about lengths, knows no more than certificates
/// need.
final class DerReader {
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    private final byte[] bytes;
    private final int end;
    private int next;
    private int tag;
    private int start;
    private int length;

    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.next = from;
        this.end = to;
    }

    boolean hasNext() {
        return next < end;
    }

    /// Steps onto the next element and returns its tag.
    int next() throws Malformed {
        if (end - next < 2) {
            throw new Malformed("truncated");
        }
        tag = bytes[next++] & 0xff;
        if ((tag & 0x1f) == 0x1f) {
            throw new Malformed("tag in long form");
        }
        int first = bytes[next++] & 0xff;
        length = first;
        if (first >= 0x80) {
            int count = first & 0x7f;
            if (count == 0 || count > 3 || end - next < count) {
                throw new Malformed("length of " + count + " bytes");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | (bytes[next++] & 0xff);
            }
            if (length < 0x80 || length >>> (8 * (count - 1)) == 0) {
                throw new Malformed("length not in shortest form");
            }
        }
        if (length > end - next) {
            throw new Malformed("length beyond its container");
        }
        start = next;
        next += length;
        return tag;
    }

    /// Steps onto the next element, which must have this tag.
    DerReader expect(int wanted) throws Malformed {
        if (next() != wanted) {
            throw new Malformed(
                    "tag 0x"
                            + Integer.toHexString(tag)
                            + ", expected 0x"
                            + Integer.toHexString(wanted));
        }
        return this;
    }

    /// The inside of the current element.
    DerReader inside() {
        return new DerReader(bytes, start, start + length);
    }

    byte[] content() {
        return java.util.Arrays.copyOfRange(bytes, start, start + length);
    }

    /// The current element's content as printable ASCII.
    String ascii() throws Malformed {
        for (int i = start; i < start + length; i++) {
            if (bytes[i] < 0x20 || bytes[i] == 0x7f) {
                throw new Malformed("a byte that is not printable ASCII");
            }
        }
        return new String(bytes, start, length, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
