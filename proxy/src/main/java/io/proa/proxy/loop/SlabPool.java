package io.proa.proxy.loop;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Lends slabs of four sizes. Loop-confined; [#lent] must be zero when nothing is under way, and
/// tests check it.
///
/// It is also the account of what a loop's connections hold: from half of its limit on it lends
/// little to read into, and from three quarters on new work is shed, until half is free again. Free
/// slabs are kept while they are needed again and again: native memory that was dropped is free
/// only after a collection of the heap, which a burst does not wait for. What was not needed for a
/// second is dropped by halves.
public final class SlabPool {
    /// Heads and small messages.
    public static final int SMALL = 2 * 1024;

    /// Larger heads; requests keep theirs until they are answered.
    static final int MEDIUM = 8 * 1024;

    /// One TLS record with its overhead (RFC 8446 section 5.2: 2^14 + 256 + 5).
    public static final int RECORD = 17 * 1024;

    /// The largest head accepted.
    public static final int LARGE = 64 * 1024;

    private static final int[] SIZES = {SMALL, MEDIUM, RECORD, LARGE};
    private static final int[] KEPT = {64, 16, 32, 1};

    /// Bytes that may be held for nothing but the case that they are needed again.
    private static final int SPARE_BYTES = 4 << 20;

    private final ArrayDeque<Slab>[] free;

    /// The smallest number of each size since the last [#tidy].
    private final int[] leastFree;

    private final Runnable pressed;
    private final long limit;
    private final long high;
    private final long low;
    private int lent;
    private long lentBytes;
    private int spareBytes;
    private boolean shedding;

    /// Without a limit.
    public SlabPool() {
        this(Long.MAX_VALUE, () -> {});
    }

    /// @param limit bytes that may be lent at a time; nobody is refused beyond it, but those who
    ///   could wait must ask [#isFull]
    /// @param pressed called whenever shedding begins, within [#take]
    @SuppressWarnings("unchecked") // an array of generic deques cannot be made otherwise
    SlabPool(long limit, Runnable pressed) {
        this.limit = limit;
        this.high = limit - limit / 4;
        this.low = limit / 2;
        this.pressed = pressed;
        free = (ArrayDeque<Slab>[]) new ArrayDeque<?>[SIZES.length];
        for (int i = 0; i < SIZES.length; i++) {
            free[i] = new ArrayDeque<>(KEPT[i]);
        }
        leastFree = new int[SIZES.length];
    }

    /// A slab of at least `bytes`.
    ///
    /// @throws IllegalArgumentException above [#LARGE]: callers bound what they ask for
    public Slab take(int bytes) {
        for (int c = 0; c < SIZES.length; c++) {
            if (bytes <= SIZES[c]) {
                lent++;
                lentBytes += SIZES[c];
                if (lentBytes > high && !shedding) {
                    shedding = true;
                    pressed.run();
                }
                Slab slab = free[c].pollFirst();
                if (slab == null) {
                    slab = new Slab(this, c, ByteBuffer.allocateDirect(SIZES[c]));
                }
                leastFree[c] = Math.min(leastFree[c], free[c].size());
                slab.free = false;
                return slab;
            }
        }
        throw new IllegalArgumentException(
                bytes + " bytes asked for, at most " + LARGE + " are lent");
    }

    /// A slab to read into: a small one from half of the limit on, so that answers which many do
    /// not take leave room for others.
    Slab takeForInput() {
        return take(lentBytes >= low ? SMALL : RECORD);
    }

    /// A slab for a copy that can be done without.
    ///
    /// @return null while too many bytes are lent for that purpose
    public @Nullable Slab takeSpare(int bytes) {
        if (spareBytes >= SPARE_BYTES || shedding) {
            return null;
        }
        Slab slab = take(bytes);
        slab.spare = true;
        spareBytes += slab.capacity();
        return slab;
    }

    void giveBack(Slab slab) {
        if (slab.free) {
            throw new IllegalStateException("slab released twice");
        }
        slab.free = true;
        if (slab.spare) {
            slab.spare = false;
            spareBytes -= slab.capacity();
        }
        slab.head = 0;
        slab.tail = 0;
        lent--;
        lentBytes -= slab.capacity();
        if (lentBytes < low) {
            shedding = false;
        }
        free[slab.sizeClass].addFirst(slab);
    }

    /// Drops some of what has not been needed since the last call.
    void tidy() {
        for (int c = 0; c < SIZES.length; c++) {
            for (int surplus = leastFree[c] - KEPT[c]; surplus > 0; surplus -= 2) {
                free[c].pollLast();
            }
            leastFree[c] = free[c].size();
        }
    }

    /// Slabs lent and not yet given back.
    public int lent() {
        return lent;
    }

    /// What they hold together.
    public long lentBytes() {
        return lentBytes;
    }

    /// Bytes that may be lent at a time.
    public long limit() {
        return limit;
    }

    /// Whether no new work should be begun.
    public boolean isShedding() {
        return shedding;
    }

    /// Whether nothing should be read that needs a slab more.
    boolean isFull() {
        return lentBytes >= limit;
    }
}
