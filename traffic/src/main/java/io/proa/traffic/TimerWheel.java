package io.proa.traffic;

import org.jspecify.annotations.Nullable;

/// The timeouts of one loop: a hashed hierarchical wheel of seven levels with 64 slots each. A tick
/// is 2^20 ns, about 1.05 ms; the wheel reaches 146 years.
///
/// A timeout is never early and at most one tick late, given that the loop calls [#advance] when
/// [#nextDeadline] says so. Arming and cancelling are O(1) without allocation; each level keeps its
/// occupied slots as the bits of one long, so that an idle loop sleeps until something can happen,
/// however far away that is. Loop-confined; loop time must not wrap (`Long.MAX_VALUE` means never).
///
/// The level of a timeout is where its tick differs first from the wheel's own, as in Varghese and
/// Lauck's scheme 7; when the wheel reaches the start of a higher slot, what is in it moves down.
public final class TimerWheel {
    static final int TICK_SHIFT = 20;

    /// The longest delay that a timeout adds to what was asked, in nanoseconds.
    public static final long TICK_NANOS = 1L << TICK_SHIFT;

    private static final int LEVELS = 7;
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final long LAST_TICK = (1L << LEVELS * SLOT_BITS) - 1;

    private final long origin;
    private final @Nullable Timeout[] heads = new @Nullable Timeout[LEVELS * SLOTS];
    private final long[] occupied = new long[LEVELS];
    private long elapsed;
    private int armed;

    public TimerWheel(long nowNanos) {
        this.origin = nowNanos;
    }

    /// Arms `timeout` for `atNanos`, or moves it there if it is armed. A time that has passed means
    /// the next tick; `Long.MAX_VALUE` disarms.
    public void schedule(Timeout timeout, long atNanos) {
        if (atNanos == Long.MAX_VALUE) {
            timeout.cancel();
            return;
        }
        long tick = Math.max(elapsed + 1, tickAtOrAfter(atNanos));
        if (timeout.armedOn != null) {
            if (timeout.armedOn == this && timeout.tick == tick) {
                return;
            }
            timeout.cancel();
        }
        timeout.tick = tick;
        link(timeout);
        armed++;
    }

    /// When [#advance] should be called next, in loop time; early where only a move between levels
    /// is due, later than a timeout's own time by less than a tick. `Long.MAX_VALUE` where nothing
    /// is armed.
    public long nextDeadline() {
        int level = lowestOccupied();
        return level < 0 ? Long.MAX_VALUE : origin + (firstTick(level) << TICK_SHIFT);
    }

    /// Fires what is due; answers how many fired. Not to be called from within a timeout.
    public int advance(long nowNanos) {
        long target = Math.min((nowNanos - origin) >> TICK_SHIFT, LAST_TICK);
        if (target <= elapsed) {
            return 0;
        }
        int fired = 0;
        for (int level = lowestOccupied(); level >= 0; level = lowestOccupied()) {
            long tick = firstTick(level);
            if (tick > target) {
                break;
            }
            elapsed = Math.max(elapsed, tick);
            int slot = slotOf(level, tick);
            for (Timeout due = heads[slot]; due != null; due = heads[slot]) {
                unlink(due);
                if (level > 0) {
                    link(due);
                } else {
                    armed--;
                    fired++;
                    due.expired(nowNanos);
                }
            }
        }
        elapsed = target;
        return fired;
    }

    /// How many timeouts are armed.
    public int armed() {
        return armed;
    }

    void remove(Timeout timeout) {
        unlink(timeout);
        armed--;
    }

    private long tickAtOrAfter(long atNanos) {
        long distance = atNanos - origin;
        if (distance <= 0) {
            return 0;
        }
        long tick = (distance >> TICK_SHIFT) + ((distance & (TICK_NANOS - 1)) == 0 ? 0 : 1);
        return Math.min(tick, LAST_TICK);
    }

    private void link(Timeout timeout) {
        long difference = elapsed ^ timeout.tick;
        int level = difference == 0 ? 0 : (63 - Long.numberOfLeadingZeros(difference)) / SLOT_BITS;
        int slot = slotOf(level, timeout.tick);
        Timeout head = heads[slot];
        timeout.armedOn = this;
        timeout.slot = slot;
        timeout.after = head;
        if (head != null) {
            head.before = timeout;
        }
        heads[slot] = timeout;
        occupied[level] |= 1L << slot;
    }

    private void unlink(Timeout timeout) {
        Timeout before = timeout.before;
        Timeout after = timeout.after;
        if (after != null) {
            after.before = before;
        }
        if (before != null) {
            before.after = after;
        } else {
            heads[timeout.slot] = after;
            if (after == null) {
                occupied[timeout.slot >> SLOT_BITS] &= ~(1L << timeout.slot);
            }
        }
        timeout.before = null;
        timeout.after = null;
        timeout.armedOn = null;
    }

    /// Everything on a lower level comes before everything on a higher one.
    private int lowestOccupied() {
        if (armed == 0) {
            return -1;
        }
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] != 0) {
                return level;
            }
        }
        return -1;
    }

    /// The tick at which the first occupied slot of `level` begins. No slot before the wheel's own
    /// position is ever occupied on its level, because such a tick would differ on a higher one.
    private long firstTick(int level) {
        int shift = level * SLOT_BITS;
        long start = elapsed >> shift + SLOT_BITS << shift + SLOT_BITS;
        return start + ((long) Long.numberOfTrailingZeros(occupied[level]) << shift);
    }

    private static int slotOf(int level, long tick) {
        return level << SLOT_BITS | (int) (tick >> level * SLOT_BITS) & SLOTS - 1;
    }
}
