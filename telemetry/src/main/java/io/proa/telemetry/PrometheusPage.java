package io.proa.telemetry;

import io.proa.telemetry.ExchangeObserver.Handshake;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.util.Locale;
import java.util.Map;

/// The page at `/metrics`: Prometheus text, version 0.0.4, joined over all loops and in a stable
/// order.
///
/// Written on an admin thread. Buckets come from log-linear counts, so a boundary may be off by up
/// to 6 %.
public final class PrometheusPage {
    /// For the `Content-Type` header.
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String[] DURATION_BOUNDS = {
        "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1",
        "2.5", "5", "10"
    };
    private static final String[] ADDED_BOUNDS = {
        "0.00001",
        "0.000025",
        "0.00005",
        "0.0001",
        "0.00025",
        "0.0005",
        "0.001",
        "0.0025",
        "0.005",
        "0.01",
        "0.1"
    };
    private static final long[] DURATION_NANOS = nanos(DURATION_BOUNDS);
    private static final long[] ADDED_NANOS = nanos(ADDED_BOUNDS);

    private final Telemetry telemetry;

    PrometheusPage(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    public void writeTo(StringBuilder page) {
        Exposition out = new Exposition(page);
        JoinedMetrics joined = telemetry.joined();
        requests(out, joined);
        latencies(out, joined);
        retries(out, joined);
        connections(out, joined);
        security(out, joined);
        detections(out, joined);
        sidecar(out);
    }

    private static void requests(Exposition out, JoinedMetrics joined) {
        out.family(
                "proa_requests_total",
                "counter",
                "Exchanges that ended, by who asked what of whom and how it went.");
        for (Map.Entry<EdgeKey, JoinedEdge> edge : joined.edges.entrySet()) {
            EdgeKey key = edge.getKey();
            boolean overflow = key.equals(EdgeKey.OF_OVERFLOW);
            for (Map.Entry<Integer, Long> series : edge.getValue().requests.entrySet()) {
                int code = series.getKey();
                out.sample(
                        series.getValue(),
                        "direction",
                        key.direction(),
                        "service",
                        key.service(),
                        "peer",
                        key.peer(),
                        "security",
                        key.security(),
                        "method",
                        overflow ? EdgeKey.OVERFLOW : EdgeCells.methodOf(code),
                        "status_class",
                        overflow ? EdgeKey.OVERFLOW : EdgeCells.statusClassOf(code),
                        "reason",
                        overflow ? EdgeKey.OVERFLOW : EdgeCells.reasonOf(code).code());
            }
        }
    }

    private static void latencies(Exposition out, JoinedMetrics joined) {
        out.family(
                "proa_request_duration_seconds",
                "histogram",
                "From the first byte of a request to the last of its response, over all attempts.");
        joined.edges.forEach((key, edge) ->
                out.histogram(edge.duration, DURATION_NANOS, DURATION_BOUNDS, labels(key)));
        out.family(
                "proa_added_latency_seconds",
                "histogram",
                "Time spent in this sidecar itself, apart from upstream, backoff and client.");
        joined.edges.forEach(
                (key, edge) -> out.histogram(edge.added, ADDED_NANOS, ADDED_BOUNDS, labels(key)));
    }

    private static void retries(Exposition out, JoinedMetrics joined) {
        total(
                out,
                joined,
                EdgeCells.ATTEMPTS,
                "proa_attempts_total",
                "Attempts, first ones and retries.");
        total(
                out,
                joined,
                EdgeCells.FAILED_ATTEMPTS,
                "proa_attempts_failed_total",
                "Attempts answered by a status of 500 or more, or not at all.");
        out.family(
                "proa_retries_total",
                "counter",
                "Attempts after the first, by what asked for them.");
        joined.edges.forEach((key, edge) -> {
            for (int i = 0; i < edge.retries.length; i++) {
                if (edge.retries[i] > 0) {
                    out.sample(
                            edge.retries[i],
                            "direction",
                            key.direction(),
                            "service",
                            key.service(),
                            "peer",
                            key.peer(),
                            "security",
                            key.security(),
                            "reason",
                            Reason.numbered(i).code());
                }
            }
        });
        total(
                out,
                joined,
                EdgeCells.BUDGET_EXHAUSTED,
                "proa_retry_budget_exhausted_total",
                "Exchanges that were not tried again because the retry budget was used up.");
    }

    private static void connections(Exposition out, JoinedMetrics joined) {
        out.family(
                "proa_connections_opened_total",
                "counter",
                "Connections to and from other sidecars and the outside.");
        each((d, s) -> out.sample(joined.opened(d, s), labels(d, s)));
        out.family("proa_connections_closed_total", "counter", "Connections that have ended.");
        each((d, s) -> out.sample(joined.closed(d, s), labels(d, s)));
        out.family("proa_connections_open", "gauge", "Connections open now.");
        each((d, s) ->
                out.sample(Math.max(0, joined.opened(d, s) - joined.closed(d, s)), labels(d, s)));
        out.family(
                "proa_bytes_total",
                "counter",
                "Body and stream bytes received from and sent to callers.");
        for (Direction direction : Direction.values()) {
            long received = 0;
            long sent = 0;
            for (Map.Entry<EdgeKey, JoinedEdge> edge : joined.edges.entrySet()) {
                if (edge.getKey().direction().equals(EdgeKey.label(direction))) {
                    received += edge.getValue().totals[EdgeCells.BYTES_RECEIVED];
                    sent += edge.getValue().totals[EdgeCells.BYTES_SENT];
                }
            }
            out.sample(received, "direction", EdgeKey.label(direction), "way", "received");
            out.sample(sent, "direction", EdgeKey.label(direction), "way", "sent");
        }
    }

    private static void security(Exposition out, JoinedMetrics joined) {
        out.family(
                "proa_inbound_refused_total",
                "counter",
                "What was refused at the door, by reason and TLS failure code.");
        // Always present, so that "none yet" can be told from "not counted".
        if (!joined.refusals.containsKey(
                new JoinedMetrics.RefusalKey(Reason.PLAINTEXT_REFUSED, ""))) {
            out.sample(0, "reason", Reason.PLAINTEXT_REFUSED.code(), "code", "");
        }
        joined.refusals.forEach((key, count) ->
                out.sample(count, "reason", key.reason().code(), "code", key.code()));
        out.family(
                "proa_tls_handshakes_total",
                "counter",
                "Mutual TLS handshakes with other sidecars.");
        for (Direction direction : Direction.values()) {
            for (Handshake result : Handshake.values()) {
                out.sample(
                        joined.handshakes(direction, result),
                        "direction",
                        EdgeKey.label(direction),
                        "result",
                        result.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static void detections(Exposition out, JoinedMetrics joined) {
        out.family(
                "proa_detections_total",
                "counter",
                "Connections by what is spoken on them and how that became known.");
        for (Direction direction : Direction.values()) {
            for (SpokenProtocol spoken : SpokenProtocol.values()) {
                for (DetectedBy how : DetectedBy.values()) {
                    long count = joined.detected(direction, spoken, how);
                    if (count > 0) {
                        out.sample(
                                count,
                                "direction",
                                EdgeKey.label(direction),
                                "protocol",
                                spoken.label(),
                                "how",
                                how.label());
                    }
                }
            }
        }
        total(
                out,
                joined,
                EdgeCells.OWN_TLS,
                "proa_own_tls_connections_total",
                "Connections on which the application itself began TLS; where security is mutual_tls it is encrypted twice.");
    }

    private void sidecar(Exposition out) {
        SidecarGauges gauges = telemetry.gauges();
        out.family(
                "proa_identity_expiry_timestamp_seconds",
                "gauge",
                "When the certificate, and the first trusted root, end; 0 = none.");
        out.sample(gauges.certificateExpiresAt(), "element", "certificate");
        out.sample(gauges.trustExpiresAt(), "element", "trust_root");
        out.family(
                "proa_snapshot_revision",
                "gauge",
                "Revision of the configuration in use; 0 = none yet.");
        out.sample(gauges.snapshotRevision());
        out.family("proa_control_connected", "gauge", "1 while the control plane is connected.");
        out.sample(gauges.controlConnected() ? 1 : 0);
        out.family(
                "proa_access_log_dropped_total",
                "counter",
                "Access log lines given up because the writer was behind.");
        out.sample(telemetry.accessLog().dropped());
        out.family("proa_buffer_bytes", "gauge", "Buffers that connections hold now.");
        out.sample(gauges.bufferBytes());
        if (gauges.ownNetwork()) {
            datagrams(out);
        }
        ProcessUsage usage = ProcessUsage.now();
        out.family("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
        out.sample(usage.residentBytes());
        out.family(
                "process_cpu_seconds_total",
                "counter",
                "Total user and system CPU time spent in seconds.");
        out.sample(usage.cpuSeconds());
        out.family(
                "process_start_time_seconds",
                "gauge",
                "Start time of the process since unix epoch in seconds.");
        out.sample(usage.startedAt());
        out.family("proa_build_info", "gauge", "Always 1; the version is in the label.");
        out.sample(1, "version", telemetry.version());
    }

    private static void datagrams(Exposition out) {
        Datagrams counted = Datagrams.now();
        out.family(
                "proa_udp_datagrams_total",
                "counter",
                "UDP of the pod, name queries among it; it passes beside the sidecar.");
        out.sample(counted.received(), "way", "received");
        out.sample(counted.sent(), "way", "sent");
        out.family(
                "proa_udp_datagrams_dropped_total",
                "counter",
                "UDP that came to the pod and reached no program.");
        out.sample(counted.unwanted(), "cause", "no_listener");
        out.sample(counted.lost(), "cause", "no_room");
    }

    @FunctionalInterface
    private interface EachWay {
        void accept(Direction direction, Security security);
    }

    private static void each(EachWay way) {
        for (Direction direction : Direction.values()) {
            for (Security security : Security.values()) {
                way.accept(direction, security);
            }
        }
    }

    private static void total(
            Exposition out, JoinedMetrics joined, int total, String name, String help) {
        out.family(name, "counter", help);
        joined.edges.forEach((key, edge) -> out.sample(edge.totals[total], labels(key)));
    }

    private static String[] labels(EdgeKey key) {
        return new String[] {
            "direction",
            key.direction(),
            "service",
            key.service(),
            "peer",
            key.peer(),
            "security",
            key.security()
        };
    }

    private static String[] labels(Direction direction, Security security) {
        return new String[] {
            "direction", EdgeKey.label(direction), "security", EdgeKey.label(security)
        };
    }

    private static long[] nanos(String[] seconds) {
        long[] all = new long[seconds.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = Math.round(Double.parseDouble(seconds[i]) * 1e9);
        }
        return all;
    }
}
