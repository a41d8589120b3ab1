package io.proa.app;

import io.proa.host.RedirectCommand;
import io.proa.sidecar.SidecarMain;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `proa help [VERB]`: the same text as `proa VERB --help`, also of the verbs that read their flags
/// themselves.
@Command(
        name = "help",
        header = {"Says what a verb does, and its flags.", ""},
        customSynopsis = "proa help [VERB]",
        footerHeading = "%nExamples:%n",
        footer = {"  proa help", "  proa help redirect"})
final class HelpVerb implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "VERB",
            description = "what to explain; all of Proa when left out")
    private @Nullable String verb;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() {
        CommandLine proa = spec.commandLine().getParent();
        PrintWriter out = proa.getOut();
        if (verb == null) {
            proa.usage(out);
        } else if (verb.equals("redirect")) {
            out.print(RedirectCommand.help());
        } else if (verb.equals("sidecar")) {
            out.print(SidecarMain.help());
        } else {
            CommandLine asked = proa.getSubcommands().get(verb);
            if (asked == null) {
                throw Fault.of(
                        Sysexit.USAGE,
                        Misuse.unknownVerb(verb, Misuse.verbs(proa)),
                        "see proa --help");
            }
            asked.usage(out);
        }
        out.flush();
        return Sysexit.OK.code();
    }
}
