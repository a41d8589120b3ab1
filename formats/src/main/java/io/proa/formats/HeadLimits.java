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
}
