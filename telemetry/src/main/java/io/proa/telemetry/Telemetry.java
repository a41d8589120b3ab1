package io.proa.telemetry;

import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.util.List;

/// All telemetry of one sidecar: an observer for each loop, and the pages that join them.
public final class Telemetry {
    private final String version;
    private final SidecarGauges gauges;
    private final AccessLog accessLog;
    private final LoopMetrics[] loops;

    /// @param loops as many as `accessLog` has lanes
    public Telemetry(String version, int loops, SidecarGauges gauges, AccessLog accessLog) {
        this(version, loops, LoopMetrics.DEFAULT_SERIES, gauges, accessLog);
    }

    /// @param mostSeries request series each loop may have
    public Telemetry(
            String version, int loops, int mostSeries, SidecarGauges gauges, AccessLog accessLog) {
        this.version = version;
        this.gauges = gauges;
        this.accessLog = accessLog;
        this.loops = new LoopMetrics[loops];
        for (int i = 0; i < loops; i++) {
            this.loops[i] = new LoopMetrics(mostSeries);
        }
    }

    /// The observer of one loop, to be called by that loop alone.
    public ExchangeObserver ofLoop(int loop) {
        return new LoopObserver(loops[loop], accessLog.lane(loop));
    }

    public PrometheusPage page() {
        return new PrometheusPage(this);
    }

    public AdminStats stats() {
        return new AdminStats(this);
    }

    public AccessLog accessLog() {
        return accessLog;
    }

    String version() {
        return version;
    }

    SidecarGauges gauges() {
        return gauges;
    }

    JoinedMetrics joined() {
        return new JoinedMetrics(List.of(loops));
    }

    /// Metrics first: once a record is in the log's lane, it belongs to the log's thread.
    private record LoopObserver(LoopMetrics metrics, AccessLog.Lane lane)
            implements ExchangeObserver {
        @Override
        public void ended(ExchangeRecord record) {
            metrics.ended(record);
            lane.ended(record);
        }

        @Override
        public void connectionOpened(Direction direction, Security security) {
            metrics.connectionOpened(direction, security);
        }

        @Override
        public void connectionClosed(Direction direction, Security security) {
            metrics.connectionClosed(direction, security);
        }

        @Override
        public void inboundRefused(Reason reason, String code) {
            metrics.inboundRefused(reason, code);
        }

        @Override
        public void handshake(Direction direction, Handshake result) {
            metrics.handshake(direction, result);
        }

        @Override
        public void detected(Direction direction, SpokenProtocol spoken, DetectedBy how) {
            metrics.detected(direction, spoken, how);
        }
    }
}
