package io.proa.proving.framing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Frames of HTTP/2 as bytes; nothing of what they say is checked. For all proofs that write what
/// no encoder would. Any thread.
public final class Http2Frames {
    private static final int LARGEST = 16_384;

    private Http2Frames() {}

    /// @param type of RFC 9113 section 6
    /// @param stream 0 = the connection
    public static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(9 + payload.length);
        out.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
        return out.array();
    }

    /// The payload of those frames that say a number.
    public static byte[] word(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /// A field block over as many frames as it takes.
    public static byte[] headers(int stream, boolean end, byte[] block) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at == 0 || at < block.length; at += LARGEST) {
            int next = Math.min(block.length, at + LARGEST);
            int flags = (next == block.length ? 4 : 0) | (at == 0 && end ? 1 : 0);
            byte[] part = Arrays.copyOfRange(block, at, next);
            out.writeBytes(frame(at == 0 ? 1 : 9, flags, stream, part));
        }
        return out.toByteArray();
    }

    /// Fields such as `:method: GET`, each a literal that no table keeps.
    public static byte[] block(List<String> fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String field : fields) {
            int colon = field.indexOf(": ", 1);
            out.write(0);
            string(out, field.substring(0, colon));
            string(out, field.substring(colon + 2));
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int rest = bytes.length - 127;
        if (rest < 0) {
            out.write(bytes.length);
        } else {
            out.write(127);
            for (; rest >= 128; rest >>= 7) {
                out.write(rest & 127 | 128);
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
    }
}
