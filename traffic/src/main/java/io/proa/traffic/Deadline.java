package io.proa.traffic;

/// The moment after which an answer is of no use, over all attempts of one request.
///
/// @param atNanos loop time; `Long.MAX_VALUE` = never
public record Deadline(long atNanos) {
    public static final Deadline NONE = new Deadline(Long.MAX_VALUE);

    /// `durationNanos` from now; zero or less means [#NONE], as in the rules of the model.
    public static Deadline in(long durationNanos, long now) {
        return durationNanos <= 0 || durationNanos >= Long.MAX_VALUE - now
                ? NONE
                : new Deadline(now + durationNanos);
    }

    /// Nanoseconds left, never negative; `Long.MAX_VALUE` where there is no deadline.
    public long remaining(long now) {
        return atNanos == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, atNanos - now);
    }

    public boolean passed(long now) {
        return now >= atNanos;
    }

    public Deadline earlier(Deadline other) {
        return other.atNanos < atNanos ? other : this;
    }
}
