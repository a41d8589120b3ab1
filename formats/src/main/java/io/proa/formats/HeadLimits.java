package io.proa.formats;

/// How large a message head may be.
///
/// @param maxBytes bytes of start line, fields and empty lines together, 64 to 16 MiB
/// @param maxHeaders field lines, 1 to 10 000
public record HeadLimits(int maxBytes, int maxHeaders) {
    /// 32 KiB in at most 128 field lines.
    public static final HeadLimits DEFAULT = new HeadLimits(32 * 1024, 128);

    public HeadLimits {
        if (maxBytes < 64 || maxBytes > 16 << 20) {
            throw new IllegalArgumentException(
                    "maxBytes is " + maxBytes + ", expected 64 to 16777216");
        }
        if (maxHeaders < 1 || maxHeaders > 10_000) {
            throw new IllegalArgumentException(
                    "maxHeaders is " + maxHeaders + ", expected 1 to 10000");
        }
    }

    /// The limits for heads that a sidecar with these limits has passed on: 4 KiB and 16 field
    /// lines more, since a head just within the limit may have gained some. Without them the second
    /// sidecar refuses what the first let pass.
    public HeadLimits forNextHop() {
        return new HeadLimits(
                Math.min(maxBytes + 4096, 16 << 20), Math.min(maxHeaders + 16, 10_000));
    }
}
