package io.proa.wire;

import java.util.function.LongSupplier;

/// When a link connects anew and when it has waited long enough for an answer.
///
/// All times are milliseconds of a clock that only ever goes forward: a correction of the wall
/// clock must neither end a good connection nor keep a link from looking for one.
final class LinkTimes {
    static final long PATIENCE_MS = 10_000;
    private static final long SHORTEST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 5000;
    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier dice;
    private int failures;
    private long connectAt = Long.MIN_VALUE;

    /// When the greeting, up to the first snapshot, is overdue.
    private long greetingBy = NEVER;

    /// When the answer to a certificate request is overdue.
    private long certificateBy = NEVER;

    /// @param dice any 64 bits; spreads the connects of a fleet that lost its control plane
    LinkTimes(LongSupplier dice) {
        this.dice = dice;
    }

    boolean mayConnect(long now) {
        return now >= connectAt;
    }

    void connected(long now) {
        greetingBy = now + PATIENCE_MS;
    }

    void greeted() {
        greetingBy = NEVER;
        failures = 0;
    }

    void askedForCertificate(long now) {
        certificateBy = now + PATIENCE_MS;
    }

    void gotCertificate() {
        certificateBy = NEVER;
    }

    boolean isOverdue(long now) {
        return now >= Math.min(greetingBy, certificateBy);
    }

    /// The connection has ended, or did not come about: 0.1 s until the next one, doubled each time
    /// up to 5 s; of that a random 50 to 100 %.
    void lost(long now) {
        failures++;
        long pause = Math.min(SHORTEST_PAUSE_MS << Math.min(failures - 1, 10), LONGEST_PAUSE_MS);
        connectAt = now + pause - Math.floorMod(dice.getAsLong(), pause / 2 + 1);
        greetingBy = NEVER;
        certificateBy = NEVER;
    }

    /// Connections in a row that ended before the first snapshot.
    int failures() {
        return failures;
    }

    /// @return milliseconds, at most `longest`, at least 0
    long untilNext(long now, boolean connected, long longest) {
        long next = Math.min(greetingBy, certificateBy);
        if (!connected) {
            next = Math.min(next, connectAt);
        }
        return next <= now ? 0 : Math.min(longest, next - now);
    }
}
