package io.proa.model;

import java.time.Duration;
import java.util.Set;

/// When the outbound side may try again. Connect failures and unprocessed requests are retried
/// under every rule; the budget bounds all of it.
///
/// @param maxAttempts attempts in all, the first included; 1 to 10, 1 = never again
/// @param onStatuses response statuses tried again, for idempotent methods only; empty unless a
///   policy asks
/// @param onPerTryTimeout whether a try that timed out is tried again, for idempotent methods only
/// @param perTryTimeout bound on one try, zero = only the request's deadline bounds it
/// @param backoffBase the first wait; it doubles per attempt, with full jitter
/// @param backoffMax longest wait
/// @param budgetPercent retries allowed as a share of requests, 0 to 100
/// @param budgetMinPerSecond retries always allowed per second and service, whatever the share
/// @param replayLimit most body bytes kept for another try
public record RetryRule(
        int maxAttempts,
        Set<Integer> onStatuses,
        boolean onPerTryTimeout,
        Duration perTryTimeout,
        Duration backoffBase,
        Duration backoffMax,
        int budgetPercent,
        int budgetMinPerSecond,
        int replayLimit) {
    /// What holds where no policy speaks: safe causes only, 20 % and three a second.
    public static final RetryRule DEFAULT =
            new RetryRule(
                    3,
                    Set.of(),
                    false,
                    Duration.ZERO,
                    Duration.ofMillis(25),
                    Duration.ofMillis(250),
                    20,
                    3,
                    64 * 1024);

    public RetryRule {
        onStatuses = Set.copyOf(onStatuses);
    }
}
