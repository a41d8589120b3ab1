package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Joining;
import io.proa.app.fleet.Mode;
import io.proa.app.fleet.ProxyVariables;
import io.proa.host.LoopbackPod;
import io.proa.host.ProcessImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `proa run`: one program beside a sidecar. This process asks the fleet's launcher for a pod and
/// then becomes the program, on the same terminal and with the same process number.
@Command(
        name = "run",
        header = {"Runs a program of yours beside a sidecar.", ""},
        description = {
            "",
            "The program joins the others that run so: by name they reach each other, over",
            "mutual TLS. Terminal, signals and exit code are the program's own."
        },
        customSynopsis = "proa run [OPTION...] [--] COMMAND [ARGUMENT...]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa run --name web --port 8080 -- python3 -m http.server 8080",
            "  proa run -- curl http://web:8080/       as another program, elsewhere",
            "  proa run --port 80:8080 --publish 9090 -- ./server",
            "                                          others say web:80, a browser",
            "                                          127.0.0.1:9090",
            "  proa run --explicit -- curl http://web:8080/",
            "                                          where namespaces are forbidden",
            "",
            "Ends as the program ends; with 127 when there is no such program, 126 when it",
            "cannot be run, and a code of sysexits(3) when there could be no pod for it."
        })
public final class RunVerb implements Callable<Integer> {
    private static final Path SHELL = Path.of("/bin/sh");

    @Mixin private JoinOptions join = new JoinOptions();

    @Option(
            names = "--publish",
            paramLabel = "H[:P]",
            description = "port of 127.0.0.1 that leads to it (to its port P); repeatable")
    private List<String> publish = new ArrayList<>();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "K=V",
            description = "a variable for its environment; repeatable")
    private List<String> env = new ArrayList<>();

    @Option(
            names = "--host-service",
            paramLabel = "PORT",
            description =
                    "let it reach this port of the machine's loopback as host.proa; to be said of the"
                            + " fleet's first program, and holds for all of its programs")
    private List<Integer> hostServices = new ArrayList<>();

    @Option(
            names = "--explicit",
            description = "without namespaces: it is meshed as far as it uses HTTP_PROXY")
    private boolean explicit;

    @Option(
            names = {"-q", "--quiet"},
            description = "no word about the sidecar")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "program and arguments")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() {
        Map<String, String> environment = System.getenv();
        JoinRequest request = request();
        String fleet = join.fleet();
        int lookup =
                CommandLookup.look(
                        command.getFirst(), variable("PATH", environment.getOrDefault("PATH", "")));
        if (lookup != 0) {
            System.err.println(
                    "proa: "
                            + command.getFirst()
                            + (lookup == CommandLookup.NOT_FOUND
                                    ? ": no such program in PATH or at that path"
                                    : ": it is there but may not be run")
                            + "; nothing has been started");
            return lookup;
        }
        Fleets fleets = Fleets.of(environment);
        fleets.tellOfTheDead(System.err);
        Installation installation = Installation.find(System.getProperty("io.proa.dist"));
        // Elsewhere one line is enough: who keeps what programs write wants to know where they
        // were.
        boolean talking = !quiet && Terminal.isTerminal(2);
        if (!quiet && !request.mode().caution().isEmpty()) {
            System.err.println("proa: " + request.mode().caution());
        }
        JsonNode place =
                new LocalFleet(fleets, fleet, installation, environment, talking).join(request);
        String hint = RunHint.of(place, request);
        if (!quiet && RunHint.isForNow(request)) {
            System.err.println("proa: " + hint);
        }
        become(place, RunHint.isForLater(request, talking) ? hint : "");
        return Sysexit.OS.code();
    }

    private JoinRequest request() {
        if (command.isEmpty()) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "no command was given; expected a program and its arguments",
                    "proa run -- COMMAND; see proa run --help");
        }
        for (String pair : env) {
            if (pair.indexOf('=') <= 0) {
                throw Fault.of(
                        Sysexit.USAGE,
                        "option '--env': saw '" + pair + "', expected NAME=VALUE",
                        "see proa run --help");
            }
        }
        Mode mode = explicit ? Mode.EXPLICIT : Mode.TRANSPARENT;
        List<Joining.Port> its = join.ports();
        List<FleetPlan.PublishedPort> published = PortsOption.published(publish, its);
        return new JoinRequest(
                new Joining(
                        join.name(command.getFirst()),
                        join.isNamed(),
                        command,
                        Path.of("").toAbsolutePath(),
                        its,
                        published,
                        join.accessLog(),
                        ProcessHandle.current().pid(),
                        0),
                List.copyOf(PortsOption.hostServices(hostServices, mode)),
                mode);
    }

    private String variable(String wanted, String otherwise) {
        String value = otherwise;
        for (String pair : env) {
            if (pair.startsWith(wanted + "=")) {
                value = pair.substring(wanted.length() + 1);
            }
        }
        return value;
    }

    /// Does not return where it succeeds.
    ///
    /// @param later what is to be said when the program has stayed for a second; empty = nothing
    private void become(JsonNode place, String later) {
        try {
            List<byte[]> arguments = new ArrayList<>();
            place.path("entrance").forEach(word -> arguments.add(bytes(word.asString())));
            arguments.addAll(RawProcess.lastArguments(command.size()));
            List<byte[]> environment = environment(place);
            if (!later.isEmpty()) {
                environment.add(bytes(RunHint.LATER + "=" + later));
            }
            ProcessImage.replace(
                    SHELL, arguments, environment, given(System.getProperty("io.proa.given", "")));
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, "cannot become the program: " + e.getMessage(), "");
        }
    }

    /// The user's own, with `--env`, and `PORT` for programs that ask for it. What the start script
    /// has added is left out.
    private List<byte[]> environment(JsonNode place) throws IOException {
        Map<String, String> added = added(place);
        List<String> without = new ArrayList<>(List.of("PROA_FOUND_JAVA_HOME", RunHint.LATER));
        without.addAll(added.keySet());
        env.forEach(pair -> without.add(pair.substring(0, pair.indexOf('='))));
        List<byte[]> environment = RawProcess.environment(without);
        added.forEach((name, value) -> environment.add(bytes(name + "=" + value)));
        env.forEach(pair -> environment.add(bytes(pair)));
        List<Joining.Port> its = join.ports();
        if (!its.isEmpty() && variable("PORT", "").isEmpty() && System.getenv("PORT") == null) {
            environment.add(bytes("PORT=" + its.getFirst().target()));
        }
        return environment;
    }

    /// What a program in explicit mode is to know; what its user has said by `--env` is left out.
    private Map<String, String> added(JsonNode place) {
        Map<String, String> added = new HashMap<>();
        String proxy = place.path("proxy").asString("");
        if (!proxy.isEmpty()) {
            added.putAll(ProxyVariables.of(proxy, System.getenv()));
            added.put(LoopbackPod.MARK, place.path("mark").asString());
        }
        env.forEach(pair -> added.remove(pair.substring(0, pair.indexOf('='))));
        return added;
    }

    /// Descriptors with which this process was started, as its start script has noted them.
    static Set<Integer> given(String list) {
        Set<Integer> given = new HashSet<>();
        for (String number : list.split(",", -1)) {
            if (!number.isEmpty()) {
                given.add(Integer.valueOf(number));
            }
        }
        return given;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
