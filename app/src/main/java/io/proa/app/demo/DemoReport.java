package io.proa.app.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// What `proa demo --once` found: the one JSON object it prints, and whether the demo showed what
/// it promises.
///
/// @param plaintextTried attempts made on the bridge, without TLS, against every pod
/// @param plaintextRefused of those, how many were refused
record DemoReport(
        List<String> languages,
        List<String> services,
        List<Edge> edges,
        int plaintextTried,
        int plaintextRefused,
        List<SidecarFacts> sidecars) {
    /// What the application sees must succeed at least this often, on every edge.
    static final double PROMISED = 0.995;

    /// "Visibly lower": by at least two points of a hundred, on at least one edge.
    static final double VISIBLE = 0.02;

    /// What one sidecar costs.
    record SidecarFacts(double rssMb, double cpuMicrosPerRequest, long readyMs) {}

    DemoReport {
        languages = List.copyOf(languages);
        services = List.copyOf(services);
        edges = List.copyOf(edges);
        sidecars = List.copyOf(sidecars);
    }

    boolean ok() {
        return shortcomings().isEmpty();
    }

    /// What does not hold of the demo's promise, one sentence each.
    List<String> shortcomings() {
        List<String> found = new ArrayList<>();
        if (edges.isEmpty()) {
            found.add("no sidecar reported an edge");
        }
        boolean faultsSeen = false;
        for (Edge edge : edges) {
            String name = edge.from() + " -> " + edge.to();
            if (edge.requests() == 0) {
                found.add(name + ": no requests were seen");
            } else if (!edge.mutualTls()) {
                found.add(name + ": some requests were not encrypted");
            }
            if (edge.effective() < PROMISED) {
                found.add(
                        name
                                + ": success as the app sees it is "
                                + EdgeTable.percent(edge.effective())
                                + "; expected at least "
                                + EdgeTable.percent(PROMISED));
            }
            faultsSeen |= edge.effective() - edge.actual() >= VISIBLE;
        }
        if (!faultsSeen) {
            found.add(
                    "on no edge the actual success is visibly lower than the effective one, so no retry was shown to help");
        }
        if (plaintextRefused < plaintextTried) {
            found.add(
                    plaintextTried
                            - plaintextRefused
                            + " of "
                            + plaintextTried
                            + " plaintext attempts were not refused");
        }
        return found;
    }

    String json() {
        Map<String, Object> top = new LinkedHashMap<>();
        top.put("languages", languages);
        top.put("services", services);
        top.put("edges", edges.stream().map(DemoReport::json).toList());
        top.put("plaintext_attempts_refused", plaintextRefused);
        top.put("sidecars", sidecars.stream().map(DemoReport::json).toList());
        top.put("ok", ok());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(top);
    }

    private static Map<String, Object> json(Edge edge) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("from", edge.from());
        fields.put("to", edge.to());
        fields.put("mtls", edge.mutualTls());
        fields.put("requests", edge.requests());
        fields.put("success_rate_effective", rounded(edge.effective(), 10_000));
        fields.put("success_rate_actual", rounded(edge.actual(), 10_000));
        fields.put("retries", edge.retries());
        fields.put("p50_ms", rounded(edge.p50(), 1000));
        fields.put("p99_ms", rounded(edge.p99(), 1000));
        fields.put("added_p50_ms", rounded(edge.addedP50(), 1000));
        return fields;
    }

    private static Map<String, Object> json(SidecarFacts facts) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rss_mb", rounded(facts.rssMb(), 10));
        fields.put("cpu_us_per_request", rounded(facts.cpuMicrosPerRequest(), 10));
        fields.put("ready_ms", facts.readyMs());
        return fields;
    }

    /// Downwards, so that a rate below the promise is never shown as having reached it.
    private static double rounded(double value, int parts) {
        return Math.floor(value * parts) / parts;
    }
}
