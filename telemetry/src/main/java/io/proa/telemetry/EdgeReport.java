package io.proa.telemetry;

import io.proa.traffic.Reason;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/// One line of what `proa stat` and the demo show.
///
/// `effective` is what callers saw, `actual` what was really tried; `mtls` is true where all that
/// was sent went over mutual TLS.
///
/// @param key its security plays no part; its peer is empty where the line stands for all peers of
///   a service
record EdgeReport(EdgeKey key, JoinedEdge edge) {
    /// Direction, service and, where `byPeer`, peer: one line each, in order.
    static Collection<EdgeReport> of(JoinedMetrics joined, boolean byPeer) {
        Map<EdgeKey, EdgeReport> lines = new TreeMap<>();
        joined.edges.forEach((key, edge) -> {
            EdgeKey line =
                    new EdgeKey(key.direction(), key.service(), byPeer ? key.peer() : "", "");
            lines.computeIfAbsent(line, _ -> new EdgeReport(line, new JoinedEdge())).edge.add(edge);
        });
        return lines.values();
    }

    void writeTo(JsonText json) {
        long[] totals = edge.totals;
        long requests = totals[EdgeCells.REQUESTS];
        json.object().field("direction", key.direction()).field("service", key.service());
        if (!key.peer().isEmpty()) {
            json.field("peer", key.peer());
        }
        json.field("requests", requests)
                .field("failed", totals[EdgeCells.FAILED])
                .field("success_rate_effective", rate(requests, totals[EdgeCells.FAILED]))
                .field("attempts", totals[EdgeCells.ATTEMPTS])
                .field("failed_attempts", totals[EdgeCells.FAILED_ATTEMPTS])
                .field(
                        "success_rate_actual",
                        rate(totals[EdgeCells.ATTEMPTS], totals[EdgeCells.FAILED_ATTEMPTS]))
                .field("retries", edge.retried())
                .field("retry_budget_exhausted", totals[EdgeCells.BUDGET_EXHAUSTED])
                .field("mtls", edge.mutualTls > 0 && totals[EdgeCells.PLAINTEXT] == 0)
                .field("mutual_tls", edge.mutualTls)
                .field("plaintext", totals[EdgeCells.PLAINTEXT])
                .field("bytes_received", totals[EdgeCells.BYTES_RECEIVED])
                .field("bytes_sent", totals[EdgeCells.BYTES_SENT])
                .field("p50_ms", millis(edge.duration, 0.5))
                .field("p99_ms", millis(edge.duration, 0.99))
                .field("added_p50_ms", millis(edge.added, 0.5))
                .field("added_p99_ms", millis(edge.added, 0.99));
        reasons(json);
        json.endObject();
    }

    private void reasons(JsonText json) {
        long[] counts = new long[EdgeCells.REASONS];
        edge.requests.forEach((code, count) -> counts[EdgeCells.reasonOf(code).number()] += count);
        json.object("reasons");
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                json.field(Reason.numbered(i).code(), counts[i]);
            }
        }
        json.endObject().object("retried_for");
        for (int i = 0; i < counts.length; i++) {
            if (edge.retries[i] > 0) {
                json.field(Reason.numbered(i).code(), edge.retries[i]);
            }
        }
        json.endObject();
    }

    /// The share that did not fail; 1 where there was nothing to fail.
    private static double rate(long all, long failed) {
        return all == 0 ? 1 : (all - failed) / (double) all;
    }

    private static double millis(LatencyHistogram histogram, double fraction) {
        return histogram.percentile(fraction) / 1e6;
    }
}
