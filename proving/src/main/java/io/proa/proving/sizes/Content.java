package io.proa.proving.sizes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;

/// Bytes without an end that either side can make, compared where they arrive. Their period fits
/// into no buffer, so that whatever is lost or doubled is seen.
final class Content {
    private static final int PERIOD = 1_048_573;
    private static final int PIECE = 1 << 17;
    private static final byte[] BYTES = made();

    private Content() {}

    private static byte[] made() {
        byte[] bytes = new byte[PERIOD + PIECE];
        new Random(5).nextBytes(bytes);
        System.arraycopy(bytes, 0, bytes, PERIOD, PIECE);
        return bytes;
    }

    static void send(OutputStream out, long size) throws IOException {
        for (long at = 0; at < size; ) {
            int n = (int) Math.min(PIECE, size - at);
            out.write(BYTES, (int) (at % PERIOD), n);
            at += n;
        }
    }

    /// Reads exactly so much.
    ///
    /// @throws IOException where it ends early or is something else
    static void check(InputStream in, long size) throws IOException {
        byte[] buffer = new byte[PIECE];
        for (long at = 0; at < size; ) {
            int n = in.read(buffer, 0, (int) Math.min(PIECE, size - at));
            if (n < 0) {
                throw new IOException("ended after " + at + " of " + size + " bytes");
            }
            int from = (int) (at % PERIOD);
            int wrong = Arrays.mismatch(buffer, 0, n, BYTES, from, from + n);
            if (wrong >= 0) {
                throw new IOException("byte " + (at + wrong) + " is not what was sent");
            }
            at += n;
        }
    }

    /// The first bytes of one of them.
    static byte[] of(int number, int size) {
        int from = (int) (number * 4099L % PERIOD);
        return Arrays.copyOfRange(BYTES, from, from + Math.min(size, PIECE));
    }
}
