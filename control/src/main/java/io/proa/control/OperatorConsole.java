package io.proa.control;

import io.proa.control.fleet.FleetState;
import io.proa.control.server.ControlServer;
import io.proa.control.server.PodStatus;
import io.proa.control.server.TokenRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Commands from whoever started this process, one per line on standard input, each answered by one
/// line on standard output. Pipes are private to the two processes and need no secret of their own:
/// the simplest safe way to hand out tokens.
///
/// | command | answer |
/// |---|---|
/// | `token POD` | `token POD SECRET`, the pod's new single-use token; or `error SENTENCE` |
/// | `status` | `status {"revision":..., "problems":[...], "pods":[...]}` |
/// | `stop`, or the end of the input | `stopping`; the control plane ends |
final class OperatorConsole {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FleetState fleet;
    private final TokenRegistry tokens;
    private final ControlServer server;

    OperatorConsole(FleetState fleet, TokenRegistry tokens, ControlServer server) {
        this.fleet = fleet;
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
        if (command.equals("status")) {
            return "status " + status();
        }
        if (command.startsWith("token ")) {
            return token(command.substring("token ".length()).strip());
        }
        return "error saw '" + command + "', expected token POD, status or stop";
    }

    private String token(String pod) {
        FleetState.Current current = fleet.current();
        if (current == null || current.fleet().pod(pod) == null) {
            return "error pod '" + pod + "' is not in the fleet";
        }
        return "token " + pod + " " + tokens.issue(pod);
    }

    private String status() {
        FleetState.Current current = fleet.current();
        var root = new LinkedHashMap<String, Object>();
        root.put("revision", current == null ? 0 : current.revision().number());
        root.put("problems", fleet.problems().stream().map(Object::toString).toList());
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
        pod.put("refusals", status.refusals().stream().map(Object::toString).toList());
        pod.put("certificate_until", String.valueOf(status.certificateUntil()));
        return pod;
    }
}
