package io.proa.host.egress;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The flows under way, a bounded number; a new one takes the place of the one that has been quiet
/// for the longest time, so that a flood leaves busy ones alone. For one thread.
final class UdpFlows {
    private final DatagramRelay.Bounds bounds;
    private final Map<UdpEnds, UdpFlow> flows = new LinkedHashMap<>(16, 0.75f, true);

    UdpFlows(DatagramRelay.Bounds bounds) {
        this.bounds = bounds;
    }

    /// Counts as use.
    @Nullable UdpFlow get(UdpEnds ends) {
        return flows.get(ends);
    }

    void add(UdpFlow flow) {
        flows.put(flow.ends(), flow);
    }

    /// Makes room for one more.
    void makeRoom() {
        Iterator<UdpFlow> eldest = flows.values().iterator();
        while (flows.size() >= bounds.flows() && eldest.hasNext()) {
            eldest.next().close();
            eldest.remove();
        }
    }

    void endQuietOnes(long now) {
        flows.values()
                .removeIf(flow -> {
                    boolean over = flow.isOver(now, bounds);
                    if (over) {
                        flow.close();
                    }
                    return over;
                });
    }

    void remove(UdpFlow flow) {
        flow.close();
        flows.remove(flow.ends());
    }

    int size() {
        return flows.size();
    }

    void close() {
        flows.values().forEach(UdpFlow::close);
        flows.clear();
    }
}
