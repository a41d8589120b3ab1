package io.proa.app.launcher;

import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.RunningPod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where the logs of a fleet are (`GET /logs`): files that their owner reads without the launcher.
final class LogsReport {
    private LogsReport() {}

    static Map<String, Object> of(FleetRunner fleet) {
        List<Map<String, Object>> pods = new ArrayList<>();
        for (RunningPod pod : fleet.pods()) {
            Map<String, Object> logs = new LinkedHashMap<>();
            logs.put("pod", pod.name());
            logs.put("service", pod.service());
            logs.put("app", fleet.appLog(pod.name()).toString());
            logs.put("sidecar", fleet.sidecarLog(pod.name()).toString());
            logs.put("terminal", fleet.isGuest(pod.name()));
            pods.add(logs);
        }
        return Map.of("pods", pods);
    }
}
