package io.proa.control.intent;

import io.proa.control.intent.HealthCheck.Probe;
import io.proa.control.intent.IntentDocument.Port;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads how a service's applications are looked after: `healthCheck`, `restart` and `drain`.
final class LifecycleReader {
    private static final Map<String, RestartPolicy> RESTARTS = restarts();
    private static final List<String> PROBES = List.of("http", "tcp", "command");
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int FAILURES = 3;
    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    private final Problems problems;
    private final ProgramReader programs;
    private final Duration drain;

    LifecycleReader(Problems problems, ProgramReader programs, Duration drain) {
        this.problems = problems;
        this.programs = programs;
        this.drain = drain;
    }

    private static Map<String, RestartPolicy> restarts() {
        var restarts = new TreeMap<String, RestartPolicy>();
        for (RestartPolicy policy : RestartPolicy.values()) {
            restarts.put(policy.word(), policy);
        }
        return restarts;
    }

    Lifecycle lifecycle(YamlMap service, String what, List<Port> ports) {
        RestartPolicy restart = service.word("restart", RESTARTS);
        Duration own = service.duration("drain");
        YamlMap check = service.map("healthCheck", "a healthCheck");
        return new Lifecycle(
                check == null
                        ? null
                        : healthCheck(
                                check, what, ports, service.has("port") || service.has("ports")),
                restart == null ? Lifecycle.DEFAULT.restart() : restart,
                own == null ? drain : own);
    }

    private @Nullable HealthCheck healthCheck(
            YamlMap map, String what, List<Port> ports, boolean hasPort) {
        map.check(FleetShapes.HEALTH_CHECK);
        Duration interval = map.duration("interval");
        Duration timeout = map.duration("timeout");
        Integer failures = map.number("failures");
        Duration startWithin = map.duration("startWithin");
        Probe probe = probe(map, what, ports, hasPort);
        return probe == null
                ? null
                : new HealthCheck(
                        probe,
                        interval == null ? INTERVAL : interval,
                        timeout == null ? TIMEOUT : timeout,
                        failures == null ? FAILURES : failures,
                        startWithin == null ? START_WITHIN : startWithin);
    }

    private @Nullable Probe probe(YamlMap map, String what, List<Port> ports, boolean hasPort) {
        var said = new ArrayList<String>();
        for (String probe : PROBES) {
            if (map.has(probe)) {
                said.add(probe);
            }
        }
        if (said.size() != 1) {
            problems.add(
                    said.isEmpty() ? map.place() : map.placeOf(said.get(1)),
                    "saw "
                            + (said.isEmpty() ? "none" : String.join(" and ", said))
                            + " in the healthCheck of "
                            + what
                            + ", expected one of http, tcp, command",
                    said.isEmpty()
                            ? "such as http: {path: /healthz}, tcp: {} or command: [./check]"
                            : "keep the one that says most");
        }
        Probe probe = null;
        for (String one : said) {
            probe = probe(one, map, what, ports, hasPort);
        }
        return said.size() == 1 ? probe : null;
    }

    private @Nullable Probe probe(
            String kind, YamlMap map, String what, List<Port> ports, boolean hasPort) {
        if (kind.equals("command")) {
            List<String> command =
                    programs.command(map, "command", "the healthCheck of " + what).value();
            return command.isEmpty() ? null : new Probe.Command(command);
        }
        YamlMap probe = map.map(kind, kind.equals("http") ? "an http check" : "a tcp check");
        if (probe == null) {
            return null;
        }
        boolean http = kind.equals("http");
        probe.check(http ? FleetShapes.HTTP_PROBE : FleetShapes.TCP_PROBE);
        Integer port = ServiceReader.port(probe, "port", problems);
        String path = http ? path(probe) : null;
        if (!probe.has("port") && ports.isEmpty()) {
            if (!hasPort) {
                problems.add(
                        map.placeOf(kind),
                        what + " has a healthCheck by " + kind + " but no port to ask at",
                        "add port: to the service or to the check, or check by command");
            }
            return null;
        }
        int asked = port == null ? targetOf(ports) : port;
        if (http) {
            return path == null ? null : new Probe.Http(path, asked);
        }
        return new Probe.Tcp(asked);
    }

    private static int targetOf(List<Port> ports) {
        return ports.isEmpty() ? 0 : ports.getFirst().targetPort();
    }

    private @Nullable String path(YamlMap probe) {
        String path = probe.text("path");
        if (path == null) {
            return null;
        }
        if (path.startsWith("/") && path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#')) {
            return path;
        }
        problems.add(
                probe.placeOf("path"),
                "saw '"
                        + path
                        + "' as path, expected one that begins with / and has no blanks and no #",
                "");
        return null;
    }
}
