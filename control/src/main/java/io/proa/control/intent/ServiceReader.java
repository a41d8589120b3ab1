package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.Port;
import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.IntentDocument.StartAfter;
import io.proa.model.AppProtocol;
import io.proa.model.InboundMode;
import io.proa.model.MeshPorts;
import io.proa.model.SentSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads one service of a `Fleet`.
final class ServiceReader {
    private static final Map<String, InboundMode> INBOUND =
            new TreeMap<>(
                    Map.of("strict", InboundMode.STRICT, "permissive", InboundMode.PERMISSIVE));
    private static final Map<String, AppProtocol> PROTOCOLS =
            new TreeMap<>(
                    Map.of(
                            "http",
                            AppProtocol.HTTP,
                            "http2",
                            AppProtocol.HTTP2,
                            "tcp",
                            AppProtocol.TCP,
                            "detect",
                            AppProtocol.DETECT));
    private static final Map<String, SentSource> SENT =
            new TreeMap<>(Map.of("v1", SentSource.V1, "v2", SentSource.V2));
    private static final Map<String, StartCondition> CONDITIONS =
            new TreeMap<>(
                    Map.of(
                            "started",
                            StartCondition.STARTED,
                            "healthy",
                            StartCondition.HEALTHY,
                            "completed",
                            StartCondition.COMPLETED));

    private final Problems problems;
    private final ProgramReader programs;
    private final LifecycleReader lifecycles;

    /// @param drain of services that say nothing of it
    ServiceReader(Problems problems, IntentSource source, Duration drain) {
        this.problems = problems;
        this.programs = new ProgramReader(problems, source);
        this.lifecycles = new LifecycleReader(problems, programs, drain);
    }

    /// @return null where it has no name to be known by
    @Nullable Service service(YamlMap map) {
        Located<String> name = map.locatedText("name");
        String what = name == null ? "a service" : "service '" + name.value() + "'";
        map.check(FleetShapes.SERVICE, what);
        boolean named =
                name != null
                        && FleetReader.isLabel(
                                "service name", name.value(), name.place(), problems);
        List<Port> ports = ports(map, what);
        Program program = programs.program(map, what);
        Lifecycle lifecycle = lifecycles.lifecycle(map, what, ports);
        HeadRules heads = heads(map.map("heads", "heads"));
        Integer replicas = map.number("replicas");
        List<Located<Publication>> published = published(map, what, ports);
        InboundMode inbound = map.word("inbound", INBOUND);
        Boolean loopback = map.flag("loopback");
        List<StartAfter> startAfter = startAfter(map);
        if (name == null || !named) {
            return null;
        }
        return new Service(
                map.place(),
                name,
                program,
                ports,
                published,
                new Located<>(replicas == null ? 1 : replicas, map.placeOf("replicas")),
                startAfter,
                inbound == null ? InboundMode.STRICT : inbound,
                loopback != null && loopback,
                lifecycle,
                heads);
    }

    private static HeadRules heads(@Nullable YamlMap map) {
        if (map == null) {
            return HeadRules.DEFAULT;
        }
        map.check(FleetShapes.HEADS);
        return new HeadRules(
                map.number("maxSize"),
                map.number("maxFields"),
                map.word("encodedSlashes", same(HeadRules.ENCODED_SLASHES)),
                map.word("dotSegments", same(HeadRules.DOT_SEGMENTS)));
    }

    private static Map<String, String> same(List<String> words) {
        var all = new TreeMap<String, String>();
        words.forEach(word -> all.put(word, word));
        return all;
    }

    private List<StartAfter> startAfter(YamlMap map) {
        var all = new ArrayList<StartAfter>();
        for (YamlMap.Entry entry : map.entries("startAfter", "an entry of startAfter")) {
            StartAfter one =
                    switch (entry) {
                        case YamlMap.Entry.Word(Located<String> word) -> new StartAfter(word, null);
                        case YamlMap.Entry.Mapping(YamlMap mapping) -> startAfterOne(mapping);
                    };
            if (one != null && isNew(one, all)) {
                all.add(one);
            }
        }
        return all;
    }

    private @Nullable StartAfter startAfterOne(YamlMap map) {
        map.check(FleetShapes.START_AFTER);
        Located<String> service = map.locatedText("service");
        StartCondition condition = map.word("condition", CONDITIONS);
        return service == null
                ? null
                : new StartAfter(
                        service,
                        condition == null
                                ? null
                                : new Located<>(condition, map.placeOf("condition")));
    }

    private boolean isNew(StartAfter one, List<StartAfter> all) {
        for (StartAfter other : all) {
            if (other.service().value().equals(one.service().value())) {
                problems.add(
                        one.service().place(),
                        "saw '"
                                + one.service().value()
                                + "' twice in startAfter, expected each once",
                        "keep the stronger condition");
                return false;
            }
        }
        return true;
    }

    /// `8080`, `"8080:80"`, or a list of them.
    private List<Located<Publication>> published(YamlMap map, String what, List<Port> ports) {
        var published = new ArrayList<Located<Publication>>();
        for (Located<String> text : map.oneOrMore("publish")) {
            Publication one = publication(text, what, ports, map.has("port") || map.has("ports"));
            if (one != null) {
                published.add(new Located<>(one, text.place()));
            }
        }
        return published;
    }

    private @Nullable Publication publication(
            Located<String> said, String what, List<Port> ports, boolean hasPort) {
        String text = said.value();
        int colon = text.indexOf(':');
        int host = portNumber(colon < 0 ? text : text.substring(0, colon));
        int service = colon < 0 ? 0 : portNumber(text.substring(colon + 1));
        if (host < 0 || service < 0) {
            problems.add(
                    said.place(),
                    "saw '"
                            + text
                            + "' as publish, expected a port such as 8080, or HOST-PORT:SERVICE-PORT such as \"8080:80\"",
                    "ports are whole numbers from 1 to 65535; they are published on 127.0.0.1 alone");
            return null;
        }
        if (ports.isEmpty()) {
            if (!hasPort) {
                problems.add(
                        said.place(), what + " is published but has no port", "add port: to it");
            }
            return new Publication(host, host, host);
        }
        for (Port port : ports) {
            if (service == 0 || port.port() == service) {
                return new Publication(host, port.port(), port.targetPort());
            }
        }
        problems.add(
                said.place(),
                "saw service port "
                        + service
                        + " in publish, expected one that "
                        + what
                        + " has: "
                        + String.join(
                                ", ",
                                ports.stream().map(port -> String.valueOf(port.port())).toList()),
                "it is written HOST-PORT:SERVICE-PORT");
        return null;
    }

    /// @return -1 for anything else
    private static int portNumber(String digits) {
        if (digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int number = Integer.parseInt(digits);
        return number >= 1 && number <= 65535 ? number : -1;
    }

    private List<Port> ports(YamlMap map, String what) {
        if (map.has("port") && map.has("ports")) {
            problems.add(
                    map.placeOf("ports"),
                    what + " has both port and ports, expected one of them",
                    "");
        }
        var ports = new ArrayList<Port>();
        Integer single = port(map, "port", problems);
        if (single != null) {
            add(
                    ports,
                    new Port(
                            map.placeOf("port"),
                            single,
                            single,
                            AppProtocol.DETECT,
                            false,
                            SentSource.NONE),
                    what);
        }
        for (YamlMap entry : map.maps("ports", "a port")) {
            entry.check(FleetShapes.SERVICE_PORT);
            Integer port = port(entry, "port", problems);
            Integer target = port(entry, "targetPort", problems);
            AppProtocol protocol = entry.word("protocol", PROTOCOLS);
            Boolean acceptProxy = entry.flag("acceptProxy");
            SentSource sendProxy = entry.word("sendProxy", SENT);
            if (sendProxy != null && protocol != null && protocol != AppProtocol.TCP
                    || sendProxy != null && !entry.has("protocol")) {
                problems.add(
                        entry.placeOf("sendProxy"),
                        "saw sendProxy on a port that is not declared protocol: tcp, expected it there",
                        "a connection that the requests of several callers share comes from none of them; add protocol: tcp");
            }
            if (port != null) {
                add(
                        ports,
                        new Port(
                                entry.place(),
                                port,
                                target == null ? port : target,
                                protocol == null ? AppProtocol.DETECT : protocol,
                                acceptProxy != null && acceptProxy,
                                sendProxy == null ? SentSource.NONE : sendProxy),
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

    static @Nullable Integer port(YamlMap map, String field, Problems problems) {
        Integer port = map.number(field);
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
}
