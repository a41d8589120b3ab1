package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A program that wants to join (`POST /join`).
///
/// @param hostServices ports of the machine's loopback that it wants to reach
/// @param mode of the fleet that it wants to join
record JoinRequest(Joining joining, List<Integer> hostServices, Mode mode) {
    private static final int LARGEST_PORT = 65535;

    JoinRequest {
        hostServices = List.copyOf(hostServices);
    }

    /// What is sent.
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", joining.name());
        fields.put("exact", joining.exact());
        fields.put("command", joining.command());
        fields.put("folder", joining.folder().toString());
        fields.put(
                "ports",
                joining.ports().stream()
                        .map(port -> Map.of("port", port.port(), "target", port.target()))
                        .toList());
        fields.put(
                "published",
                joining.published().stream()
                        .map(port ->
                                Map.of(
                                        "host", port.hostPort(),
                                        "port", port.servicePort(),
                                        "target", port.targetPort()))
                        .toList());
        fields.put("access_log", joining.accessLog().name());
        fields.put("pid", joining.pid());
        fields.put("running", joining.running());
        fields.put("host_services", hostServices);
        fields.put("explicit", mode == Mode.EXPLICIT);
        return fields;
    }

    /// What has come.
    ///
    /// @throws Fault where it is not what [#fields] makes
    static JoinRequest parse(String body) {
        try {
            JsonNode root = JsonMapper.shared().readTree(body);
            List<String> command = new ArrayList<>();
            root.required("command").forEach(word -> command.add(word.asString()));
            List<Joining.Port> ports = new ArrayList<>();
            for (JsonNode port : root.required("ports")) {
                ports.add(new Joining.Port(number(port, "port"), number(port, "target")));
            }
            List<FleetPlan.PublishedPort> published = new ArrayList<>();
            for (JsonNode port : root.required("published")) {
                published.add(
                        new FleetPlan.PublishedPort(
                                number(port, "host"),
                                number(port, "port"),
                                number(port, "target")));
            }
            List<Integer> hostServices = new ArrayList<>();
            root.required("host_services").forEach(port -> hostServices.add(port.asInt()));
            return new JoinRequest(
                    new Joining(
                            root.required("name").asString(),
                            root.required("exact").asBoolean(),
                            command,
                            Path.of(root.required("folder").asString()),
                            ports,
                            published,
                            AccessLogging.valueOf(root.required("access_log").asString()),
                            root.required("pid").asLong(),
                            root.required("running").asLong()),
                    hostServices,
                    root.required("explicit").asBoolean() ? Mode.EXPLICIT : Mode.TRANSPARENT);
        } catch (JacksonException | IllegalArgumentException e) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "saw '" + body + "', expected what proa run sends (" + e.getMessage() + ")",
                    "is another version of Proa running? proa ps tells");
        }
    }

    private static int number(JsonNode node, String field) {
        int port = node.required(field).asInt();
        if (port < 1 || port > LARGEST_PORT) {
            throw new IllegalArgumentException("saw port " + port + ", expected 1 to 65535");
        }
        return port;
    }
}
