package io.proa.formats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The value of `grpc-timeout`: one to eight digits and a unit (gRPC over HTTP/2, Requests).
public final class GrpcTimeout {
    private static final int MOST_DIGITS = 8;
    private static final String UNITS = "HMSmun";
    private static final long[] NANOS = {
        3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
    };

    private GrpcTimeout() {}

    /// @return nanoseconds, at most about nine years; -1 for what is no such value
    public static long parse(ByteBuffer buf, int from, int to) {
        int digits = to - from - 1;
        if (digits < 1 || digits > MOST_DIGITS) {
            return -1;
        }
        int unit = UNITS.indexOf(buf.get(to - 1));
        if (unit < 0) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to - 1; i++) {
            if (!Octets.isDigit(buf.get(i))) {
                return -1;
            }
            value = value * 10 + buf.get(i) - '0';
        }
        // 99,999,999 hours are more than a long has nanoseconds.
        return value > Long.MAX_VALUE / 4 / NANOS[unit] ? Long.MAX_VALUE / 4 : value * NANOS[unit];
    }

    /// The longest value that is no longer than `nanos`, in the finest unit that has room for it.
    ///
    /// @param nanos 0 or more
    public static byte[] write(long nanos) {
        for (int unit = UNITS.length() - 1; ; unit--) {
            long value = nanos / NANOS[unit];
            if (value < 100_000_000L) {
                return (Long.toString(value) + UNITS.charAt(unit))
                        .getBytes(StandardCharsets.US_ASCII);
            }
        }
    }
}
