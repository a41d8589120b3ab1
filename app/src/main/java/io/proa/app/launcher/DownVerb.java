package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `proa down`.
@Command(
        name = "down",
        header = {"Ends a fleet, or some of its programs, in order.", ""},
        customSynopsis = "proa down [NAME...] [--fleet NAME | --all]",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  proa down               the fleet that runs, all of it",
            "  proa down orders        one service of it",
            "  proa down --all         all fleets of yours"
        })
public final class DownVerb implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration STEP = Duration.ofMillis(50);

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "services or pods; the whole fleet when left out")
    private List<String> names = new ArrayList<>();

    @Option(names = "--fleet", paramLabel = "NAME", description = "the fleet to end")
    private @Nullable String fleet;

    @Option(names = "--all", description = "all fleets of yours")
    private boolean all;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help; // picocli itself looks at it

    @Override
    public Integer call() throws InterruptedException {
        Fleets fleets = Fleets.of(System.getenv());
        fleets.tellOfTheDead(System.err);
        List<String> chosen =
                all && names.isEmpty() ? fleets.running() : List.of(fleets.chosen(fleet));
        if (chosen.isEmpty()) {
            fleets.chosen(null); // says that there is none
        }
        try {
            for (String name : chosen) {
                if (names.isEmpty()) {
                    end(fleets, name);
                } else {
                    endPods(fleets.client(name));
                }
            }
        } catch (IOException e) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "the launcher of the fleet does not answer: " + e.getMessage(),
                    "it may be ending already; see proa ps");
        }
        return Sysexit.OK.code();
    }

    private static void end(Fleets fleets, String name) throws IOException, InterruptedException {
        JsonNode answer = fleets.client(name).post("/down", Map.of(), PATIENCE);
        boolean explicit = answer.path("mode").asString("").equals("explicit");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (fleets.isRunning(name)) {
            if (System.nanoTime() > deadline) {
                throw Fault.of(
                        Sysexit.OS,
                        "fleet '" + name + "' has not ended within " + PATIENCE.toSeconds() + " s",
                        "see proa ps");
            }
            Thread.sleep(STEP);
        }
        System.err.println(
                "proa: fleet '"
                        + name
                        + "' has ended; "
                        + (explicit ? Fleets.LEFT_IN_EXPLICIT_MODE : "nothing of it is left"));
    }

    private void endPods(LauncherClient launcher) throws IOException {
        JsonNode report = launcher.get("/ps");
        for (String name : names) {
            List<String> pods = new ArrayList<>();
            List<String> known = new ArrayList<>();
            for (JsonNode pod : report.path("pods")) {
                String itself = pod.path("pod").asString();
                known.add(itself);
                if (name.equals(itself) || name.equals(pod.path("service").asString())) {
                    pods.add(itself);
                }
            }
            if (pods.isEmpty()) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "saw '"
                                + name
                                + "', expected a service or pod of the fleet"
                                + (known.isEmpty() ? "" : " (" + String.join(", ", known) + ")"),
                        "see proa ps");
            }
            for (String pod : pods) {
                launcher.post("/down?pod=" + pod, Map.of(), PATIENCE);
                System.err.println("proa: " + pod + " has ended");
            }
        }
    }
}
