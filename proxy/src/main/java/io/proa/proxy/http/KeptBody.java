package io.proa.proxy.http;

import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import org.jspecify.annotations.Nullable;

/// What has gone upstream of a request's body behind its head, kept while another attempt may need
/// it. Bounded for the request by its rule, and for all requests of a loop by [SlabPool#takeSpare];
/// beyond either it is given up, and with it the retry.
final class KeptBody {
    private final SlabPool slabs;
    private final long announced;
    private int limit;
    private long forwarded;
    private @Nullable Slab kept;

    /// @param announced length of the body, -1 = not known
    KeptBody(SlabPool slabs, long announced) {
        this.slabs = slabs;
        this.announced = announced;
    }

    /// Most bytes that may be sent again; none before this is called.
    void limit(int bytes) {
        limit = Math.min(bytes, SlabPool.LARGE);
    }

    boolean allows(int bytes) {
        return bytes <= limit;
    }

    /// Whether everything that was forwarded is here.
    boolean isWhole() {
        return forwarded == 0 || kept != null && kept.tail == forwarded;
    }

    /// What is to be sent before the body goes on; null = nothing.
    @Nullable Slab slab() {
        return kept;
    }

    /// Bytes `[from.head, from.head + n)` have gone upstream.
    void forwarded(Slab from, int n) {
        if (isWhole()) {
            Slab slab = room(n);
            if (slab == null) {
                forget();
            } else {
                slab.whole().put(slab.tail, from.whole(), from.head, n);
                slab.tail += n;
            }
        }
        forwarded += n;
    }

    private @Nullable Slab room(int n) {
        Slab slab = kept;
        int used = slab == null ? 0 : slab.tail;
        long needed = Math.max(used + n, announced);
        if (needed > limit) {
            return null;
        }
        if (slab != null && slab.room() >= n) {
            return slab;
        }
        Slab larger = slabs.takeSpare((int) needed);
        if (larger != null) {
            if (slab != null) {
                larger.appendFrom(slab, used);
                slab.release();
            }
            kept = larger;
        }
        return larger;
    }

    /// No other attempt will be made.
    void forget() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }
}
