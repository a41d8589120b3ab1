package io.proa.proxy.loop;

import io.proa.traffic.Timeout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Makes room while memory is short: ends what has been quiet longest. Loop-confined.
///
/// New work is refused meanwhile, where it comes in; so what remains is what was begun. Whoever
/// moves is left alone unless nothing at all could be read otherwise.
final class Relief extends Timeout {
    /// Slow, and not merely on its way.
    private static final long QUIET_NANOS = 1_000_000_000L;

    private static final long AGAIN_NANOS = 250_000_000L;

    private record Resting(long since, Burden burden) {}

    private final Loop loop;
    private final Set<Burden> burdens = new HashSet<>();
    private boolean working;

    Relief(Loop loop) {
        this.loop = loop;
    }

    void carry(Burden burden) {
        burdens.add(burden);
    }

    void putDown(Burden burden) {
        burdens.remove(burden);
    }

    /// Within a call of somebody who holds memory: nobody is ended before that is over.
    void begin() {
        if (!working) {
            working = true;
            loop.execute(this::begun);
        }
    }

    private void begun() {
        loop.bugs().shedding(true, loop.slabs().lentBytes());
        work();
    }

    @Override
    protected void expired(long nowNanos) {
        work();
    }

    private void work() {
        SlabPool slabs = loop.slabs();
        if (slabs.isShedding()) {
            for (Resting each : byRest()) {
                boolean quiet = loop.now() - each.since >= QUIET_NANOS;
                if (!slabs.isShedding() || !quiet && !slabs.isFull()) {
                    break;
                }
                each.burden.shed();
            }
        }
        if (slabs.isShedding()) {
            loop.schedule(this, AGAIN_NANOS);
        } else {
            working = false;
            loop.bugs().shedding(false, slabs.lentBytes());
        }
    }

    private List<Resting> byRest() {
        List<Resting> all = new ArrayList<>();
        for (Burden burden : burdens) {
            long since = burden.quietSince();
            if (since != Long.MAX_VALUE) {
                all.add(new Resting(since, burden));
            }
        }
        all.sort((a, b) -> Long.compare(a.since - b.since, 0));
        return all;
    }
}
