package io.proa.traffic;

/// Bounds retries to a share of the requests of the last ten seconds plus a few a second, whatever
/// fails.
///
/// Over any time of `t` seconds with `n` requests at most `n * percent / 100 + minPerSecond * (t +
/// 1)` retries pass. The share is counted in ten slots of a second: a request pays for retries only
/// while it and they are in the window together, so it can never pay twice. The floor is a bucket
/// that holds one second's worth. Loop-confined, fixed size.
public final class RetryBudget {
    private static final int SLOTS = 10;
    private static final long SLOT_NANOS = 1_000_000_000L;

    private final int percent;
    private final double floorPerNano;
    private final double floorCapacity;
    private final int[] requests = new int[SLOTS];
    private final int[] retries = new int[SLOTS];
    private long requestsInWindow;
    private long retriesInWindow;
    private long slot = Long.MIN_VALUE;
    private double floor;
    private long floorAt;

    /// @param percent retries per hundred requests, 0 to 100
    /// @param minPerSecond retries that are allowed every second on top
    public RetryBudget(int percent, int minPerSecond) {
        this(percent, minPerSecond, 1);
    }

    /// One of `loops` equal parts: each loop keeps its own budget, and together they allow
    /// `minPerSecond`. A part holds at least one retry, so that a floor smaller than the number of
    /// loops is not lost.
    public RetryBudget(int percent, int minPerSecond, int loops) {
        this.percent = percent;
        this.floorPerNano = minPerSecond / (double) loops / SLOT_NANOS;
        this.floorCapacity = minPerSecond == 0 ? 0 : Math.max(1, minPerSecond / (double) loops);
        this.floor = floorCapacity;
    }

    /// A request (not a retry) was sent.
    public void deposit(long now) {
        moveTo(now);
        requests[index()]++;
        requestsInWindow++;
    }

    /// Whether one retry may be made now; if so it is counted.
    public boolean tryWithdraw(long now) {
        moveTo(now);
        // The floor first: it is lost when unused for a second, the share only after ten.
        floor = Math.min(floorCapacity, floor + (now - floorAt) * floorPerNano);
        floorAt = now;
        if (floor >= 1) {
            floor--;
            return true;
        }
        if ((retriesInWindow + 1) * 100 > requestsInWindow * percent) {
            return false;
        }
        retries[index()]++;
        retriesInWindow++;
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
            floorAt = now;
        }
        for (long next = Math.max(slot, current - SLOTS) + 1; next <= current; next++) {
            int expiring = (int) Math.floorMod(next, (long) SLOTS);
            requestsInWindow -= requests[expiring];
            retriesInWindow -= retries[expiring];
            requests[expiring] = 0;
            retries[expiring] = 0;
        }
        slot = current;
    }
}
