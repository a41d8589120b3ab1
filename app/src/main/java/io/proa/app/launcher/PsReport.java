package io.proa.app.launcher;

import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.PodStatus;
import io.proa.control.fleet.PodAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the launcher says of its fleet (`GET /ps`); also what `proa ps -o json` prints.
final class PsReport {
    private PsReport() {}

    static Map<String, Object> of(
            String name, Instant since, FleetRunner fleet, List<Events.Event> events) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("fleet", name);
        report.put("mode", word(fleet.mode()));
        report.put("pid", ProcessHandle.current().pid());
        report.put("since", since.toString());
        report.put(
                "control",
                Map.of("pid", fleet.control().pid(), "restarts", fleet.control().restarts()));
        report.put("pods", fleet.status().stream().map(PsReport::pod).toList());
        report.put(
                "events",
                events.stream()
                        .map(event ->
                                Map.of(
                                        "time", event.time().toString(),
                                        "sentence", event.sentence()))
                        .toList());
        return report;
    }

    private static Map<String, Object> pod(PodStatus status) {
        Map<String, Object> pod = new LinkedHashMap<>();
        pod.put("pod", status.running().name());
        pod.put("service", status.running().service());
        pod.put("status", word(status.app().state()));
        pod.put("exit_code", status.app().exitCode());
        pod.put("restarts", status.app().restarts());
        pod.put("age_seconds", seconds(status.app().age()));
        pod.put("command", status.command());
        pod.put("ports", status.ports().stream().map(Joining.Port::port).toList());
        pod.put("target_ports", status.ports().stream().map(Joining.Port::target).toList());
        pod.put("published", status.published());
        pod.put(
                "addresses",
                status.running().addresses().stream().map(InetAddress::getHostAddress).toList());
        switch (status.address()) {
            case PodAddress.Network _ -> {}
            case PodAddress.Loopback(int meshPort, int proxyPort) -> {
                pod.put("mesh_port", meshPort);
                pod.put("proxy_port", proxyPort);
            }
        }
        pod.put("app_pid", status.app().pid());
        pod.put("sidecar_pid", status.sidecar());
        pod.put("init_pid", status.init());
        pod.put("sidecar_ready_ms", status.running().readyMs());
        pod.put("admin_socket", status.running().adminSocket().toString());
        return pod;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration age) {
        return age.toMillis() / 100 / 10.0;
    }
}
