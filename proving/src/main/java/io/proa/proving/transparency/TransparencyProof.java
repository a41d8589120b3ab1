package io.proa.proving.transparency;

import io.proa.app.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Plays everything without and with sidecars and compares what was seen: `TransparencyProof
/// SCRATCH [--seed N] [--cases N] [--long] [--only TEXT] [--record PAGE COMMIT DATE]`, the last of
/// which writes what was seen into `docs/transparency.md`; or writes the table there:
/// `TransparencyProof PAGE --write`. Exit code 1 when something differs that may not.
public final class TransparencyProof {
    private static final int MOST_SHOWN = 12;

    private final Request request;
    private final Repertoire repertoire;
    private final Map<Difference, Integer> met = new EnumMap<>(Difference.class);
    private final List<String> problems = new ArrayList<>();
    private int compared;

    /// Where a run is written down.
    private record Entry(Path page, String commit, String date) {}

    /// What is wanted.
    private record Request(
            long seed, int cases, boolean seldom, String only, @Nullable Entry record) {
        static Request read(List<String> words) {
            Request request = new Request(1, 300, false, "", null);
            Iterator<String> word = words.iterator();
            while (word.hasNext()) {
                request =
                        switch (word.next()) {
                            case "--seed" ->
                                    request.with(Long.parseLong(word.next()), request.cases);
                            case "--cases" ->
                                    request.with(request.seed, Integer.parseInt(word.next()));
                            case "--long" ->
                                    new Request(
                                            request.seed, request.cases, true, request.only, null);
                            case "--only" ->
                                    new Request(
                                            request.seed, request.cases, true, word.next(), null);
                            case "--record" ->
                                    request.with(
                                            new Entry(
                                                    Path.of(word.next()),
                                                    word.next(),
                                                    word.next()));
                            case String other -> throw new IllegalArgumentException(other);
                        };
            }
            return request;
        }

        private Request with(long otherSeed, int otherCases) {
            return new Request(otherSeed, otherCases, seldom, only, record);
        }

        private Request with(Entry made) {
            return new Request(seed, cases, seldom, only, made);
        }
    }

    private TransparencyProof(Request request) {
        this.request = request;
        this.repertoire = new Repertoire(request.seed, request.cases);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length == 2 && args[1].equals("--write")) {
            TransparencyPage.write(Path.of(args[0]));
            return;
        }
        TransparencyProof proof;
        try {
            proof = new TransparencyProof(Request.read(List.of(args).subList(1, args.length)));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            System.err.println(
                    "usage: [--seed N] [--cases N] [--long] [--only TEXT] [--record PAGE COMMIT"
                            + " DATE]; not "
                            + e.getMessage());
            System.exit(64);
            return;
        }
        try {
            System.exit(proof.run(Path.of(args[0])) ? 0 : 1);
        } catch (Fault fault) {
            fault.print(System.err);
            System.exit(fault.exit().code());
        }
    }

    private boolean run(Path scratch) throws IOException, InterruptedException {
        long began = System.nanoTime();
        try (Company direct = Company.joinedDirectly(scratch, request.seed, request.cases);
                Company meshed = Company.meshed(scratch, request.seed, request.cases)) {
            List.of(direct, meshed).forEach(TransparencyProof::endWithUs);
            FutureTask<Map<Integer, Comparison.Seen>> without =
                    new FutureTask<>(() -> playDirectly(direct));
            Thread.ofPlatform().daemon().name("direct").start(without);
            Map<Integer, List<Comparison.Seen>> with = playMeshed(meshed);
            Map<Integer, Comparison.Seen> plain = without.get();
            for (Map.Entry<Integer, List<Comparison.Seen>> one : with.entrySet()) {
                Comparison.Seen seen = Objects.requireNonNull(plain.get(one.getKey()));
                one.getValue().forEach(meshedOnce -> compare(one.getKey(), seen, meshedOnce));
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        report((System.nanoTime() - began) / 1e9);
        return problems.isEmpty();
    }

    private static void endWithUs(Company company) {
        Runtime.getRuntime().addShutdownHook(new Thread(company::close));
    }

    private List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        for (int number = 0; number < repertoire.size(); number++) {
            Play play = repertoire.play(number);
            String name = TransparencyPage.kind(play) + play.name();
            if (name.contains(request.only) && (request.seldom || !play.seldom())) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    private Map<Integer, Comparison.Seen> playDirectly(Company company) throws IOException {
        Map<Integer, Comparison.Seen> seen = new HashMap<>();
        for (int number : numbers()) {
            int port = repertoire.play(number).stage().declared;
            seen.put(number, company.play(number, port, number % 2 == 0));
        }
        return seen;
    }

    /// The fixed plays by the port whose protocol is declared and by the one where it is found out,
    /// the random ones by one of them; by IPv4 and IPv6 in turn.
    private Map<Integer, List<Comparison.Seen>> playMeshed(Company company) throws IOException {
        Map<Integer, List<Comparison.Seen>> seen = new LinkedHashMap<>();
        for (int number : numbers()) {
            Play play = repertoire.play(number);
            List<Integer> ports = play.stage().ports();
            if (number >= repertoire.fixed().size() || play.seldom()) {
                ports = List.of(ports.get(number / 2 % ports.size()));
            }
            List<Comparison.Seen> each = new ArrayList<>();
            for (int port : ports) {
                each.add(company.play(number, port, (number + each.size()) % 2 == 0));
            }
            seen.put(number, each);
        }
        return seen;
    }

    private void compare(int number, Comparison.Seen direct, Comparison.Seen meshed) {
        Play play = repertoire.play(number);
        Comparison comparison = Comparison.of(play, direct, meshed);
        compared++;
        comparison.met().forEach(difference -> met.merge(difference, 1, Integer::sum));
        comparison
                .problems()
                .forEach(problem ->
                        problems.add(
                                "'" + TransparencyPage.kind(play) + play.name() + "': " + problem));
    }

    private void report(double seconds) throws IOException {
        StringBuilder text = new StringBuilder();
        problems.stream().limit(MOST_SHOWN).forEach(each -> text.append(each).append('\n'));
        if (problems.size() > MOST_SHOWN) {
            text.append("and ").append(problems.size() - MOST_SHOWN).append(" more\n");
        }
        text.append("allowed differences that were met, and in how many comparisons:\n");
        met.forEach((difference, count) ->
                text.append(String.format(Locale.ROOT, "  %-20s %d%n", difference, count)));
        text.append(
                String.format(
                        Locale.ROOT,
                        "%d plays, %d of them random, %d comparisons, seed %d: %s, after %.0f s%n",
                        numbers().size(),
                        numbers().stream().filter(n -> n >= repertoire.fixed().size()).count(),
                        compared,
                        request.seed,
                        problems.isEmpty() ? "nothing else differs" : problems.size() + " DIFFER",
                        seconds));
        System.out.print(text);
        Entry record = request.record;
        if (record != null) {
            TransparencyPage.record(record.page, record.commit, record.date, text.toString());
        }
    }
}
