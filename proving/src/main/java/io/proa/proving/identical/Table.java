package io.proa.proving.identical;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/// The page that shows what all pairs of languages saw. It has no times in it: the same outcomes
/// make the same page.
final class Table {
    private static final String HEAD =
            """
            # Identical behaviour

            <!-- Written by .ci/identical --write; .ci/identical, which CI runs, fails when it no longer holds. -->

            The mesh does the same whatever language stands behind it. This page is measured, not promised: a caller and a callee
            in each of Python, Node, Go and Java (their standard libraries only; where one is missing on a machine, Perl or C
            stands in for it), each with its own sidecar in its own pod, and every caller calls every callee. The callees fail by
            the script in `proving/src/fleet/identical/faults.txt`, by the same bytes in every language. For each of the cases
            below all PAIRS pairs of caller and callee agreed on everything in the row, and on the body's digest; a pair that does
            not fails the build, and is named with the cell in which it differs.

            Left to themselves the languages do not agree: where a connection ends before the answer, Java's client quietly sends
            a GET a second time, Go's does so if the connection was used before, Python's and Node's tell the application.

            - *rule*: `plain` is what holds where no policy speaks; `tries` tries again, twice at most, on 503 and where one try
              takes longer than 0.8 s; `deadline` ends the whole request after 0.8 s (`proving/src/fleet/identical/fleet.yaml`).
            - *connection*: what the callee's sidecar has to its application at that moment: `used` has served a request before,
              `fresh` has not, `refused` cannot be had.
            - *answer*: status, `x-proa-reason` where the sidecar made the answer, and the body, as the caller's program sees them.
            - *attempts*: how many reached the callee's program, by its own count / as the caller's sidecar counted them.
            - *caller's sidecar*, *callee's sidecar*: the series that grew on their `/metrics` pages, and by how much, but for the
              label values that are in every row. The label sets in full are at the end.

            | case | call | rule | connection | the callee | answer | attempts | caller's sidecar | callee's sidecar |
            |---|---|---|---|---|---|---|---|---|
            """;

    private static final String LABEL_SETS =
            """

            ## Label sets

            Every series that grew, with the names of services replaced by their roles, and the cases in which it did. The totals
            that know neither service nor peer (connections, handshakes, bytes) are not compared: whether a connection is ready
            to be used again is a matter of microseconds.

            """;

    private Table() {}

    /// @param pairs how many of them agree
    static String of(Map<Experiment, Outcome> outcomes, int pairs, int seed) {
        StringBuilder page = new StringBuilder(HEAD.replace("PAIRS", String.valueOf(pairs)));
        outcomes.forEach((experiment, outcome) -> row(page, experiment, outcome));
        page.append("\nThe draws of the last two cases are those of seed ").append(seed);
        page.append("; `.ci/identical --seed N` compares the languages under others.\n");
        page.append(LABEL_SETS);
        labelSets(page, outcomes);
        return page.toString();
    }

    private static void row(StringBuilder page, Experiment experiment, Outcome outcome) {
        StringJoiner cells = new StringJoiner(" | ", "| ", " |\n");
        cells.add(experiment.name());
        cells.add(experiment.call() + (experiment.times() > 1 ? ", x" + experiment.times() : ""));
        cells.add(experiment.rule());
        cells.add(
                switch (experiment.connection()) {
                    case FRESH -> "fresh";
                    case USED -> "used";
                    case REFUSED -> "refused";
                });
        cells.add(experiment.meets());
        cells.add(Outcome.each(outcome.answers().stream().map(Table::answer).toList()));
        cells.add(outcome.arrivals().size() + " / " + outcome.attemptsCounted());
        cells.add(Series.brief(worthARow(outcome.callerGrowth())));
        cells.add(Series.brief(worthARow(outcome.calleeGrowth())));
        page.append(cells);
    }

    private static String answer(Outcome.Answer answer) {
        String reason = answer.reason().equals("-") ? "" : " `" + answer.reason() + "`";
        String body =
                switch (answer.body()) {
                    case "broken" -> ", broken off";
                    case "none" -> ", no answer";
                    case "the sidecar's" -> "";
                    default -> ", " + answer.body().substring(0, answer.body().indexOf(':')) + " B";
                };
        return answer.status() + reason + body;
    }

    /// Each exchange with a status has one duration; saying so in each row would hide the rest.
    private static Map<String, Long> worthARow(Map<String, Long> growth) {
        Map<String, Long> worth = new LinkedHashMap<>(growth);
        worth.keySet().removeIf(series -> series.contains("_seconds_count{"));
        return worth;
    }

    private static void labelSets(StringBuilder page, Map<Experiment, Outcome> outcomes) {
        SortedMap<String, TreeSet<String>> cases = new TreeMap<>();
        outcomes.forEach((experiment, outcome) -> {
            for (Map<String, Long> growth :
                    List.of(outcome.callerGrowth(), outcome.calleeGrowth())) {
                for (String series : growth.keySet()) {
                    cases.computeIfAbsent(series, _ -> new TreeSet<>()).add(experiment.name());
                }
            }
        });
        cases.forEach((series, where) -> {
            boolean all = where.size() == outcomes.size();
            page.append("- `").append(series).append("`: ");
            page.append(all ? "all" : String.join(" ", where)).append('\n');
        });
    }
}
