package io.proa.proving.amplification;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a trial led to, and what of it must not be.
///
/// The bound: a sidecar with `L` loops that is handed `N` requests for a service within `T` seconds
/// makes at most `0.2 N + F` retries, where `F = m T + max(m, L)` for a floor of `m` retries a
/// second. Over three hops that is at most `1.2^3 n + F (1 + 1.2 + 1.2^2)` attempts at the end.
///
/// @param seconds from before the first request until after the last answer
/// @param succeeded requests answered 200
/// @param arrived requests that came to the applications of front, a, b and end
/// @param most the same for the path that came most often
/// @param attempts made by the sidecars of front, a and b, from their metrics
record Measured(
        Trial trial,
        double seconds,
        int succeeded,
        List<Integer> arrived,
        List<Integer> most,
        List<Integer> attempts) {
    static final int MIN_PER_SECOND = 3;
    private static final double ONE_AND_SHARE = 1.2;
    private static final String FORMAT = "%-47s %5s %5s %6s  %-19s %-15s %-8s %6s %7s %6s%n";

    double floor() {
        int loops = Runtime.getRuntime().availableProcessors();
        return MIN_PER_SECOND * seconds + Math.max(MIN_PER_SECOND, loops);
    }

    double bound() {
        return Math.pow(ONE_AND_SHARE, 3) * trial.requests()
                + floor() * (1 + ONE_AND_SHARE + ONE_AND_SHARE * ONE_AND_SHARE);
    }

    /// What speaks against the budget; empty when it held.
    List<String> beyondBudget() {
        List<String> problems = beyondPlausible();
        double given = trial.requests();
        for (int hop = 0; hop < 3; hop++) {
            if (attempts.get(hop) > ONE_AND_SHARE * given + floor()) {
                problems.add(
                        String.format(
                                Locale.ROOT,
                                "hop %d made %d attempts of %.0f requests, at most %.1f expected",
                                hop + 1,
                                attempts.get(hop),
                                given,
                                ONE_AND_SHARE * given + floor()));
            }
            given = attempts.get(hop);
        }
        if (attempts.getLast() > bound()) {
            problems.add(attempts.getLast() + " attempts at the end, at most " + bound());
        }
        if (trial.method().equals("POST") && attempts.get(1) != trial.requests()) {
            problems.add("a POST was repeated for its status");
        }
        if (trial.ending().equals("half") && succeeded <= trial.requests() * 6 / 10) {
            problems.add("only " + succeeded + " succeeded: retries did not help");
        }
        return problems;
    }

    /// What speaks against the linking of calls, where no budget bounds anything: with three
    /// attempts each, three hops make 3 + 2 + 2 of one request where a retry is not retried, and 3
    /// to the third where nobody can know.
    List<String> beyondLinks() {
        List<String> problems = beyondPlausible();
        List<Integer> expected = trial.propagates() ? List.of(1, 3, 5, 7) : List.of(1, 3, 9, 27);
        if (!most.equals(expected)) {
            problems.add("one request came " + most + " times, expected " + expected);
        }
        return problems;
    }

    private List<String> beyondPlausible() {
        List<String> problems = new ArrayList<>();
        if (arrived.getFirst() != trial.requests()) {
            problems.add(trial.requests() + " requests sent, but " + arrived.getFirst() + " came");
        }
        List<Integer> received = arrived.subList(1, 4);
        boolean refused = trial.ending().equals("refused");
        int same = refused ? 2 : 3;
        if (!received.subList(0, same).equals(attempts.subList(0, same))
                || refused && received.getLast() != 0) {
            problems.add("attempts were " + attempts + ", but " + received + " came");
        }
        if (attempts.getLast() <= trial.requests() && !isPostOf503()) {
            problems.add("nothing was retried");
        }
        return problems;
    }

    private boolean isPostOf503() {
        return trial.method().equals("POST") && !trial.ending().equals("refused");
    }

    static String head() {
        return String.format(
                Locale.ROOT,
                FORMAT,
                "trial",
                "sent",
                "ok",
                "s",
                "arrived",
                "attempts",
                "most",
                "factor",
                "bound",
                "floor");
    }

    String row(boolean bounded) {
        return String.format(
                Locale.ROOT,
                FORMAT,
                trial.title(),
                trial.requests(),
                succeeded,
                String.format(Locale.ROOT, "%.2f", seconds),
                slashed(arrived),
                slashed(attempts),
                slashed(most),
                String.format(Locale.ROOT, "%.3f", attempts.getLast() / (double) trial.requests()),
                bounded ? String.format(Locale.ROOT, "%.1f", bound()) : "-",
                bounded ? String.format(Locale.ROOT, "%.1f", floor()) : "-");
    }

    private static String slashed(List<Integer> numbers) {
        return String.join("/", numbers.stream().map(String::valueOf).toList());
    }
}
