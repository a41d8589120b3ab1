package io.proa.app.demo;

import io.proa.app.fleet.RunningPod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All edges of the fleet, from the calling side's statistics; the edges of a service's replicas
/// are one.
final class EdgeBook {
    private record Key(String from, String to) {}

    private final Map<Key, Edge> edges = new LinkedHashMap<>();

    private EdgeBook() {}

    /// @param pods in the order in which their edges are to be listed
    static EdgeBook of(List<RunningPod> pods, Map<String, SidecarStats> statsByPod) {
        EdgeBook book = new EdgeBook();
        for (RunningPod pod : pods) {
            SidecarStats stats = statsByPod.get(pod.name());
            if (stats != null) {
                stats.lines().stream()
                        .filter(line -> line.outbound() && !line.service().isEmpty())
                        .forEach(line -> book.add(pod.service(), line));
            }
        }
        return book;
    }

    List<Edge> edges() {
        return new ArrayList<>(edges.values());
    }

    private void add(String from, SidecarStats.Line line) {
        boolean encrypted = line.plaintext() == 0 && line.mutualTls() > 0;
        Edge edge =
                new Edge(
                        from,
                        line.service(),
                        encrypted,
                        line.requests(),
                        line.failed(),
                        line.attempts(),
                        line.failedAttempts(),
                        line.retries(),
                        line.p50(),
                        line.p99(),
                        line.addedP50());
        edges.merge(new Key(from, line.service()), edge, EdgeBook::joined);
    }

    /// Percentiles of two replicas cannot be joined; the slower one stands for both.
    private static Edge joined(Edge a, Edge b) {
        return new Edge(
                a.from(),
                a.to(),
                (a.mutualTls() || a.requests() == 0) && (b.mutualTls() || b.requests() == 0),
                a.requests() + b.requests(),
                a.failed() + b.failed(),
                a.attempts() + b.attempts(),
                a.failedAttempts() + b.failedAttempts(),
                a.retries() + b.retries(),
                Math.max(a.p50(), b.p50()),
                Math.max(a.p99(), b.p99()),
                Math.max(a.addedP50(), b.addedP50()));
    }
}
