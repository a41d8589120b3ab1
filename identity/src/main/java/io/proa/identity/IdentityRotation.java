package io.proa.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/// When to ask for the next certificate: at half life while all goes well, again and again with
/// growing pauses while it does not. Knows no clock; time and chance are arguments.
public final class IdentityRotation {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final LongSupplier dice;

    /// @param dice any 64 bits; spreads the renewals of a fleet that started together
    public IdentityRotation(LongSupplier dice) {
        this.dice = dice;
    }

    /// Half the lifetime after its begin, up to a tenth of the lifetime earlier.
    public Instant renewAt(Instant notBefore, Instant notAfter) {
        long lifetime = Math.max(0, Duration.between(notBefore, notAfter).toMillis());
        long jitter = lifetime / 10 == 0 ? 0 : Math.floorMod(dice.getAsLong(), lifetime / 10);
        return notBefore.plusMillis(lifetime / 2 - jitter);
    }

    /// The pause after the `failures`-th failure in a row (1, 2, ...): 0.5 s doubled each time, at
    /// most 30 s and at most an eighth of what is left of the certificate, at least 0.2 s; of that
    /// a random 50 to 100 %.
    public Duration pauseAfter(int failures, Instant now, Instant notAfter) {
        long pause = 500L << Math.clamp(failures - 1, 0, 16);
        pause = Math.min(pause, LONGEST_PAUSE.toMillis());
        long left = Duration.between(now, notAfter).toMillis();
        if (left > 0) {
            pause = Math.min(pause, left / 8);
        }
        pause = Math.max(pause, SHORTEST_PAUSE.toMillis());
        return Duration.ofMillis(pause - Math.floorMod(dice.getAsLong(), pause / 2 + 1));
    }
}
