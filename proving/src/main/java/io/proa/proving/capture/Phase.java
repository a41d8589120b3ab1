package io.proa.proving.capture;

import java.util.HashSet;
import java.util.Set;

/// A part of the proof, and what crossed the bridge between pods meanwhile.
public final class Phase {
    private final String name;
    private final long beganMs;
    private final Set<Flow> active = new HashSet<>();
    private int opened;
    private long bytes;

    public Phase(String name, long beganMs) {
        this.name = name;
        this.beganMs = beganMs;
    }

    public String name() {
        return name;
    }

    public long beganMs() {
        return beganMs;
    }

    void opened(boolean betweenPods) {
        opened += betweenPods ? 1 : 0;
    }

    void carried(Flow flow, long more) {
        active.add(flow);
        bytes += more;
    }

    /// Connections that said something in this phase.
    public int connections() {
        return active.size();
    }

    /// Of those, by IPv6.
    public long connectionsOverIpv6() {
        return active.stream()
                .filter(flow -> flow.ends().source().getAddress().length == 16)
                .count();
    }

    /// Connections tried in this phase, also those that were refused.
    public int opened() {
        return opened;
    }

    public long bytes() {
        return bytes;
    }
}
