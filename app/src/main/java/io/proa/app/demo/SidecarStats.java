package io.proa.app.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What one sidecar says of itself at one moment (its admin's `/stats.json`).
///
/// @param lines one for each service and direction
/// @param handled requests of both directions
/// @param rssBytes memory of its process in RAM
/// @param cpuSeconds of its process since its start
/// @param startedAt of its process, in seconds since 1970
record SidecarStats(
        List<Line> lines, long handled, long rssBytes, double cpuSeconds, double startedAt) {
    private static final String OUTBOUND = "outbound";

    /// @param service name without namespace; empty for destinations outside the mesh
    record Line(
            boolean outbound,
            String service,
            long requests,
            long failed,
            long attempts,
            long failedAttempts,
            long retries,
            long mutualTls,
            long plaintext,
            double p50,
            double p99,
            double addedP50) {}

    SidecarStats {
        lines = List.copyOf(lines);
    }

    /// @throws IOException for anything that is not such an object
    static SidecarStats parse(String json) throws IOException {
        try {
            JsonNode root = JsonMapper.shared().readTree(json);
            List<Line> lines = new ArrayList<>();
            long handled = 0;
            for (JsonNode each : root.required("services")) {
                Line line = line(each);
                handled += line.requests();
                lines.add(line);
            }
            JsonNode process = root.required("process");
            return new SidecarStats(
                    lines,
                    handled,
                    process.required("rss_bytes").asLong(),
                    process.required("cpu_seconds").asDouble(),
                    process.required("started_at").asDouble());
        } catch (JacksonException e) {
            throw new IOException(
                    "a sidecar's statistics cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /// Whether `later` comes from another process, whose counters began anew.
    boolean isSucceededBy(SidecarStats later) {
        return later.startedAt - startedAt > 1;
    }

    private static Line line(JsonNode node) {
        String service = node.required("service").asString();
        int dot = service.indexOf('.');
        return new Line(
                node.required("direction").asString().equals(OUTBOUND),
                dot < 0 ? service : service.substring(0, dot),
                node.required("requests").asLong(),
                node.required("failed").asLong(),
                node.required("attempts").asLong(),
                node.required("failed_attempts").asLong(),
                node.required("retries").asLong(),
                node.required("mutual_tls").asLong(),
                node.required("plaintext").asLong(),
                node.required("p50_ms").asDouble(),
                node.required("p99_ms").asDouble(),
                node.required("added_p50_ms").asDouble());
    }
}
