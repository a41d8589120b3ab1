package io.proa.traffic;

import io.proa.model.RetryRule;
import org.jspecify.annotations.Nullable;

/// How long to wait before another try.
public final class Backoff {
    private Backoff() {}

    /// Full jitter: uniform between zero and a bound that doubles with each attempt.
    ///
    /// @param attempt the attempt that failed, from 1
    public static long nanos(RetryRule rule, int attempt, Dice dice) {
        long max = rule.backoffMax().toNanos();
        long bound = rule.backoffBase().toNanos();
        for (int i = 1; i < attempt && bound < max; i++) {
            bound <<= 1;
        }
        bound = Math.min(bound, max);
        // 53 bits of the dice as a fraction below one
        return bound <= 0 ? 0 : (long) ((dice.nextLong() >>> 11) * 0x1.0p-53 * bound);
    }

    /// As above, but at once for the first retry of what was not processed or met the keep-alive
    /// race: neither says that the service is in trouble, and waiting would only add latency.
    ///
    /// @param cause null where a response status asked for the retry
    public static long nanos(RetryRule rule, @Nullable Failure cause, int attempt, Dice dice) {
        boolean harmless =
                switch (cause) {
                    case Failure.NotSent _, Failure.Unprocessed _ -> true;
                    case Failure.Lost lost -> lost.reused();
                    case Failure.TryTimedOut _ -> false;
                    case Failure.Broken _ -> false;
                    case Failure.Unroutable _ -> false;
                    case Failure.Refused _ -> false;
                    case null -> false;
                };
        return harmless && attempt == 1 ? 0 : nanos(rule, attempt, dice);
    }
}
