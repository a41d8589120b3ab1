package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Text and buffers, one byte per character.
final class Bytes {
    private Bytes() {}

    /// A direct buffer as the data plane uses it, with bytes around the text that belong to nobody.
    static ByteBuffer buffer(String text, int before) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer buf = ByteBuffer.allocateDirect(before + bytes.length + 11);
        for (int i = 0; i < buf.capacity(); i++) {
            buf.put(i, (byte) '#');
        }
        buf.put(before, bytes);
        return buf;
    }

    static String text(ByteBuffer buf, int from, int to) {
        byte[] bytes = new byte[to - from];
        buf.get(from, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
