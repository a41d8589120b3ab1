package io.proa.proving.amplification;

import io.proa.app.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Sends requests through three hops that all fail, and compares what arrived with what may:
/// `AmplificationProof ROOT SCRATCH`.
///
/// Exit code 1 when more arrived.
public final class AmplificationProof {
    private static final int REQUESTS = 300;
    private static final List<String> HEADERS =
            List.of("nothing", "traceparent", "x-request-id", "baggage");
    private static final String BUDGET =
            "{percent: 20, minPerSecond: " + Measured.MIN_PER_SECOND + "}";
    private static final String HARDLY_ANY_BUDGET = "{percent: 100, minPerSecond: 1000}";

    /// A budget counts requests for ten seconds: each trial starts with none.
    private static final Duration FORGETTING = Duration.ofSeconds(11);

    private final Path root;
    private final Path scratch;
    private final List<String> problems = new ArrayList<>();

    private AmplificationProof(Path root, Path scratch) {
        this.root = root;
        this.scratch = scratch;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 2) {
            System.err.println("usage: AmplificationProof ROOT SCRATCH");
            System.exit(64);
        }
        AmplificationProof proof = new AmplificationProof(Path.of(args[0]), Path.of(args[1]));
        try {
            proof.links();
            proof.budgets();
        } catch (Fault fault) {
            fault.print(System.err);
            System.exit(fault.exit().code());
        }
        proof.problems.forEach(problem -> System.out.println("FAILED: " + problem));
        System.out.println(proof.problems.isEmpty() ? "\nall within their bounds" : "");
        System.exit(proof.problems.isEmpty() ? 0 : 1);
    }

    private void links() throws IOException, InterruptedException {
        System.out.println("Without a budget worth the name: is a retry retried?");
        List<Trial> trials = new ArrayList<>();
        HEADERS.forEach(header -> trials.add(new Trial("GET", header, "503", 5)));
        run("links", HARDLY_ANY_BUDGET, trials, false);
    }

    private void budgets() throws IOException, InterruptedException {
        System.out.printf(
                Locale.ROOT,
                "%nWith a budget of 20 %% and %d a second: how much arrives?%n",
                Measured.MIN_PER_SECOND);
        List<Trial> trials = new ArrayList<>();
        HEADERS.forEach(header -> trials.add(new Trial("GET", header, "503", REQUESTS)));
        for (String header : List.of("nothing", "traceparent")) {
            trials.add(new Trial("GET", header, "half", REQUESTS));
            trials.add(new Trial("GET", header, "refused", REQUESTS));
            trials.add(new Trial("POST", header, "refused", REQUESTS));
            trials.add(new Trial("POST", header, "503", REQUESTS));
        }
        run("budgets", BUDGET, trials, true);
    }

    private void run(String name, String budget, List<Trial> trials, boolean bounded)
            throws IOException, InterruptedException {
        Path work = Files.createDirectory(scratch.resolve(name));
        Hops hops = Hops.start(root, work, budget);
        Thread ending = Thread.ofPlatform().unstarted(hops::close);
        Runtime.getRuntime().addShutdownHook(ending);
        try (hops) {
            System.out.print(Measured.head());
            for (Trial trial : trials) {
                if (bounded) {
                    Thread.sleep(FORGETTING);
                }
                Measured measured = hops.measure(trial);
                System.out.print(measured.row(bounded));
                List<String> found = bounded ? measured.beyondBudget() : measured.beyondLinks();
                found.forEach(problem -> problems.add(trial.title() + ": " + problem));
            }
        }
        Runtime.getRuntime().removeShutdownHook(ending);
    }
}
