package io.proa.telemetry;

import io.proa.telemetry.ExchangeObserver.Handshake;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import java.util.Locale;

/// The same numbers as [PrometheusPage] as one JSON object, for the CLI and the demo: services (all
/// peers of one together), edges (service and peer), connections, handshakes, refusals, process.
/// Written on an admin thread.
public final class AdminStats {
    private final Telemetry telemetry;

    AdminStats(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /// One line of ASCII, without a line break at its end.
    public String json() {
        JoinedMetrics joined = telemetry.joined();
        StringBuilder text = new StringBuilder(4_096);
        JsonText json = new JsonText(text).object();
        sidecar(json);
        json.array("services");
        for (EdgeReport line : EdgeReport.of(joined, false)) {
            line.writeTo(json);
        }
        json.endArray().array("edges");
        for (EdgeReport line : EdgeReport.of(joined, true)) {
            line.writeTo(json);
        }
        json.endArray();
        connections(json, joined);
        json.array("inbound_refused");
        joined.refusals.forEach((key, count) ->
                json.object()
                        .field("reason", key.reason().code())
                        .field("code", key.code())
                        .field("count", count)
                        .endObject());
        json.endArray();
        json.field("access_log_dropped", telemetry.accessLog().dropped()).endObject();
        return text.toString();
    }

    private void sidecar(JsonText json) {
        SidecarGauges gauges = telemetry.gauges();
        ProcessUsage usage = ProcessUsage.now();
        json.field("version", telemetry.version())
                .field("revision", gauges.snapshotRevision())
                .field("control_connected", gauges.controlConnected())
                .field("certificate_expires_at", gauges.certificateExpiresAt())
                .field("trust_expires_at", gauges.trustExpiresAt());
        json.object("process")
                .field("rss_bytes", usage.residentBytes())
                .field("cpu_seconds", usage.cpuSeconds())
                .field("started_at", usage.startedAt())
                .endObject();
    }

    private static void connections(JsonText json, JoinedMetrics joined) {
        json.array("connections");
        for (Direction direction : Direction.values()) {
            for (Security security : Security.values()) {
                json.object()
                        .field("direction", EdgeKey.label(direction))
                        .field("security", EdgeKey.label(security))
                        .field("opened", joined.opened(direction, security))
                        .field("closed", joined.closed(direction, security))
                        .endObject();
            }
        }
        json.endArray().array("handshakes");
        for (Direction direction : Direction.values()) {
            for (Handshake result : Handshake.values()) {
                json.object()
                        .field("direction", EdgeKey.label(direction))
                        .field("result", result.name().toLowerCase(Locale.ROOT))
                        .field("count", joined.handshakes(direction, result))
                        .endObject();
            }
        }
        json.endArray();
    }
}
