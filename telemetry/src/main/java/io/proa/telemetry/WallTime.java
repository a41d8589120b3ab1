package io.proa.telemetry;

/// From the loops' clock, which only ever goes forward, to the one on the wall.
@FunctionalInterface
public interface WallTime {
    /// Milliseconds since 1970 at loop time `nanos`.
    long millisAt(long nanos);

    /// For loops whose clock read `loopNanos` when the wall's read `epochMillis`.
    static WallTime anchored(long loopNanos, long epochMillis) {
        return nanos -> epochMillis + (nanos - loopNanos) / 1_000_000;
    }
}
