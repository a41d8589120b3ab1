package io.proa.traffic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// *Concrete* to *endpoint*: the cheaper of two endpoints drawn at random (Mitzenmacher, "The Power
/// of Two Choices").
///
/// Cost is latency times the calls outstanding. Latency is a peak-sensitive moving average: it
/// jumps up at once and comes down with a time constant of ten seconds (as in Finagle's
/// `PeakEwma`), so a slow endpoint loses its traffic with its first slow answer and is probed again
/// when the memory of it has faded. Each failure in a row multiplies the cost by four; a success
/// ends the row, silence lets it fade. A weight divides the cost: under load, traffic is shared by
/// weight.
///
/// Loop-confined. Picking allocates nothing; updating does.
public final class PeakEwmaBalancer<T> {
    static final double DECAY_NANOS = 10e9;

    private final ToIntFunction<? super T> weight;
    private Map<T, Loaded<T>> known = new HashMap<>();
    private List<Loaded<T>> loaded = List.of();

    /// Latency over all endpoints, in nanoseconds.
    double typical;

    /// @param weight constant per endpoint, 1 or more
    public PeakEwmaBalancer(ToIntFunction<? super T> weight) {
        this.weight = weight;
    }

    /// Replaces the endpoints; those equal to earlier ones keep what is known of them.
    public void update(List<T> endpoints, long now) {
        Map<T, Loaded<T>> next = new HashMap<>();
        List<Loaded<T>> order = new ArrayList<>(endpoints.size());
        for (T endpoint : endpoints) {
            if (next.containsKey(endpoint)) {
                continue;
            }
            Loaded<T> one = known.get(endpoint);
            if (one == null) {
                one = new Loaded<>(this, endpoint, weight.applyAsInt(endpoint), now);
            }
            one.index = order.size();
            order.add(one);
            next.put(endpoint, one);
        }
        known = next;
        loaded = order;
    }

    /// The endpoint to use, or null where there is none.
    ///
    /// @param avoid the one that has just failed, taken only where it is the only one
    public @Nullable Loaded<T> pick(Dice dice, long now, @Nullable Loaded<T> avoid) {
        int count = loaded.size();
        if (count <= 1) {
            return count == 0 ? null : loaded.getFirst();
        }
        int hole = avoid != null && holds(avoid) ? avoid.index : count;
        int choices = hole < count ? count - 1 : count;
        int first = dice.below(choices);
        if (choices == 1) {
            return around(hole, first);
        }
        int second = dice.below(choices - 1);
        Loaded<T> one = around(hole, first);
        Loaded<T> two = around(hole, second < first ? second : second + 1);
        return two.cost(now) < one.cost(now) ? two : one;
    }

    public int size() {
        return loaded.size();
    }

    private boolean holds(Loaded<T> one) {
        return one.index < loaded.size() && loaded.get(one.index) == one;
    }

    private Loaded<T> around(int hole, int drawn) {
        return loaded.get(drawn < hole ? drawn : drawn + 1);
    }
}
