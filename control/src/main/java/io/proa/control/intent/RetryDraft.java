package io.proa.control.intent;

import io.proa.model.RetryRule;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a document says about retries; null = nothing.
///
/// @param place of what it says, for problems that only show when all is put together
public record RetryDraft(
        Place place,
        @Nullable Integer maxAttempts,
        @Nullable Set<Integer> onStatuses,
        @Nullable Boolean onPerTryTimeout,
        @Nullable Duration perTryTimeout,
        @Nullable Backoff backoff,
        @Nullable Budget budget,
        @Nullable Integer replayLimit) {
    /// Either may be null: nothing said.
    public record Backoff(@Nullable Duration base, @Nullable Duration max) {}

    /// Either may be null: nothing said.
    public record Budget(@Nullable Integer percent, @Nullable Integer minPerSecond) {}

    public static RetryDraft none(Place place) {
        return new RetryDraft(place, null, null, null, null, null, null, null);
    }

    public RetryRule over(RetryRule base) {
        Duration backoffBase = backoff == null ? null : backoff.base();
        Duration backoffMax = backoff == null ? null : backoff.max();
        Integer percent = budget == null ? null : budget.percent();
        Integer floor = budget == null ? null : budget.minPerSecond();
        Duration first = or(backoffBase, base.backoffBase());
        // a longer first wait alone lifts the longest one too, rather than being cut by a default
        Duration longest =
                backoffMax == null && first.compareTo(base.backoffMax()) > 0
                        ? first.multipliedBy(10)
                        : or(backoffMax, base.backoffMax());
        return new RetryRule(
                or(maxAttempts, base.maxAttempts()),
                or(onStatuses, base.onStatuses()),
                or(onPerTryTimeout, base.onPerTryTimeout()),
                or(perTryTimeout, base.perTryTimeout()),
                first,
                longest,
                or(percent, base.budgetPercent()),
                or(floor, base.budgetMinPerSecond()),
                or(replayLimit, base.replayLimit()));
    }

    private static <T> T or(@Nullable T said, T base) {
        return said == null ? base : said;
    }
}
