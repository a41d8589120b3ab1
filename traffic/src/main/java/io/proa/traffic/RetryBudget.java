package io.proa.traffic;

import io.proa.model.RetryRule;

/// Bounds the retries to one port of a service to a share of the requests of the last ten seconds
/// plus a few a second, whatever fails.
///
/// Over any time of `t` seconds with `n` requests at most `n * percent / 100 + m * t + max(m, L)`
/// retries pass, where `m` is the rule's `budgetMinPerSecond` and `L` the number of loops. The
/// share is counted in ten slots of a second: a request pays for retries only while it and they are
/// in the window together, so it can never pay twice. The floor is a bucket that holds one second's
/// worth.
///
/// Each loop keeps its own part and gets `1 / L` of the floor, but at least one retry at once, so
/// that a floor smaller than the number of loops is not lost. Several rules of one service share
/// one budget: each request pays in by its own rule, and the floor is not multiplied by the number
/// of rules. Loop-confined, fixed size.
public final class RetryBudget {
    private static final int SLOTS = 10;
    private static final long SLOT_NANOS = 1_000_000_000L;

    private final int loops;

    /// What the requests of each slot have paid in, in hundredths of a retry.
    private final long[] paid = new long[SLOTS];

    private final int[] retries = new int[SLOTS];
    private long paidInWindow;
    private long retriesInWindow;
    private long slot = Long.MIN_VALUE;

    /// When the floor's bucket will be full again; a retry moves it on by the time it takes to earn
    /// one.
    private long floorFullAt = Long.MIN_VALUE;

    /// One of `loops` equal parts.
    public RetryBudget(int loops) {
        this.loops = loops;
    }

    /// A request (not a retry) under `rule` was sent.
    public void deposit(RetryRule rule, long now) {
        moveTo(now);
        paid[index()] += rule.budgetPercent();
        paidInWindow += rule.budgetPercent();
    }

    /// Whether one retry under `rule` may be made now; if so it is counted.
    public boolean tryWithdraw(RetryRule rule, long now) {
        moveTo(now);
        // The floor first: it is lost when unused for a second, the share only after ten.
        if (rule.budgetMinPerSecond() > 0 && withdrawFloor(rule.budgetMinPerSecond(), now)) {
            return true;
        }
        if (rule.budgetPercent() == 0 || (retriesInWindow + 1) * 100 > paidInWindow) {
            return false;
        }
        retries[index()]++;
        retriesInWindow++;
        return true;
    }

    private boolean withdrawFloor(int minPerSecond, long now) {
        long one = SLOT_NANOS * loops / minPerSecond;
        long holds = Math.max(one, SLOT_NANOS);
        long fullAt = Math.max(floorFullAt, now) + one;
        if (fullAt > now + holds) {
            return false;
        }
        floorFullAt = fullAt;
        return true;
    }

    private int index() {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }

    private void moveTo(long now) {
        long current = Math.floorDiv(now, SLOT_NANOS);
        if (current <= slot) {
            return;
        }
        if (slot == Long.MIN_VALUE) {
            slot = current - 1;
        }
        for (long next = Math.max(slot, current - SLOTS) + 1; next <= current; next++) {
            int expiring = (int) Math.floorMod(next, (long) SLOTS);
            paidInWindow -= paid[expiring];
            retriesInWindow -= retries[expiring];
            paid[expiring] = 0;
            retries[expiring] = 0;
        }
        slot = current;
    }
}
