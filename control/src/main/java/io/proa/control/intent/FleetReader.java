package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.Port;
import io.proa.control.intent.IntentDocument.Service;
import io.proa.model.AppProtocol;
import io.proa.model.InboundMode;
import io.proa.model.MeshPorts;
import io.proa.model.ServiceName;
import io.proa.model.SpiffeId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads `Fleet`.
final class FleetReader {
    private static final String DEFAULT_NAMESPACE = "default";
    private static final int MOST_REPLICAS = 100;

    /// Characters that mean something to a shell: with one of them a command of one line is the
    /// shell's to run.
    private static final String SHELL = "'\"\\$`|&;<>()*?[]{}~#!\n";

    private static final List<String> FIELDS =
            List.of(
                    "name",
                    "command",
                    "cwd",
                    "port",
                    "ports",
                    "replicas",
                    "env",
                    "startAfter",
                    "publish",
                    "inbound",
                    "loopback");
    private static final Map<String, InboundMode> INBOUND =
            new TreeMap<>(
                    Map.of("strict", InboundMode.STRICT, "permissive", InboundMode.PERMISSIVE));
    private static final Map<String, AppProtocol> PROTOCOLS =
            new TreeMap<>(
                    Map.of(
                            "http",
                            AppProtocol.HTTP,
                            "tcp",
                            AppProtocol.TCP,
                            "detect",
                            AppProtocol.DETECT));

    private final Problems problems;
    private final IntentSource source;

    FleetReader(Problems problems, IntentSource source) {
        this.problems = problems;
        this.source = source;
    }

    IntentDocument.Fleet fleet(Place place, String name, YamlMap metadata, YamlMap spec) {
        spec.allow("a Fleet's spec", List.of("trustDomain", "namespace", "services"), Set.of());
        if (metadata.has("namespace")) {
            problems.add(
                    metadata.placeOf("namespace"),
                    "a Fleet is in no namespace, its services are",
                    "write it as spec.namespace");
        }
        label("metadata.name", name, metadata.placeOf("name"));
        Located<String> trustDomain = spec.locatedText("trustDomain");
        if (trustDomain != null) {
            try {
                SpiffeId.ofServiceAccount(
                        trustDomain.value(), DEFAULT_NAMESPACE, DEFAULT_NAMESPACE);
            } catch (IllegalArgumentException e) {
                problems.add(trustDomain.place(), String.valueOf(e.getMessage()), "");
                trustDomain = null;
            }
        }
        String namespace = spec.text("namespace");
        if (namespace != null && !label("namespace", namespace, spec.placeOf("namespace"))) {
            namespace = null;
        }
        spec.require("services", "a Fleet's spec");
        var services = new ArrayList<Service>();
        for (YamlMap service : spec.maps("services", "a service")) {
            Service read = service(service);
            if (read != null) {
                services.add(read);
            }
        }
        if (spec.isList("services") && spec.maps("services", "a service").isEmpty()) {
            problems.add(
                    spec.placeOf("services"),
                    "saw an empty list as services, expected at least one",
                    "");
        }
        return new IntentDocument.Fleet(
                place,
                name,
                trustDomain,
                new Located<>(
                        namespace == null ? DEFAULT_NAMESPACE : namespace,
                        spec.placeOf("namespace")),
                services);
    }

    private @Nullable Service service(YamlMap map) {
        map.allow("a service", FIELDS, Set.of());
        map.require("name", "a service");
        Located<String> name = map.locatedText("name");
        String what = name == null ? "a service" : "service '" + name.value() + "'";
        boolean named = name != null && label("service name", name.value(), name.place());
        List<Port> ports = ports(map, what);
        Located<List<String>> command = command(map, what);
        Integer replicas = map.number("replicas", 1, MOST_REPLICAS);
        YamlMap environment = map.map("env", "an environment");
        Integer publish = map.number("publish", 1, 65535);
        if (publish != null && ports.isEmpty() && !map.has("port") && !map.has("ports")) {
            problems.add(
                    map.placeOf("publish"),
                    what + " is published but has no port",
                    "add port: to it");
        }
        InboundMode inbound = map.word("inbound", INBOUND);
        Boolean loopback = map.flag("loopback");
        List<Located<String>> startAfter = map.words("startAfter");
        if (name == null || !named) {
            return null;
        }
        return new Service(
                map.place(),
                name,
                command,
                folder(map),
                ports,
                new Located<>(replicas == null ? 1 : replicas, map.placeOf("replicas")),
                environment == null ? Map.of() : environment(environment),
                startAfter,
                publish == null ? null : new Located<>(publish, map.placeOf("publish")),
                inbound == null ? InboundMode.STRICT : inbound,
                loopback != null && loopback);
    }

    private Located<Path> folder(YamlMap map) {
        String cwd = map.text("cwd");
        return new Located<>(
                cwd == null ? source.folder() : source.folder().resolve(cwd).normalize(),
                map.placeOf("cwd"));
    }

    /// A list is run as it is. One line is split at blanks, or given to `sh -c` where it means
    /// something to a shell.
    private Located<List<String>> command(YamlMap map, String what) {
        map.require("command", what);
        Place place = map.placeOf("command");
        var words = new ArrayList<String>();
        if (map.isList("command")) {
            for (Located<String> word : map.words("command")) {
                words.add(word.value());
            }
        } else {
            String line = map.text("command");
            if (line == null) {
                return new Located<>(List.of(), place);
            }
            if (line.isBlank()) {
                words.add("");
            } else if (line.chars().anyMatch(c -> SHELL.indexOf(c) >= 0)
                    || blankSeparated(line).getFirst().contains("=")) {
                words.addAll(List.of("/bin/sh", "-c", line));
            } else {
                words.addAll(blankSeparated(line));
            }
        }
        if (map.has("command") && (words.isEmpty() || words.getFirst().isBlank())) {
            problems.add(
                    place,
                    "saw an empty command in " + what + ", expected a program and its arguments",
                    "");
        }
        return new Located<>(List.copyOf(words), place);
    }

    private static List<String> blankSeparated(String line) {
        return Collections.list(new StringTokenizer(line)).stream()
                .map(String.class::cast)
                .toList();
    }

    private Map<String, String> environment(YamlMap map) {
        Map<String, String> environment = map.plainFields();
        for (String name : environment.keySet()) {
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                problems.add(
                        map.placeOf(name),
                        "saw '" + name + "' as a variable's name, expected text without =",
                        "");
            }
        }
        return environment;
    }

    private List<Port> ports(YamlMap map, String what) {
        if (map.has("port") && map.has("ports")) {
            problems.add(
                    map.placeOf("ports"),
                    what + " has both port and ports, expected one of them",
                    "");
        }
        var ports = new ArrayList<Port>();
        Integer single = port(map, "port");
        if (single != null) {
            add(ports, new Port(map.placeOf("port"), single, single, AppProtocol.DETECT), what);
        }
        for (YamlMap entry : map.maps("ports", "a port")) {
            entry.allow("a port", List.of("port", "targetPort", "protocol"), Set.of());
            entry.require("port", "a port");
            Integer port = port(entry, "port");
            Integer target = port(entry, "targetPort");
            AppProtocol protocol = entry.word("protocol", PROTOCOLS);
            if (port != null) {
                add(
                        ports,
                        new Port(
                                entry.place(),
                                port,
                                target == null ? port : target,
                                protocol == null ? AppProtocol.DETECT : protocol),
                        what);
            }
        }
        return ports;
    }

    private void add(List<Port> ports, Port port, String what) {
        for (Port other : ports) {
            if (other.port() == port.port()) {
                problems.add(
                        port.place(),
                        "saw port " + port.port() + " twice in " + what + ", expected each once",
                        "");
                return;
            }
        }
        ports.add(port);
    }

    private @Nullable Integer port(YamlMap map, String field) {
        Integer port = map.number(field, 1, 65535);
        if (port != null && MeshPorts.isReserved(port)) {
            problems.add(
                    map.placeOf(field),
                    "saw "
                            + field
                            + " "
                            + port
                            + ", which is one of the sidecar's own (15000, 15001, 15006, 15008, 15021, 15090)",
                    "choose another port");
            return null;
        }
        return port;
    }

    private boolean label(String what, String text, Place place) {
        if (ServiceName.isLabel(text)) {
            return true;
        }
        problems.add(
                place,
                "saw '"
                        + text
                        + "' as "
                        + what
                        + ", expected 1 to 63 of a-z 0-9 -, beginning and ending with a letter or digit",
                "");
        return false;
    }
}
