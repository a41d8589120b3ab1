package io.proa.host.egress;

import java.nio.ByteBuffer;

/// The checksum of IP, UDP and ICMP (RFC 1071).
final class InternetChecksum {
    private static final long INT = 0xffffffffL;

    private InternetChecksum() {}

    /// Of these bytes and whatever `sum` covers already. Zero where the bytes hold their own
    /// checksum and it is right.
    ///
    /// @param sum below 2^48, so that 64 KiB more never overflow it
    static int of(ByteBuffer bytes, int at, int length, long sum) {
        long all = sum;
        int i = at;
        int end = at + length;
        for (; i <= end - 4; i += 4) {
            all += bytes.getInt(i) & INT;
        }
        if (i <= end - 2) {
            all += bytes.getShort(i) & 0xffff;
            i += 2;
        }
        if (i < end) {
            all += (bytes.get(i) & 0xff) << 8;
        }
        while (all >>> 16 != 0) {
            all = (all & 0xffff) + (all >>> 16);
        }
        return (int) ~all & 0xffff;
    }
}
