package io.proa.control.intent;

import static io.proa.control.intent.FieldType.either;
import static io.proa.control.intent.FieldType.many;
import static io.proa.control.intent.Shape.Field.optional;
import static io.proa.control.intent.Shape.Field.required;

import io.proa.control.intent.FieldType.Flag;
import io.proa.control.intent.FieldType.Many;
import io.proa.control.intent.FieldType.Part;
import io.proa.control.intent.FieldType.Plain;
import io.proa.control.intent.FieldType.Plains;
import io.proa.control.intent.FieldType.Text;
import io.proa.control.intent.FieldType.Time;
import io.proa.control.intent.FieldType.Whole;
import io.proa.control.intent.FieldType.Word;
import java.util.List;

/// The fields of a `Fleet`.
final class FleetShapes {
    static final FieldType LABEL =
            new Text("1 to 63 of a-z 0-9 -", "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    static final FieldType PORT = new Whole(1, 65535);

    private static final FieldType COMMAND =
            either(new Text("one line", ""), new Many(new Plain("text"), 1));
    private static final FieldType PUBLICATION =
            either(PORT, new Text("HOST-PORT:SERVICE-PORT", "[0-9]{1,5}:[0-9]{1,5}"));

    static final Shape HTTP_PROBE =
            Shape.of(
                    "HttpProbe",
                    "an http check",
                    required("path", new Text("a path that begins with /", "/.*"), "What to GET."),
                    optional(
                            "port",
                            PORT,
                            "the service's first port",
                            "Where the application listens."));
    static final Shape TCP_PROBE =
            Shape.of(
                    "TcpProbe",
                    "a tcp check",
                    optional(
                            "port",
                            PORT,
                            "the service's first port",
                            "Where the application listens."));
    static final Shape HEALTH_CHECK =
            Shape.of(
                    "HealthCheck",
                    "a healthCheck",
                    optional(
                            "http",
                            new Part(HTTP_PROBE),
                            "",
                            "Healthy while a GET is answered 200 to 399. One of http, tcp and command."),
                    optional(
                            "tcp",
                            new Part(TCP_PROBE),
                            "",
                            "Healthy while connections are accepted; tcp: {} for the service's first port."),
                    optional(
                            "command",
                            COMMAND,
                            "",
                            "Healthy while this ends with exit code 0; run beside the application, with its folder and environment."),
                    optional(
                            "interval",
                            Time.from("100ms", "1h"),
                            "2s",
                            "From the end of one check to the next."),
                    optional(
                            "timeout",
                            Time.from("10ms", "1h"),
                            "1s",
                            "A check that takes longer has failed."),
                    optional(
                            "failures",
                            new Whole(1, 100),
                            "3",
                            "So many failed checks in a row make it unhealthy."),
                    optional(
                            "startWithin",
                            Time.from("1s", "1h"),
                            "30s",
                            "How long it may take, from its start, to listen on its port and to the first check that succeeds. Without a healthCheck it has 30s to listen."));
    static final Shape START_AFTER =
            Shape.of(
                    "StartAfter",
                    "an entry of startAfter",
                    required("service", LABEL, "The other service."),
                    optional(
                            "condition",
                            new Word(List.of("started", "healthy", "completed")),
                            "healthy where it has a healthCheck or a port, else completed, or started with restart: Always",
                            "What must be true of the other: its process runs; its health check succeeds, or without one it listens; it ended with exit code 0."));
    static final Shape SERVICE_PORT =
            Shape.of(
                    "ServicePort",
                    "a port",
                    required("port", PORT, "The port that others call."),
                    optional("targetPort", PORT, "port", "Where the application listens."),
                    optional(
                            "protocol",
                            new Word(List.of("detect", "http", "http2", "tcp")),
                            "detect",
                            "What is spoken there; detect: the client's first bytes decide."),
                    optional(
                            "acceptProxy",
                            new Flag(),
                            "false",
                            "true where connections from outside the mesh begin with a header of the PROXY protocol; those without are refused."),
                    optional(
                            "sendProxy",
                            new Word(List.of("v1", "v2")),
                            "nothing is sent",
                            "Tells the application by the PROXY protocol where each connection comes from; with protocol: tcp."));
    static final Shape HEADS =
            Shape.of(
                    "Heads",
                    "heads",
                    optional(
                            "maxSize",
                            new Whole(HeadRules.LEAST_SIZE, HeadRules.LARGEST_SIZE),
                            "61440",
                            "Bytes; what is larger is answered 431."),
                    optional(
                            "maxFields",
                            new Whole(HeadRules.FEWEST_FIELDS, HeadRules.MOST_FIELDS),
                            "128",
                            "Header lines; more are answered 431."),
                    optional(
                            "encodedSlashes",
                            new Word(HeadRules.ENCODED_SLASHES),
                            "keep",
                            "What %2F and %5C in a path are to rules: a part of a name, a slash, or a reason to answer 400."),
                    optional(
                            "dotSegments",
                            new Word(HeadRules.DOT_SEGMENTS),
                            "resolve",
                            "Whether rules see where . and .. in a path lead, or such a path is answered 400."));
    static final Shape SERVICE =
            Shape.of(
                    "Service",
                    "a service",
                    required("name", LABEL, "What others call it by."),
                    required(
                            "command",
                            COMMAND,
                            "Program and arguments. One line is split at blanks, or given to /bin/sh where it means something to a shell."),
                    optional(
                            "cwd",
                            new Text("a folder, relative to this file", ""),
                            "this file's folder",
                            "Where the command is run."),
                    optional(
                            "env",
                            new Plains("names and values"),
                            "",
                            "Environment variables; they stand above envFrom."),
                    optional(
                            "envFrom",
                            many(new Text("a file, relative to this file", "")),
                            "",
                            "Files of NAME=VALUE lines; a later one stands above an earlier one. Read once, at the start."),
                    optional(
                            "user",
                            either(
                                    new Whole(0, Integer.MAX_VALUE),
                                    new Text(
                                            "a user's name, or uid:gid",
                                            "[a-z_][a-z0-9_-]{0,31}|[0-9]{1,10}(:[0-9]{1,10})?")),
                            "whoever starts the fleet",
                            "Whom the command is run as; only root can start a fleet that says this."),
                    optional(
                            "port",
                            PORT,
                            "none: it only calls others",
                            "Where it listens; the short form of ports."),
                    optional(
                            "ports",
                            many(new Part(SERVICE_PORT)),
                            "",
                            "All ports, where there are several or one needs more words."),
                    optional(
                            "publish",
                            either(PUBLICATION, many(PUBLICATION)),
                            "",
                            "Ports of this machine's loopback that lead to the service: 8080 to its first port, \"8080:80\" to its port 80. Connections go to its replicas in turn, past those that do not run, listen or pass their healthCheck."),
                    optional("replicas", new Whole(1, 100), "1", "How many pods run it."),
                    optional(
                            "startAfter",
                            many(either(LABEL, new Part(START_AFTER))),
                            "",
                            "Services that must be ready, or done, before this one is started."),
                    optional(
                            "healthCheck",
                            new Part(HEALTH_CHECK),
                            "well while it runs, ready when it listens",
                            "How to tell that it works."),
                    optional(
                            "restart",
                            new Word(List.of("Always", "Never", "OnFailure")),
                            "OnFailure",
                            "Whether it is started again after it has ended, with growing pauses."),
                    optional(
                            "drain",
                            Time.from("0s", "1h"),
                            "the spec's drain",
                            "How long its requests under way, then it itself, have to finish once it is to end."),
                    optional(
                            "heads",
                            new Part(HEADS),
                            "",
                            "What its sidecars take for a request's head, of callers and of its own calls."),
                    optional(
                            "inbound",
                            new Word(List.of("permissive", "strict")),
                            "strict",
                            "strict refuses what comes from outside the mesh, permissive passes it."),
                    optional(
                            "loopback",
                            new Flag(),
                            "false",
                            "true where the application listens on its loopback only."));
    static final Shape FLEET_SPEC =
            Shape.of(
                    "FleetSpec",
                    "a Fleet's spec",
                    optional(
                            "trustDomain",
                            new Text("1 to 255 of a-z 0-9 . - _", "[a-z0-9._-]{1,255}"),
                            "proa.local",
                            "The first part of every identity; the same in all documents of a fleet."),
                    optional(
                            "namespace",
                            LABEL,
                            "default",
                            "What the services are in, a part of their identities; the same in all documents of a fleet."),
                    optional(
                            "drain",
                            Time.from("0s", "1h"),
                            "10s",
                            "The drain of services of this document that say nothing of it."),
                    required("services", many(new Part(SERVICE)), "What to run; may be empty."));

    private FleetShapes() {}
}
