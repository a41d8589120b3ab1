package io.proa.telemetry;

import io.proa.traffic.ExchangeRecord.Security;
import java.util.Map;
import java.util.TreeMap;

/// One edge summed over all loops; belongs to the thread that reads.
final class JoinedEdge {
    final long[] totals = new long[EdgeCells.TOTALS];
    final long[] retries = new long[EdgeCells.REASONS];
    final Map<Integer, Long> requests = new TreeMap<>();
    final LatencyHistogram duration = new LatencyHistogram();
    final LatencyHistogram added = new LatencyHistogram();
    long mutualTls;

    void add(EdgeCells cells) {
        for (int i = 0; i < totals.length; i++) {
            totals[i] += cells.totals.getOpaque(i);
        }
        for (int i = 0; i < retries.length; i++) {
            retries[i] += cells.retries.getOpaque(i);
        }
        if (cells.security == Security.MUTUAL_TLS) {
            mutualTls += cells.totals.getOpaque(EdgeCells.REQUESTS);
        }
        cells.requests.read((code, count) -> requests.merge(code, count, Long::sum));
        duration.add(cells.duration);
        added.add(cells.added);
    }

    void add(JoinedEdge other) {
        for (int i = 0; i < totals.length; i++) {
            totals[i] += other.totals[i];
        }
        for (int i = 0; i < retries.length; i++) {
            retries[i] += other.retries[i];
        }
        mutualTls += other.mutualTls;
        other.requests.forEach((code, count) -> requests.merge(code, count, Long::sum));
        duration.add(other.duration);
        added.add(other.added);
    }

    long retried() {
        long all = 0;
        for (long count : retries) {
            all += count;
        }
        return all;
    }
}
