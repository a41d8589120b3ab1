package io.proa.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Writes the few DER elements a certificate request consists of (ITU-T X.690, section 10).
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private Der() {}

    /// An element of any tag around the concatenated parts.
    static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length >= 0x10000) {
            out.write(0x83);
            out.write(length >> 16);
            out.write(length >> 8);
        } else if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return element(SEQUENCE, parts);
    }

    /// A bit string of whole bytes.
    static byte[] bits(byte[] content) {
        return element(BIT_STRING, new byte[1], content);
    }

    static byte[] ascii(int tag, String text) {
        return element(tag, text.getBytes(StandardCharsets.US_ASCII));
    }

    /// @param arcs in dotted decimal
    static byte[] oid(String arcs) {
        String[] parts = arcs.split("\\.", -1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(Integer.parseInt(parts[0]) * 40 + Integer.parseInt(parts[1]));
        for (int i = 2; i < parts.length; i++) {
            long arc = Long.parseLong(parts[i]);
            int shift = 0;
            while (arc >>> (shift + 7) != 0) {
                shift += 7;
            }
            for (; shift >= 0; shift -= 7) {
                out.write((int) (arc >>> shift & 0x7f) | (shift > 0 ? 0x80 : 0));
            }
        }
        return element(OBJECT_IDENTIFIER, out.toByteArray());
    }
}
