package io.proa.app;

import io.proa.app.demo.DemoVerb;
import io.proa.app.launcher.AttachVerb;
import io.proa.app.launcher.DownVerb;
import io.proa.app.launcher.ExplainVerb;
import io.proa.app.launcher.LauncherVerb;
import io.proa.app.launcher.LogsVerb;
import io.proa.app.launcher.PsVerb;
import io.proa.app.launcher.RunVerb;
import io.proa.app.launcher.UpVerb;
import io.proa.host.RedirectCommand;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line: one verb, its flags, an exit code of [Sysexit].
@Command(
        name = "proa",
        header = {
            "A sidecar for each of your programs: retries, mutual TLS and metrics,",
            "without touching their code.",
            ""
        },
        versionProvider = Proa.Version.class,
        usageHelpAutoWidth = true,
        sortOptions = false,
        customSynopsis = "proa VERB [OPTION...]",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nVerbs:%n",
        subcommands = {
            DemoVerb.class,
            RunVerb.class,
            AttachVerb.class,
            UpVerb.class,
            PsVerb.class,
            ExplainVerb.class,
            LogsVerb.class,
            DownVerb.class,
            ValidateVerb.class,
            LauncherVerb.class,
            ControlVerb.class,
            SidecarVerb.class,
            RedirectVerb.class,
            VersionVerb.class,
            HelpVerb.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa demo                  four services in four languages",
            "  proa demo --once -o json   the same for 20 s, as one JSON object",
            "  proa run -- COMMAND        one program of yours beside a sidecar",
            "  proa up fleet.yaml         your own programs, each beside a sidecar",
            "  proa validate fleet.yaml   all that is wrong with a fleet's documents",
            "  proa ps                    what runs",
            "  proa explain orders:80     what becomes of a connection there",
            "  proa redirect print        the rules that bring connections to a sidecar",
            "  proa help demo             what a verb does, and its flags"
        })
public final class Proa implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "print the version")
    boolean version; // likewise

    public static void main(String[] args) {
        System.exit(afterOutput(run(args, System.out, System.err), System.out, System.err));
    }

    /// @return the exit code
    static int run(String[] args, PrintStream out, PrintStream err) {
        try {
            if (args.length > 0 && args[0].equals("redirect")) {
                // Its flags are read by the room that does the work; it is part of each pod's start
                // and should be short.
                return RedirectCommand.run(Arrays.copyOfRange(args, 1, args.length), out, err);
            }
            CommandLine line = new CommandLine(new Proa());
            line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
            line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
            line.setExpandAtFiles(false);
            CommandLine run = line.getSubcommands().get("run");
            if (run != null) {
                run.setStopAtPositional(true); // the rest is the program's
            }
            Misuse.explainValues(line);
            line.setParameterExceptionHandler((problem, _) -> misused(problem, err));
            line.setExecutionExceptionHandler((problem, _, _) -> failed(problem, err));
            return line.execute(args);
        } catch (Fault fault) {
            fault.print(err);
            return fault.exit().code();
        }
    }

    private static int misused(ParameterException problem, PrintStream err) {
        String verb = problem.getCommandLine().getCommandSpec().qualifiedName();
        Fault.of(Sysexit.USAGE, Misuse.sentence(problem), "see " + verb + " --help").print(err);
        return Sysexit.USAGE.code();
    }

    /// What was printed but could not be written: whoever reads only the exit code must not take
    /// half an answer for a whole one. A reader that has gone (`| head`) needs no sentence.
    private static int afterOutput(int code, PrintStream out, PrintStream err) {
        if (!out.checkError() || code != Sysexit.OK.code()) {
            return code;
        }
        if (!Terminal.outputIsPipe()) {
            Fault.of(
                            Sysexit.IO,
                            "standard output cannot be written to; expected room and an open file",
                            "")
                    .print(err);
        }
        return Sysexit.IO.code();
    }

    private static int failed(Exception problem, PrintStream err) {
        if (problem instanceof Fault fault) {
            fault.print(err);
            return fault.exit().code();
        }
        err.println("proa: this is a mistake of Proa itself; please report it with what follows");
        problem.printStackTrace(err);
        return Sysexit.SOFTWARE.code();
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "no verb was given; expected one of " + String.join(", ", verbs()));
    }

    private List<String> verbs() {
        return Misuse.verbs(spec.commandLine());
    }

    /// From the jar's manifest; `development` when run from class files.
    static final class Version implements IVersionProvider {
        static String number() {
            String version = Proa.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"proa " + number()};
        }
    }
}
