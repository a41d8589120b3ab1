package io.proa.app;

import io.proa.app.demo.DemoVerb;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: one verb, its flags, an exit code of [Sysexit].
@Command(
        name = "proa",
        description =
                "A sidecar for each of your programs: retries, mutual TLS and metrics, without touching their code.",
        versionProvider = Proa.Version.class,
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            DemoVerb.class,
            ControlVerb.class,
            SidecarVerb.class,
            RedirectVerb.class,
            VersionVerb.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa demo                  four services in four languages",
            "  proa demo --once -o json   the same for 20 s, as one JSON object",
            "  proa help demo             what a verb does, and its flags"
        })
public final class Proa implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
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
            line.setParameterExceptionHandler((problem, _) -> misused(problem, err));
            line.setExecutionExceptionHandler((problem, _, _) -> failed(problem, err));
            return line.execute(args);
        } catch (Fault fault) {
            fault.print(err);
            return fault.exit().code();
        }
    }

    private static int misused(ParameterException problem, PrintStream err) {
        CommandSpec verb = problem.getCommandLine().getCommandSpec();
        String next = "see " + verb.qualifiedName() + " --help";
        Fault.of(Sysexit.USAGE, sentence(problem), next).print(err);
        return Sysexit.USAGE.code();
    }

    private static String sentence(ParameterException problem) {
        if (problem instanceof UnmatchedArgumentException unmatched) {
            String seen = unmatched.getUnmatched().getFirst();
            boolean verb = !seen.startsWith("-") && problem.getCommandLine().getParent() == null;
            String close = String.join(", ", unmatched.getSuggestions());
            String kind =
                    verb
                            ? "'" + seen + "' is not a verb"
                            : unmatched.isUnknownOption()
                                    ? "unknown option '" + seen + "'"
                                    : "'" + seen + "' is not expected here";
            return close.isEmpty() ? kind : kind + "; did you mean: " + close + "?";
        }
        String message = String.valueOf(problem.getMessage());
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
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
        return List.copyOf(spec.subcommands().keySet());
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
