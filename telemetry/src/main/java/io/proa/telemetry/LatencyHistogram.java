package io.proa.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Counts durations from 1 µs to 73 minutes in log-linear buckets: 16 to each power of two, so that
/// a percentile is wrong by at most 1/32 (3.2 %). What is shorter or longer counts in the first or
/// last bucket.
///
/// One loop writes; any thread may read a slightly older state. Recording allocates only when a
/// power of two is met for the first time (144 bytes each, 4.6 KB at most), so a series costs what
/// its spread needs.
public final class LatencyHistogram {
    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int FIRST_EXPONENT = 10;
    private static final int OCTAVES = 32;
    private static final long SHORTEST = 1L << FIRST_EXPONENT;
    private static final long LONGEST = (1L << FIRST_EXPONENT + OCTAVES) - 1;

    private final @Nullable AtomicLongArray[] octaves = new @Nullable AtomicLongArray[OCTAVES];
    private final AtomicLongArray sum = new AtomicLongArray(1);

    public LatencyHistogram() {}

    /// Counts one duration of `nanos`.
    public void record(long nanos) {
        long bounded = Math.min(Math.max(nanos, SHORTEST), LONGEST);
        int exponent = 63 - Long.numberOfLeadingZeros(bounded);
        int sub = (int) (bounded >>> exponent - SUB_BITS) & SUBS - 1;
        AtomicLongArray counts = octave(exponent - FIRST_EXPONENT);
        counts.setOpaque(sub, counts.getPlain(sub) + 1);
        sum.setOpaque(0, sum.getPlain(0) + Math.max(0, nanos));
    }

    /// Adds what `other` has counted; called by the owner of this one.
    public void add(LatencyHistogram other) {
        for (int i = 0; i < OCTAVES; i++) {
            AtomicLongArray theirs = other.octaves[i];
            if (theirs != null) {
                AtomicLongArray ours = octave(i);
                for (int sub = 0; sub < SUBS; sub++) {
                    ours.setOpaque(sub, ours.getPlain(sub) + theirs.getOpaque(sub));
                }
            }
        }
        sum.setOpaque(0, sum.getPlain(0) + other.sumNanos());
    }

    public long count() {
        return countUpTo(Long.MAX_VALUE);
    }

    public long sumNanos() {
        return sum.getOpaque(0);
    }

    /// Durations in buckets that end at or before `nanos`; exact at powers of two, else short by
    /// less than a bucket.
    public long countUpTo(long nanos) {
        long total = 0;
        for (int i = 0; i < OCTAVES; i++) {
            AtomicLongArray counts = octaves[i];
            for (int sub = 0; counts != null && sub < SUBS; sub++) {
                if (lowerBound(i, sub) + width(i) > nanos) {
                    return total;
                }
                total += counts.getOpaque(sub);
            }
        }
        return total;
    }

    /// The duration in nanoseconds that the share `fraction` of all does not exceed; 0 where
    /// nothing was counted.
    ///
    /// @param fraction above 0, at most 1
    public long percentile(double fraction) {
        long wanted = (long) Math.ceil(count() * fraction);
        long seen = 0;
        for (int i = 0; i < OCTAVES && wanted > 0; i++) {
            AtomicLongArray counts = octaves[i];
            for (int sub = 0; counts != null && sub < SUBS; sub++) {
                seen += counts.getOpaque(sub);
                if (seen >= wanted) {
                    return lowerBound(i, sub) + width(i) / 2;
                }
            }
        }
        return 0;
    }

    private AtomicLongArray octave(int index) {
        AtomicLongArray counts = octaves[index];
        if (counts == null) {
            counts = new AtomicLongArray(SUBS);
            octaves[index] = counts;
        }
        return counts;
    }

    private static long lowerBound(int octave, int sub) {
        return (long) (SUBS + sub) << octave + FIRST_EXPONENT - SUB_BITS;
    }

    private static long width(int octave) {
        return 1L << octave + FIRST_EXPONENT - SUB_BITS;
    }
}
