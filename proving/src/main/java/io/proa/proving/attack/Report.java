package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Ending;
import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What was measured, as rows on the terminal and as a page.
final class Report {
    static final String HEADINGS =
            "  attack                  frames   sent MiB  ended          after s  reason            grew MiB  heap  CPU ms"
                    + "  left  p99 calm  attacked  failed  verdict";

    private static final String PAGE =
            """
            # Attacks

            <!-- Written by .ci/attacks --write, or --peers with Envoy and HAProxy; `.ci/attacks --quick` is part of CI. -->

            Known abuses of HTTP/2 and HTTP/1.1, and hostile upstreams of HTTP/2, each a recipe in `io.proa.proving.attack` that is
            bounded in frames, bytes and seconds. Proa is attacked as two sidecars with mutual TLS between them; what is shown is
            the one that grew most, and the CPU of both. A peer is one process without TLS, so it has less to do; the recipes
            are the same. All ran in turn on one machine with the attacker and the origin on the same processors: compare rows of
            one run, never two runs.

            Two neighbours, one of HTTP/1.1 and one of HTTP/2, send a request to the same service every 10 ms beside the attack;
            their p99 is given without and with it, timed from when a request was due. `ended` says how many of the attacker's
            connections the other side ended, and its last words; for hostile upstreams, how many requests were answered by the
            sidecar or reset. `reason` is what grew most in the metrics, and must be in the access log too. `grew` is the most that
            resident memory was above what it was before the attack.

            """;

    private final Map<String, List<Row>> rows = new LinkedHashMap<>();

    private record Row(Trial.Measured measured, List<String> wrong) {}

    /// Keeps it for the page.
    String row(String candidate, Trial.Measured measured, List<String> wrong) {
        rows.computeIfAbsent(candidate, _ -> new ArrayList<>()).add(new Row(measured, wrong));
        Attacker.Seen seen = measured.seen();
        return String.format(
                Locale.ROOT,
                "  %-22s %7d %10.2f  %4d/%-4d %7.2f  %-28s %-18s %6.1f %5.0f %7d %5d %9.1f %9.1f %7d  %s",
                measured.attack().name(),
                seen.frames(),
                seen.bytes() / 1048576.0,
                seen.ended(),
                seen.connections(),
                seen.seconds(),
                seen.how(),
                measured.reason(),
                measured.growthMib(),
                measured.heapMib(),
                measured.cpuMillis(),
                measured.left(),
                measured.calm().p99Millis(),
                measured.attacked().p99Millis(),
                measured.attacked().failures(),
                verdict(measured, wrong));
    }

    private static String verdict(Trial.Measured measured, List<String> wrong) {
        if (!wrong.isEmpty()) {
            return String.join("; ", wrong);
        }
        return measured.attack().ending() instanceof Ending.Harmless && !measured.wasEnded()
                ? "harmless"
                : "held";
    }

    void write(Path page, String commit, String date) throws IOException {
        StringBuilder text = new StringBuilder(PAGE);
        text.append("At commit ").append(commit).append(", on ").append(date).append(", on ");
        text.append(Runtime.getRuntime().availableProcessors()).append(" processors.\n");
        for (Side side : Side.values()) {
            text.append("\n## ").append(side.title).append('\n');
            rows.forEach((candidate, all) -> section(text, candidate, side, all));
        }
        text.append("\n## Why some need not be ended\n\n");
        for (Attack attack : Recipes.all()) {
            if (attack.ending() instanceof Ending.Harmless(String why)) {
                text.append("- `").append(attack.name()).append("`: ").append(why).append(".\n");
            }
        }
        Files.writeString(page, text.toString());
    }

    private static void section(StringBuilder text, String candidate, Side side, List<Row> all) {
        List<Row> some = all.stream().filter(row -> row.measured.attack().side() == side).toList();
        if (some.isEmpty()) {
            return;
        }
        text.append("\n### ").append(candidate).append("\n\n");
        text.append(
                "| attack | after | frames | sent MiB | ended | after s | reason | grew MiB | CPU ms");
        text.append(
                " | p99 calm ms | attacked ms | verdict |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (Row row : some) {
            Trial.Measured measured = row.measured;
            Attacker.Seen seen = measured.seen();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %d | %.2f | %d of %d%s | %.2f | %s | %.1f | %d | %.1f | %.1f | %s |%n",
                            measured.attack().name(),
                            measured.attack().after(),
                            seen.frames(),
                            seen.bytes() / 1048576.0,
                            seen.ended(),
                            seen.connections(),
                            seen.how().isEmpty() ? "" : ", " + seen.how(),
                            seen.seconds(),
                            measured.reason().isEmpty() ? "" : "`" + measured.reason() + "`",
                            measured.growthMib(),
                            measured.cpuMillis(),
                            measured.calm().p99Millis(),
                            measured.attacked().p99Millis(),
                            verdict(measured, row.wrong)));
        }
    }
}
