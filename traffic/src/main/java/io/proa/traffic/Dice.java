package io.proa.traffic;

/// Chance, as an argument.
@FunctionalInterface
public interface Dice {
    /// A uniformly distributed number of 64 bits.
    long nextLong();

    /// Uniform in `[0, bound)`; `bound` is positive.
    default int below(int bound) {
        return (int) ((nextLong() >>> 33) * bound >>> 31);
    }

    /// A fast generator of no cryptographic strength (SplitMix64); loop-confined.
    static Dice seeded(long seed) {
        long[] state = {seed};
        return () -> {
            long z = state[0] += 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        };
    }
}
