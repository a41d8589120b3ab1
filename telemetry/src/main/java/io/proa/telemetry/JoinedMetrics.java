package io.proa.telemetry;

import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All loops' shards summed at one moment; belongs to the thread that reads.
final class JoinedMetrics {
    /// @param reason why, and `code` in which way; empty where there is one way only
    record RefusalKey(Reason reason, String code) implements Comparable<RefusalKey> {
        @Override
        public int compareTo(RefusalKey other) {
            int byReason = reason.compareTo(other.reason);
            return byReason != 0 ? byReason : code.compareTo(other.code);
        }
    }

    final Map<EdgeKey, JoinedEdge> edges = new TreeMap<>();
    final Map<RefusalKey, Long> refusals = new TreeMap<>();
    final long[] opened = new long[4];
    final long[] closed = new long[4];
    final long[] handshakes = new long[LoopMetrics.HANDSHAKE_CELLS];
    final long[] detected = new long[LoopMetrics.DETECTED_CELLS];

    JoinedMetrics(List<LoopMetrics> loops) {
        for (LoopMetrics loop : loops) {
            for (EdgeCells cells : loop.edges()) {
                edge(EdgeKey.of(cells)).add(cells);
            }
            if (loop.overflow.totals.getOpaque(EdgeCells.REQUESTS) > 0
                    || loop.overflow.requests.has(0)) {
                edge(EdgeKey.OF_OVERFLOW).add(loop.overflow);
            }
            int kinds = loop.refusalKinds();
            for (int i = 0; i < kinds; i++) {
                LoopMetrics.Refusal kind = loop.refusal(i);
                refusals.merge(
                        new RefusalKey(kind.reason(), kind.code()),
                        loop.refused.getOpaque(i),
                        Long::sum);
            }
            for (int i = 0; i < opened.length; i++) {
                // Closed first: read the other way round, a gauge could come out negative.
                closed[i] += loop.closed.getOpaque(i);
                opened[i] += loop.opened.getOpaque(i);
            }
            for (int i = 0; i < handshakes.length; i++) {
                handshakes[i] += loop.handshakes.getOpaque(i);
            }
            for (int i = 0; i < detected.length; i++) {
                detected[i] += loop.detected.getOpaque(i);
            }
        }
    }

    long opened(Direction direction, Security security) {
        return opened[LoopMetrics.cell(direction, security)];
    }

    long closed(Direction direction, Security security) {
        return closed[LoopMetrics.cell(direction, security)];
    }

    long handshakes(Direction direction, ExchangeObserver.Handshake result) {
        return handshakes[LoopMetrics.cell(direction, result)];
    }

    long detected(Direction direction, SpokenProtocol spoken, DetectedBy how) {
        return detected[LoopMetrics.cell(direction, spoken, how)];
    }

    private JoinedEdge edge(EdgeKey key) {
        return edges.computeIfAbsent(key, _ -> new JoinedEdge());
    }
}
