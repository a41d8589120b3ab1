package io.proa.proving.bridge;

import io.proa.proving.capture.CaptureReading;
import io.proa.proving.capture.Phase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// From the capture and what callers saw to claims.
final class Verdict {
    private Verdict() {}

    static void give(
            Evidence evidence,
            CaptureReading reading,
            Recorder.Count count,
            List<Phase> phases,
            Load load,
            EagerDiary diary,
            int planted) {
        Table table =
                new Table(
                        "phase",
                        "seconds",
                        "connections",
                        "of these IPv6",
                        "opened",
                        "KB",
                        "not TLS",
                        "requests",
                        "failed",
                        "how",
                        "eager app's tries",
                        "ok");
        long connections = 0;
        for (int i = 0; i + 1 < phases.size(); i++) {
            Phase phase = phases.get(i);
            long from = phase.beganMs();
            long to = phases.get(i + 1).beganMs();
            Load.Tally tally = load.between(from, to);
            Map<String, Integer> tries = new TreeMap<>();
            diary.between(from, to)
                    .values()
                    .forEach(way -> way.forEach((how, n) -> tries.merge(how, n, Integer::sum)));
            long bad =
                    reading.findings().stream()
                            .filter(finding -> finding.phase().equals(phase.name()))
                            .count();
            connections += phase.opened();
            table.row(
                    phase.name(),
                    "%.1f".formatted((to - from) / 1000.0),
                    phase.connections(),
                    phase.connectionsOverIpv6(),
                    phase.opened(),
                    phase.bytes() / 1024,
                    bad,
                    tally.requests(),
                    tally.failed(),
                    tally.failures().isEmpty() ? "" : tally.failures(),
                    tries.values().stream().mapToInt(Integer::intValue).sum(),
                    tries.getOrDefault("ok", 0));
        }
        evidence.table("Between pods, by the capture on the bridge; and what callers saw", table);
        evidence.table("How the eager application's tries ended, by way", ways(phases, diary));
        reading.findings().forEach(finding -> evidence.finding(finding.toString()));
        evidence.claim(
                count.lost() == 0 && count.frames() == reading.frames(),
                "the capture is whole, from before the first pod",
                reading.frames() + " frames, " + count.lost() + " lost; " + reading.plumbing());
        evidence.claim(
                reading.plantedSeen() == planted && planted == 2,
                "the capture would show plaintext: what was planted is found",
                reading.plantedSeen()
                        + " of "
                        + planted
                        + " connections, words "
                        + reading.seenWords());
        evidence.claim(
                reading.findings().isEmpty(),
                "between pods there is only TLS 1.3, and no word of what was said",
                connections
                        + " connections tried; keys by "
                        + reading.groups()
                        + "; "
                        + reading.findings().size()
                        + " findings");
        evidence.claim(
                phases.stream()
                        .limit(phases.size() - 1L)
                        .allMatch(phase -> phase.connections() > 0),
                "there was traffic to judge in every phase",
                "at least "
                        + phases.stream()
                                .limit(phases.size() - 1L)
                                .mapToInt(Phase::connections)
                                .min()
                                .orElse(0)
                        + " connections");
        evidence.claim(true, "what strangers were answered", reading.strangers().toString());
        for (String name : List.of("steady", "rotation", "control killed", "control back")) {
            quiet(evidence, phases, load, diary, name);
        }
        nowhere(evidence, diary);
        cutStreams(evidence, phases, diary);
    }

    /// A stream that is cut off, wherever that happens, must not look whole to the application;
    /// where its own sidecar dies the kernel has the last word.
    private static void cutStreams(Evidence evidence, List<Phase> phases, EagerDiary diary) {
        int cut = 0;
        int whole = 0;
        for (int i = 0; i + 1 < phases.size(); i++) {
            if (phases.get(i).name().equals("killed: eager-1")) {
                continue;
            }
            var ways = diary.between(phases.get(i).beganMs(), phases.get(i + 1).beganMs());
            for (Map.Entry<String, Map<String, Integer>> way : ways.entrySet()) {
                cut += way.getValue().getOrDefault("reset", 0);
                whole += way.getValue().getOrDefault("closed", 0);
            }
        }
        evidence.claim(
                cut > 0 && whole == 0,
                "an opaque stream that is cut off ends with a reset",
                cut + " resets, " + whole + " clean ends");
    }

    private static void quiet(
            Evidence evidence, List<Phase> phases, Load load, EagerDiary diary, String name) {
        for (int i = 0; i + 1 < phases.size(); i++) {
            if (phases.get(i).name().equals(name)) {
                long from = phases.get(i).beganMs();
                long to = phases.get(i + 1).beganMs();
                Load.Tally tally = load.between(from, to);
                int tries = 0;
                int failed = 0;
                // A pod whose sidecar is killed has no say in whether others are served.
                boolean apart = name.equals("control killed");
                for (Map.Entry<String, Map<String, Integer>> way :
                        diary.between(from, to).entrySet()) {
                    if (EagerDiary.leadsSomewhere(way.getKey())
                            && !(apart && way.getKey().startsWith("ledger"))) {
                        int all =
                                way.getValue().values().stream().mapToInt(Integer::intValue).sum();
                        tries += all;
                        failed += all - way.getValue().getOrDefault("ok", 0);
                    }
                }
                evidence.claim(
                        tally.requests() > 0 && tally.failed() + failed == 0,
                        "no request failed in '" + name + "'",
                        (tally.failed() + failed) + " of " + (tally.requests() + tries));
            }
        }
    }

    private static void nowhere(Evidence evidence, EagerDiary diary) {
        int tries = 0;
        int ok = 0;
        for (Map.Entry<String, Map<String, Integer>> way :
                diary.between(0, Long.MAX_VALUE).entrySet()) {
            if (EagerDiary.leadsNowhere(way.getKey())) {
                tries += way.getValue().values().stream().mapToInt(Integer::intValue).sum();
                ok += way.getValue().getOrDefault("ok", 0);
            }
        }
        evidence.claim(
                tries > 0 && ok == 0,
                "an application gets nowhere by undeclared ports and mesh ports of pods",
                ok + " of " + tries + " tries");
    }

    private static Table ways(List<Phase> phases, EagerDiary diary) {
        Table table = new Table("way", "undisturbed", "its sidecar killed", "other disturbances");
        Map<String, Map<String, Map<String, Integer>>> byKind = new TreeMap<>();
        for (int i = 0; i + 1 < phases.size(); i++) {
            String kind =
                    switch (phases.get(i).name()) {
                        case "steady", "rotation", "strangers", "openssl", "planted" ->
                                "undisturbed";
                        case "killed: eager-1" -> "killed";
                        default -> "other";
                    };
            diary.between(phases.get(i).beganMs(), phases.get(i + 1).beganMs())
                    .forEach((way, hows) -> {
                        Map<String, Integer> all =
                                byKind.computeIfAbsent(way, _ -> new TreeMap<>())
                                        .computeIfAbsent(kind, _ -> new TreeMap<>());
                        hows.forEach((how, n) -> all.merge(how, n, Integer::sum));
                    });
        }
        byKind.forEach((way, kinds) ->
                table.row(
                        way,
                        kinds.getOrDefault("undisturbed", Map.of()),
                        kinds.getOrDefault("killed", Map.of()),
                        kinds.getOrDefault("other", Map.of())));
        return table;
    }
}
