package io.proa.telemetry;

import io.proa.traffic.Dice;
import java.nio.ByteBuffer;

/// The `x-request-id` header: kept from outside only where it can do no harm in a log or another
/// header.
public final class RequestId {
    /// Most bytes of an id that is kept.
    public static final int LONGEST = 128;

    /// Bytes of an id made here.
    public static final int LENGTH = 36;

    private static final int[] DASHES = {8, 13, 18, 23};

    private RequestId() {}

    /// Whether these bytes are 1 to 128 token characters (RFC 9110 section 5.6.2). Reads
    /// absolutely.
    public static boolean valid(ByteBuffer bytes, int offset, int length) {
        if (length < 1 || length > LONGEST) {
            return false;
        }
        for (int i = offset; i < offset + length; i++) {
            if (!isToken(bytes.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// A new id in the form of a random UUID (RFC 9562 section 5.4); unique, not unguessable.
    public static byte[] made(Dice dice) {
        byte[] digits = new byte[32];
        TraceContext.writeHex(digits, 0, dice.nextLong() & ~0xF000L | 0x4000L);
        TraceContext.writeHex(digits, 16, dice.nextLong() & ~(3L << 62) | 2L << 62);
        byte[] id = new byte[LENGTH];
        int from = 0;
        int at = 0;
        for (int dash : DASHES) {
            System.arraycopy(digits, from, id, at, dash - at);
            from += dash - at;
            id[dash] = '-';
            at = dash + 1;
        }
        System.arraycopy(digits, from, id, at, LENGTH - at);
        return id;
    }

    private static boolean isToken(byte b) {
        if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')) {
            return true;
        }
        return switch (b) {
            case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~' -> true;
            default -> false;
        };
    }
}
