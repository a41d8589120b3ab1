package io.proa.app.demo;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.OutputFormat;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import io.proa.app.UserNamespace;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.launcher.Fleets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `proa demo`: flags to [DemoSettings], nothing else.
@Command(
        name = "demo",
        header = {"Runs four services in four languages, each beside a sidecar.", ""},
        description = {
            "",
            "Shows what the sidecars do: mutual TLS, retries and metrics for programs that",
            "have no such code of their own. Nothing is left behind when it ends."
        },
        customSynopsis = "proa demo [--once [--seconds N] [-o FORMAT]] [OPTION...]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa demo                    a live table, until Ctrl-C",
            "  proa demo --once -o json     20 s, then one JSON object",
            "  proa demo --load 0           only your own requests",
            "  proa demo -f my-fleet.yaml   your own services; one of them has publish: PORT",
            "  proa demo --port 9090        the front page at http://127.0.0.1:9090/",
            "",
            "--once exits with 0 when every edge was encrypted, the applications saw at",
            "least 99.5 %% of their requests succeed, and fewer really did; else with 1.",
            "Other ends have codes of sysexits(3), such as 64 wrong flags, 65 mistakes in a",
            "document, 66 no such file, 69 port in use or program missing, 77 not allowed."
        })
public final class DemoVerb implements Callable<Integer> {
    private static final int MOST_LOAD = 1000;
    private static final int DEFAULT_SECONDS = 20;
    private static final int LONGEST_SECONDS = 3600;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--once", description = "run for a bounded time, then report and end")
    private boolean once;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or json (default: text; json needs --once)")
    private OutputFormat output = OutputFormat.text;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "how long --once runs, 1 to 3600 (default: 20)")
    private @Nullable Integer seconds;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "port of 127.0.0.1 for the front page (default: 8080, as its document says)")
    private @Nullable Integer port;

    @Option(
            names = "--load",
            paramLabel = "RPS",
            defaultValue = "50",
            description =
                    "requests a second that the demo itself sends, 0 to 1000 (default: ${DEFAULT-VALUE})")
    private int load;

    @Option(
            names = {"-f", "--fleet"},
            paramLabel = "FILE",
            description = "a fleet's document, instead of the demo's own")
    private @Nullable Path fleet;

    @Option(names = "--access-log", paramLabel = "WHICH", description = AccessLogging.OPTION)
    private AccessLogging accessLog = AccessLogging.USUAL;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() {
        DemoSettings settings = settings();
        Installation installation = Installation.find(System.getProperty("io.proa.dist"));
        Map<String, String> environment = System.getenv();
        Demo demo = new Demo(settings, installation, Terminal.detect(environment), environment);
        Fleets.of(environment).tellOfTheDead(System.err);
        FleetPlan plan = demo.check();
        if (UserNamespace.needed(environment)) {
            return UserNamespace.run(
                    installation, spec.commandLine().getParent().getParseResult().originalArgs());
        }
        return demo.run(plan).code();
    }

    private DemoSettings settings() {
        if (output == OutputFormat.json && !once) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "-o json was given without --once; expected both or neither",
                    "proa demo --once -o json");
        }
        if (seconds != null && !once) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "--seconds was given without --once; expected both or neither",
                    "proa demo --once --seconds " + seconds);
        }
        int duration = seconds == null ? DEFAULT_SECONDS : seconds;
        within("--seconds", duration, 1, LONGEST_SECONDS);
        within("--load", load, once ? 1 : 0, MOST_LOAD);
        if (port != null) {
            within("--port", port, 1, 65535);
        }
        return new DemoSettings(
                once,
                output,
                Duration.ofSeconds(duration),
                port == null ? 0 : port,
                load,
                fleet,
                accessLog);
    }

    private static void within(String option, int seen, int least, int most) {
        if (seen < least || seen > most) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "option '" + option + "': saw " + seen + ", expected " + least + " to " + most,
                    "see proa demo --help");
        }
    }
}
