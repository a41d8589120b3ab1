package io.proa.app;

import io.proa.control.ControlPlane;
import io.proa.control.ControlSettings;
import io.proa.wire.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `proa control`: the control plane of one fleet, in a process of its own.
@Command(
        name = "control",
        header = {"Runs a fleet's control plane: identities and snapshots.", ""},
        description = {
            "",
            "Reads a fleet's documents, and gives each sidecar its identity and its",
            "snapshot; reads them again when they change. proa demo starts one by itself:",
            "this verb is for images and experiments."
        },
        customSynopsis = "proa control --intent PATH... --socket SOCKET --state DIR [OPTION...]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa control --intent fleet.yaml --socket /run/proa/control.sock \\",
            "               --state /var/lib/proa",
            "  proa control --intent fleet/ --socket c.sock --state state --operator",
            "",
            "With --operator, lines on standard input are commands (token POD, reload, fleet,",
            "status, stop) and each is answered by one line; it ends with its input."
        })
final class ControlVerb implements Callable<Integer> {
    @Option(
            names = "--intent",
            paramLabel = "PATH",
            description = "a fleet's documents: a file, or a folder of .yaml files; repeatable")
    private List<Path> intent = new ArrayList<>();

    @Option(
            names = "--socket",
            paramLabel = "SOCKET",
            description = "Unix socket where sidecars find it")
    private @Nullable Path socket;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "keeps the authority's keys, addresses and revision")
    private @Nullable Path state;

    @Option(
            names = "--trust-domain",
            paramLabel = "NAME",
            description = "what the fleet's must be (default: what its document says)")
    private @Nullable String trustDomain;

    @Option(
            names = "--certificate-lifetime",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "5s to 168h; renewed at half of it (default: 1h)")
    private Duration certificateLifetime = ControlSettings.DEFAULT_CERTIFICATE_LIFETIME;

    @Option(
            names = "--explicit",
            description = "pods have no network of their own: all share the loopback")
    private boolean explicit;

    @Option(names = "--operator", description = "obey commands on standard input")
    private boolean operator;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() {
        if (intent.isEmpty() || socket == null || state == null) {
            throw missing();
        }
        ControlSettings settings =
                ControlSettings.of(intent, socket, state)
                        .withTrustDomain(trustDomain)
                        .withCertificateLifetime(certificateLifetime);
        if (explicit) {
            settings = settings.withSharedLoopback();
        }
        return ControlPlane.run(
                operator ? settings.withOperator() : settings, System.in, System.out, System.err);
    }

    /// Not left to picocli, which would say this before it says that a flag is misspelt.
    private Fault missing() {
        List<String> flags = new ArrayList<>();
        if (intent.isEmpty()) {
            flags.add("--intent PATH");
        }
        if (socket == null) {
            flags.add("--socket SOCKET");
        }
        if (state == null) {
            flags.add("--state DIR");
        }
        return Fault.of(
                Sysexit.USAGE,
                "saw no " + String.join(" and no ", flags) + "; expected all of them",
                "see proa control --help");
    }

    /// Durations are written as in the documents.
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return DurationText.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
