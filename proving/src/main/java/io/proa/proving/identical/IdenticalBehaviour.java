package io.proa.proving.identical;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.fleet.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Runs every experiment with every caller and every callee, compares, and writes or checks the
/// table: `IdenticalBehaviour ROOT SCRATCH check|write [SEED]`.
///
/// Exit code 1 when languages differ or the table is not the committed one.
public final class IdenticalBehaviour {
    /// The seed of the committed table.
    static final int SEED = 7;

    private static final int LANGUAGES = 4;

    private IdenticalBehaviour() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 3
                || args.length > 4
                || !args[2].matches("check|write")
                || (args.length == 4 && !args[3].matches("\\d{1,5}"))) {
            System.err.println("usage: IdenticalBehaviour ROOT SCRATCH check|write [SEED]");
            System.exit(64);
        }
        int seed = args.length == 4 ? Integer.parseInt(args[3]) : SEED;
        try {
            Path root = Path.of(args[0]);
            Comparison comparison = compare(root, Path.of(args[1]), seed);
            System.exit(report(root, comparison, seed, args[2].equals("write")));
        } catch (Fault fault) {
            fault.print(System.err);
            System.exit(fault.exit().code());
        }
    }

    private static Comparison compare(Path root, Path scratch, int seed)
            throws IOException, InterruptedException {
        Path document = root.resolve("proving/src/fleet/identical/fleet.yaml");
        Installation installation = Installation.find(System.getProperty("io.proa.dist"));
        Map<String, Map<Experiment, Outcome>> byPair = new LinkedHashMap<>();
        Ensemble ensemble =
                Ensemble.start(document, scratch, installation, System.getenv(), new Said());
        Thread ending = Thread.ofPlatform().unstarted(() -> close(ensemble));
        Runtime.getRuntime().addShutdownHook(ending);
        try (ensemble) {
            for (int round = 0; round < LANGUAGES; round++) {
                byPair.putAll(round(ensemble, round, seed));
            }
        }
        ensemble.leftovers().forEach(left -> System.err.println("could not be undone: " + left));
        return Comparison.of(byPair);
    }

    private static void close(Ensemble ensemble) {
        try {
            ensemble.close();
        } catch (IOException e) {
            System.err.println("could not be undone: " + e.getMessage());
        }
    }

    /// Each caller with another callee at the same time: none is shared by two pairs.
    private static Map<String, Map<Experiment, Outcome>> round(
            Ensemble ensemble, int round, int seed) throws InterruptedException {
        Map<String, FutureTask<Map<Experiment, Outcome>>> tasks = new LinkedHashMap<>();
        for (int caller = 0; caller < LANGUAGES; caller++) {
            int callee = (caller + round) % LANGUAGES;
            Pair pair = new Pair(ensemble, caller + 1, callee + 1, seed);
            FutureTask<Map<Experiment, Outcome>> task = new FutureTask<>(pair);
            Thread.ofPlatform().daemon().name(pair.toString()).start(task);
            tasks.put(pair.toString(), task);
        }
        Map<String, Map<Experiment, Outcome>> outcomes = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        for (Map.Entry<String, FutureTask<Map<Experiment, Outcome>>> task : tasks.entrySet()) {
            try {
                outcomes.put(task.getKey(), task.getValue().get());
            } catch (ExecutionException e) {
                failures.add(task.getKey() + ": " + e.getCause());
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(String.join("\n", failures));
        }
        System.err.printf("round %d of %d: done%n", round + 1, LANGUAGES);
        return outcomes;
    }

    private static int report(Path root, Comparison comparison, int seed, boolean write)
            throws IOException {
        comparison.differences().forEach(System.err::println);
        if (!comparison.differences().isEmpty()) {
            System.err.printf(
                    "%d cells differ between languages (seed %d)%n",
                    comparison.differences().size(), seed);
            return 1;
        }
        System.out.printf(
                "%d cases, %d pairs of languages: all alike (seed %d)%n",
                comparison.agreed().size(), LANGUAGES * LANGUAGES, seed);
        if (seed != SEED) {
            return 0;
        }
        Path file = root.resolve("docs/identical-behaviour.md");
        String text = Table.of(comparison.agreed(), LANGUAGES * LANGUAGES, seed);
        if (write) {
            Files.writeString(file, text);
            System.out.println("written: " + file);
            return 0;
        }
        return differsFrom(file, text);
    }

    private static int differsFrom(Path file, String text) throws IOException {
        List<String> kept = Files.exists(file) ? Files.readAllLines(file) : List.of();
        List<String> found = text.lines().toList();
        if (kept.equals(found)) {
            return 0;
        }
        kept.stream()
                .filter(line -> !found.contains(line))
                .forEach(l -> System.err.println("- " + l));
        found.stream()
                .filter(line -> !kept.contains(line))
                .forEach(l -> System.err.println("+ " + l));
        System.err.println(
                "the languages agree, but not with docs/identical-behaviour.md (-); where the change is"
                        + " meant, .ci/identical --write writes what was found (+)");
        return 1;
    }

    /// Says what happens on standard error.
    private static final class Said implements Progress {
        @Override
        public void step(String done) {}

        @Override
        public void news(String sentence) {
            System.err.println(sentence);
        }
    }
}
