package io.proa.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `proa version`.
@Command(
        name = "version",
        header = {"Prints the versions of Proa, Java and the system.", ""},
        customSynopsis = "proa version [-o FORMAT]",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  proa version", "  proa version -o json"})
final class VersionVerb implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or json (default: ${DEFAULT-VALUE})")
    private OutputFormat output = OutputFormat.text;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        String java = Runtime.version().toString();
        String system =
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + System.getProperty("os.arch");
        String text =
                switch (output) {
                    case text ->
                            "proa "
                                    + Proa.Version.number()
                                    + "\njava "
                                    + java
                                    + "\nsystem "
                                    + system;
                    case json ->
                            "{\"proa\":\"%s\",\"java\":\"%s\",\"system\":\"%s\"}"
                                    .formatted(Proa.Version.number(), java, system);
                };
        spec.commandLine().getOut().println(text);
        return Sysexit.OK.code();
    }
}
