package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `proa logs`.
@Command(
        name = "logs",
        header = {"Prints what the programs of a fleet have written.", ""},
        customSynopsis = "proa logs [-f] [-n LINES] [--sidecar] [--fleet NAME] [NAME...]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa logs -f                follow all programs",
            "  proa logs -n 20 orders      the last lines of one service",
            "  proa logs --sidecar orders  what its sidecar says: how it came up, what",
            "                              failed (what went well is only counted,",
            "                              unless --access-log all was said)",
            "",
            "A program of proa run or proa attach writes where it was started instead."
        })
public final class LogsVerb implements Callable<Integer> {
    private static final Duration STEP = Duration.ofMillis(150);
    private static final int LOOKS_PER_QUESTION = 7;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "services or pods; all when left out")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-f", "--follow"},
            description = "go on with what is written from now on")
    private boolean follow;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "LINES",
            description = "begin with the last LINES of each (default: all)")
    private int tail = Integer.MAX_VALUE;

    @Option(names = "--sidecar", description = "what the sidecars write, not the programs")
    private boolean sidecar;

    @Option(names = "--fleet", paramLabel = "NAME", description = "the fleet to look at")
    private @Nullable String fleet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    private final Set<String> told = new HashSet<>();

    @Override
    public Integer call() throws InterruptedException {
        if (tail < 0) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "option '--tail': saw " + tail + ", expected 0 or more",
                    "see proa logs --help");
        }
        Map<String, String> environment = System.getenv();
        Fleets fleets = Fleets.of(environment);
        fleets.tellOfTheDead(System.err);
        String name = fleets.chosen(fleet);
        LogPrefix prefix = new LogPrefix(Terminal.detect(environment));
        PrintStream out = System.out;
        LogFollower follower = new LogFollower((pod, line) -> out.println(prefix.line(pod, line)));
        try {
            choose(fleets.client(name), follower, prefix);
            follower.look();
            if (follow) {
                follow(fleets, name, follower, prefix);
            }
        } catch (IOException e) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "the logs of fleet '" + name + "' cannot be read: " + e.getMessage(),
                    "it may be ending; see proa ps");
        }
        follower.finish();
        return Sysexit.OK.code();
    }

    /// Until the fleet ends or the reader has gone.
    private void follow(Fleets fleets, String name, LogFollower follower, LogPrefix prefix)
            throws InterruptedException {
        int looks = 0;
        boolean seen = true;
        while (seen && fleets.isRunning(name)) {
            Thread.sleep(STEP);
            try {
                if (++looks % LOOKS_PER_QUESTION == 0) {
                    choose(fleets.client(name), follower, prefix);
                }
                follower.look();
            } catch (IOException _) {
                // A fleet that ends stops answering first; its programs write on.
            }
            seen = !System.out.checkError();
        }
        if (seen) {
            System.err.println("proa: fleet '" + name + "' has ended");
        }
    }

    private void choose(LauncherClient launcher, LogFollower follower, LogPrefix prefix)
            throws IOException {
        JsonNode report = launcher.get("/logs");
        List<String> known = new ArrayList<>();
        List<String> unseen = new ArrayList<>(names);
        for (JsonNode pod : report.path("pods")) {
            String itself = pod.path("pod").asString();
            String service = pod.path("service").asString();
            known.add(itself);
            boolean wanted = names.isEmpty() || names.contains(itself) || names.contains(service);
            unseen.remove(itself);
            unseen.remove(service);
            if (wanted) {
                take(pod, follower, prefix);
            }
        }
        if (!unseen.isEmpty() && !follow) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "saw '"
                            + unseen.getFirst()
                            + "', expected a service or pod of the fleet"
                            + (known.isEmpty() ? "" : " (" + String.join(", ", known) + ")"),
                    "see proa ps");
        }
    }

    private void take(JsonNode pod, LogFollower follower, LogPrefix prefix) throws IOException {
        String name = pod.path("pod").asString();
        if (!sidecar && pod.path("terminal").asBoolean(false)) {
            if (told.add(name)) {
                System.err.println("proa: " + name + " writes where it was started, not here");
            }
            return;
        }
        prefix.expect(List.of(name));
        follower.follow(name, Path.of(pod.path(sidecar ? "sidecar" : "app").asString()), tail);
    }
}
