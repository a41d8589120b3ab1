package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import io.proa.app.UserNamespace;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Mode;
import io.proa.app.fleet.Preflight;
import io.proa.app.fleet.RunDirectory;
import io.proa.app.fleet.Teardown;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `proa up`: a fleet from a file.
@Command(
        name = "up",
        header = {"Starts a fleet from a file: each program beside its sidecar.", ""},
        description = {
            "",
            "Reads the file again when it changes. Ctrl-C ends everything in order, a",
            "second one at once; nothing is left behind."
        },
        customSynopsis = "proa up [-d] [FILE] [OPTION...]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa up fleet.yaml       in the foreground, with what the programs write",
            "  proa up -d fleet.yaml    in the background; then proa ps, logs -f, down",
            "  proa up --explicit       where namespaces are forbidden",
            "",
            "FILE is fleet.yaml when left out. Ends have codes of sysexits(3), such as 65",
            "mistakes in the file, 66 no such file, 69 a program or port that is not to be",
            "had, 77 not allowed."
        })
public final class UpVerb implements Callable<Integer> {
    private static final Path USUAL = Path.of("fleet.yaml");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "a fleet's document")
    private @Nullable Path file;

    @Option(names = "-f", paramLabel = "FILE", description = "the same, as other tools have it")
    private @Nullable Path fileOption;

    @Option(
            names = {"-d", "--detach"},
            description = "in the background: wait until all is ready, then end")
    private boolean detach;

    @Option(
            names = "--explicit",
            description = "without namespaces: programs are meshed as far as they use HTTP_PROXY")
    private boolean explicit;

    @Option(
            names = "--fleet",
            paramLabel = "NAME",
            description = "run it under this name and not the document's, beside another one")
    private @Nullable String fleet;

    @Option(
            names = "--host-service",
            paramLabel = "PORT",
            description = "let programs reach this port of the machine's loopback as host.proa")
    private List<Integer> hostServices = new ArrayList<>();

    @Option(names = "--access-log", paramLabel = "WHICH", description = AccessLogging.OPTION)
    private AccessLogging accessLog = AccessLogging.USUAL;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() {
        Map<String, String> environment = System.getenv();
        Installation installation = Installation.find(System.getProperty("io.proa.dist"));
        Fleets fleets = Fleets.of(environment);
        fleets.tellOfTheDead(System.err);
        Path document = document();
        Mode mode = explicit ? Mode.EXPLICIT : Mode.TRANSPARENT;
        PortsOption.hostServices(hostServices, mode);
        FleetPlan plan = check(document, mode, fleets, environment, fleet);
        if (detach) {
            return detached(document, plan, installation, environment);
        }
        if (mode == Mode.TRANSPARENT && UserNamespace.needed(environment)) {
            return UserNamespace.run(
                    installation, spec.commandLine().getParent().getParseResult().originalArgs());
        }
        Launcher.Order order =
                new Launcher.Order(
                        plan,
                        installation,
                        fleets,
                        FleetRunner.Variations.reaching(
                                        PortsOption.hostServices(hostServices, mode))
                                .withAccessLog(accessLog),
                        environment.getOrDefault("PATH", ""));
        return new Foreground(order, Terminal.detect(environment)).run().code();
    }

    private Path document() {
        if (file != null && fileOption != null) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "saw two files, " + file + " and " + fileOption + "; expected one",
                    "see proa up --help");
        }
        Path named = file == null ? fileOption : file;
        if (named != null) {
            return named;
        }
        if (!Files.exists(USUAL)) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "no FILE was given and there is no " + USUAL + " here; expected one of them",
                    "proa up FILE; an example is demo/fleet.yaml");
        }
        return USUAL;
    }

    /// Everything that can fail before anything is started.
    ///
    /// @param name the fleet's; null = as its document says
    static FleetPlan check(
            Path document,
            Mode mode,
            Fleets fleets,
            Map<String, String> environment,
            @Nullable String name) {
        String path = environment.getOrDefault("PATH", "");
        FleetDocument read = FleetDocument.read(List.of(document), mode);
        read.checkPrograms(path);
        FleetPlan plan =
                name == null ? read.plan() : read.plan().named(JoinOptions.fleetName(name));
        RunDirectory.check(fleets.base(), plan);
        Preflight.check(plan, path);
        return plan;
    }

    private int detached(
            Path document,
            FleetPlan plan,
            Installation installation,
            Map<String, String> environment) {
        List<String> arguments = new ArrayList<>(List.of("launcher", "--file"));
        arguments.add(document.toAbsolutePath().toString());
        arguments.addAll(List.of("--fleet", plan.name()));
        hostServices.forEach(port -> arguments.addAll(List.of("--host-service", "" + port)));
        arguments.addAll(List.of("--access-log", accessLog.word()));
        Terminal terminal = Terminal.detect(environment);
        UpStory story = new UpStory(plan, terminal, System.out, System.err);
        try {
            Background.start(installation, arguments, environment, plan.mode(), story);
        } catch (Fault fault) {
            story.failed(fault, new Teardown()); // its launcher has undone it, and ended
            return fault.exit().code();
        }
        Background.show(Fleets.of(environment), plan, spec.commandLine().getOut());
        return Sysexit.OK.code();
    }
}
