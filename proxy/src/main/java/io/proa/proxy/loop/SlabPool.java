package io.proa.proxy.loop;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Lends slabs of three sizes. Loop-confined; [#lent] must be zero when nothing is under way, and
/// tests check it.
///
/// Free slabs are kept up to a bound per size and otherwise left to the collector, so that a burst
/// does not stay resident.
public final class SlabPool {
    /// Heads and small messages.
    public static final int SMALL = 2 * 1024;

    /// One TLS record with its overhead (RFC 8446 section 5.2: 2^14 + 256 + 5).
    public static final int RECORD = 17 * 1024;

    /// The largest head accepted.
    public static final int LARGE = 64 * 1024;

    private static final int[] SIZES = {SMALL, RECORD, LARGE};
    private static final int[] KEPT = {64, 32, 1};

    /// Bytes that may be held for nothing but the case that they are needed again.
    private static final int SPARE_BYTES = 4 << 20;

    private final ArrayDeque<Slab>[] free;
    private int lent;
    private int spareBytes;

    @SuppressWarnings("unchecked") // an array of generic deques cannot be made otherwise
    public SlabPool() {
        free = (ArrayDeque<Slab>[]) new ArrayDeque<?>[SIZES.length];
        for (int i = 0; i < SIZES.length; i++) {
            free[i] = new ArrayDeque<>(KEPT[i]);
        }
    }

    /// A slab of at least `bytes`.
    ///
    /// @throws IllegalArgumentException above [#LARGE]: callers bound what they ask for
    public Slab take(int bytes) {
        for (int c = 0; c < SIZES.length; c++) {
            if (bytes <= SIZES[c]) {
                lent++;
                Slab slab = free[c].pollFirst();
                if (slab == null) {
                    slab = new Slab(this, c, ByteBuffer.allocateDirect(SIZES[c]));
                }
                slab.free = false;
                return slab;
            }
        }
        throw new IllegalArgumentException(
                bytes + " bytes asked for, at most " + LARGE + " are lent");
    }

    /// A slab for a copy that can be done without.
    ///
    /// @return null while too many bytes are lent for that purpose
    public @Nullable Slab takeSpare(int bytes) {
        if (spareBytes >= SPARE_BYTES) {
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
        if (free[slab.sizeClass].size() < KEPT[slab.sizeClass]) {
            free[slab.sizeClass].addFirst(slab);
        }
    }

    /// Slabs lent and not yet given back.
    public int lent() {
        return lent;
    }
}
