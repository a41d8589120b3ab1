package io.proa.proving.transparency;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Bytes that can be made again by anybody who knows their seed, and digests of them.
final class Content {
    private static final int SHOWN = 8;

    private Content() {}

    /// The bytes from `offset`, a multiple of 8, on.
    static void write(long seed, long offset, byte[] into, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        long word = offset / 8;
        int at = 0;
        for (; at + 8 <= length; at += 8) {
            buffer.putLong(at, mixed(seed + word++));
        }
        long last = mixed(seed + word);
        for (int shift = 56; at < length; at++, shift -= 8) {
            into[at] = (byte) (last >>> shift);
        }
    }

    /// All of it.
    static byte[] of(long seed, int size) {
        byte[] bytes = new byte[size];
        write(seed, 0, bytes, size);
        return bytes;
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    static long mixed(long seed) {
        long z = seed * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Enough of it to tell two apart.
    static String shown(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, SHOWN);
    }
}
