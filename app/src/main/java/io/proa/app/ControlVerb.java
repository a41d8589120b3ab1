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

/// `proa control`: the control plane of one fleet, in a process of its own.
@Command(
        name = "control",
        description = {
            "Runs the control plane of one fleet: reads its documents, and gives each sidecar its snapshot and its identity.",
            "proa demo starts one by itself; this is for images and experiments."
        },
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa control --intent fleet.yaml --socket /run/proa/control.sock \\",
            "               --state /var/lib/proa",
            "",
            "With --operator, lines on standard input are commands (token POD, status, stop)",
            "and each is answered by one line; it ends with its input."
        })
final class ControlVerb implements Callable<Integer> {
    @Option(
            names = "--intent",
            paramLabel = "PATH",
            required = true,
            description = "a fleet's documents: a file, or a folder of .yaml files; repeatable")
    private List<Path> intent = new ArrayList<>();

    @Option(
            names = "--socket",
            paramLabel = "SOCKET",
            required = true,
            description = "Unix socket where sidecars find it")
    private @Nullable Path socket;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            required = true,
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

    @Option(names = "--operator", description = "obey commands on standard input")
    private boolean operator;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() {
        if (socket == null || state == null) {
            throw new IllegalStateException("picocli demands both");
        }
        ControlSettings settings =
                ControlSettings.of(intent, socket, state)
                        .withTrustDomain(trustDomain)
                        .withCertificateLifetime(certificateLifetime);
        return ControlPlane.run(
                operator ? settings.withOperator() : settings, System.in, System.out, System.err);
    }

    /// Durations are written as in the documents.
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return DurationText.parse(text);
        }
    }
}
