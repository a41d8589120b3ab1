package io.proa.control;

import io.proa.control.fleet.Compilation;
import io.proa.control.fleet.FleetPod;
import io.proa.control.fleet.FleetService;
import io.proa.control.fleet.FleetState;
import io.proa.control.fleet.PodAddress;
import io.proa.control.server.ControlServer;
import io.proa.control.server.IntentWatch;
import io.proa.control.server.PodStatus;
import io.proa.control.server.TokenRegistry;
import io.proa.model.ApplicationPort;
import io.proa.model.ConfigProblem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Commands from whoever started this process, one per line on standard input, each answered by one
/// line on standard output. Pipes are private to the two processes and need no secret of their own:
/// the simplest safe way to hand out tokens.
///
/// | command | answer |
/// |---|---|
/// | `token POD` | `token POD SECRET`, the pod's new single-use token; or `error SENTENCE` |
/// | `reload` | reads the intent anew at once and tells the sidecars: `reloaded {"revision":...}`, with `problems` where the last good texts of files are in use with what comes and goes beside them; or `rejected {"problems":[...]}` and the last good fleet stays, or `error SENTENCE` |
/// | `leave POD` | nobody is sent to the pod any more: `left POD`, when the other sidecars have taken that or a second has passed |
/// | `return POD` | they are again: `returned POD` |
/// | `keep SERVICE` | the service is as it was before the documents last changed, until they change again: `kept SERVICE`, when the sidecars have taken that or a second has passed; or `error SENTENCE` |
/// | `fleet` | the fleet in use: `fleet {"pods":[{"name":..., "service":..., "ipv4":..., "ipv6":...}], "hosts":{NAME:[ADDRESS...]}}`; of pods on a shared loopback `mesh_port`, `proxy_port` and `target_ports` in the place of the addresses |
/// | `status` | `status {"revision":..., "problems":[...], "pods":[...]}` |
/// | `stop`, or the end of the input | `stopping`; the control plane ends |
final class OperatorConsole {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final FleetState fleet;
    private final IntentWatch watch;
    private final TokenRegistry tokens;
    private final ControlServer server;

    OperatorConsole(
            FleetState fleet, IntentWatch watch, TokenRegistry tokens, ControlServer server) {
        this.fleet = fleet;
        this.watch = watch;
        this.tokens = tokens;
        this.server = server;
    }

    /// Answers until it is told to stop.
    void attend(InputStream commands, PrintStream answers) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(commands, StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.equals("stop")) {
            answers.println(answer(line.strip()));
            answers.flush();
            line = lines.readLine();
        }
        answers.println("stopping");
        answers.flush();
    }

    private String answer(String command) {
        if (command.startsWith("token ")) {
            return token(command.substring("token ".length()).strip());
        }
        if (command.startsWith("leave ")) {
            return leave(command.substring("leave ".length()).strip(), true);
        }
        if (command.startsWith("return ")) {
            return leave(command.substring("return ".length()).strip(), false);
        }
        if (command.startsWith("keep ")) {
            return keep(command.substring("keep ".length()).strip());
        }
        return switch (command) {
            case "reload" -> reload();
            case "fleet" -> "fleet " + fleet();
            case "status" -> "status " + status();
            default ->
                    "error saw '"
                            + command
                            + "', expected token POD, leave POD, return POD, keep SERVICE, reload, fleet, status or stop";
        };
    }

    private String reload() {
        try {
            return switch (watch.reload()) {
                case Compilation.Compiled _ -> {
                    server.fleetChanged();
                    FleetState.Current current = fleet.current();
                    long revision = current == null ? 0 : current.revision().number();
                    var answer = new LinkedHashMap<String, Object>();
                    answer.put("revision", revision);
                    if (!fleet.problems().isEmpty()) {
                        answer.put("problems", sentences(fleet.problems()));
                    }
                    yield "reloaded " + JSON.writeValueAsString(answer);
                }
                case Compilation.Rejected(List<ConfigProblem> problems) ->
                        "rejected "
                                + JSON.writeValueAsString(Map.of("problems", sentences(problems)));
            };
        } catch (IOException e) {
            return "error the intent is not in use: "
                    + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    private String fleet() {
        FleetState.Current current = fleet.current();
        var pods = new ArrayList<Map<String, Object>>();
        var hosts = new TreeMap<String, List<String>>();
        if (current != null) {
            for (FleetService service : current.fleet().services()) {
                for (FleetPod pod : service.pods()) {
                    pods.add(pod(pod, service));
                }
            }
            current.fleet()
                    .hosts()
                    .forEach((name, addresses) ->
                            hosts.put(
                                    name,
                                    addresses.stream().map(InetAddress::getHostAddress).toList()));
        }
        var root = new LinkedHashMap<String, Object>();
        root.put("pods", pods);
        root.put("hosts", hosts);
        return JSON.writeValueAsString(root);
    }

    private static Map<String, Object> pod(FleetPod pod, FleetService service) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", pod.name());
        fields.put("service", service.name().name());
        switch (pod.address()) {
            case PodAddress.Network(InetAddress ipv4, InetAddress ipv6) -> {
                fields.put("ipv4", ipv4.getHostAddress());
                fields.put("ipv6", ipv6.getHostAddress());
            }
            case PodAddress.Loopback(int meshPort, int proxyPort) -> {
                fields.put("mesh_port", meshPort);
                fields.put("proxy_port", proxyPort);
                fields.put("target_ports", targetPorts(pod));
            }
        }
        return fields;
    }

    private static List<Integer> targetPorts(FleetPod pod) {
        return pod.workload().ports().stream().map(ApplicationPort::targetPort).toList();
    }

    private static List<String> sentences(List<ConfigProblem> problems) {
        return problems.stream().map(ConfigProblem::toString).toList();
    }

    private String token(String pod) {
        FleetState.Current current = fleet.current();
        if (current == null || current.fleet().pod(pod) == null) {
            return "error pod '" + pod + "' is not in the fleet";
        }
        return "token " + pod + " " + tokens.issue(pod);
    }

    /// One that is not in the fleet is nowhere a destination already.
    private String leave(String pod, boolean gone) {
        fleet.setLeaving(pod, gone);
        server.fleetChanged();
        server.settle(SETTLING);
        return (gone ? "left " : "returned ") + pod;
    }

    private String keep(String service) {
        try {
            if (!fleet.keep(service)) {
                return "error there is no earlier service '" + service + "'";
            }
        } catch (IOException e) {
            return "error the earlier service is not in use: "
                    + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
        server.fleetChanged();
        server.settle(SETTLING);
        return "kept " + service;
    }

    private String status() {
        FleetState.Current current = fleet.current();
        var root = new LinkedHashMap<String, Object>();
        root.put("revision", current == null ? 0 : current.revision().number());
        root.put("problems", sentences(fleet.problems()));
        List<Map<String, Object>> pods =
                server.status().stream().map(OperatorConsole::pod).toList();
        root.put("pods", pods);
        return JSON.writeValueAsString(root);
    }

    private static Map<String, Object> pod(PodStatus status) {
        var pod = new LinkedHashMap<String, Object>();
        pod.put("pod", status.pod());
        pod.put("connected", status.connected());
        pod.put("sidecar_version", status.sidecarVersion());
        pod.put("accepted_revision", status.accepted().number());
        pod.put("refusals", sentences(status.refusals()));
        pod.put("certificate_until", String.valueOf(status.certificateUntil()));
        return pod;
    }
}
