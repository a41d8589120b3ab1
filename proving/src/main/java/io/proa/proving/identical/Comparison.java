package io.proa.proving.identical;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether all pairs saw the same.
///
/// @param differences one text each: which cell, and who saw what
/// @param agreed for each experiment what most pairs saw
record Comparison(List<String> differences, Map<Experiment, Outcome> agreed) {
    /// @param byPair outcomes by the name of the pair; each pair has done the same experiments
    static Comparison of(Map<String, Map<Experiment, Outcome>> byPair) {
        List<String> differences = new ArrayList<>();
        Map<Experiment, Outcome> agreed = new LinkedHashMap<>();
        for (Experiment experiment : byPair.values().iterator().next().keySet()) {
            Map<String, Outcome> outcomes = new LinkedHashMap<>();
            byPair.forEach((pair, all) -> outcomes.put(pair, outcome(pair, all, experiment)));
            compare(experiment, outcomes, differences);
            agreed.put(experiment, mostSeen(outcomes));
        }
        return new Comparison(differences, agreed);
    }

    private static Outcome outcome(
            String pair, Map<Experiment, Outcome> outcomes, Experiment experiment) {
        Outcome outcome = outcomes.get(experiment);
        if (outcome == null) {
            throw new IllegalArgumentException(pair + " has not done " + experiment);
        }
        return outcome;
    }

    private static void compare(
            Experiment experiment, Map<String, Outcome> outcomes, List<String> differences) {
        for (String cell : outcomes.values().iterator().next().cells().keySet()) {
            Map<String, List<String>> pairsByValue = new LinkedHashMap<>();
            outcomes.forEach((pair, outcome) ->
                    pairsByValue
                            .computeIfAbsent(
                                    outcome.cells().getOrDefault(cell, ""), _ -> new ArrayList<>())
                            .add(pair));
            if (pairsByValue.size() > 1) {
                differences.add(difference(experiment, cell, pairsByValue));
            }
        }
    }

    private static String difference(
            Experiment experiment, String cell, Map<String, List<String>> pairsByValue) {
        StringBuilder text = new StringBuilder("case ").append(experiment.name());
        text.append(" (").append(experiment.call()).append(", the callee ");
        text.append(experiment.meets()).append("): ").append(cell).append(" differs");
        Set<String> common = new LinkedHashSet<>(lines(pairsByValue.keySet().iterator().next()));
        pairsByValue.keySet().forEach(value -> common.retainAll(lines(value)));
        pairsByValue.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .forEach(entry -> {
                    List<String> own = new ArrayList<>(lines(entry.getKey()));
                    own.removeAll(common);
                    text.append("\n    ");
                    text.append(own.isEmpty() ? "nothing more" : String.join("\n    ", own));
                    text.append("\n        ").append(String.join(", ", entry.getValue()));
                });
        return text.toString();
    }

    private static List<String> lines(String value) {
        return value.lines().toList();
    }

    private static Outcome mostSeen(Map<String, Outcome> outcomes) {
        Map<Map<String, String>, List<Outcome>> alike = new LinkedHashMap<>();
        for (Outcome outcome : outcomes.values()) {
            alike.computeIfAbsent(outcome.cells(), _ -> new ArrayList<>()).add(outcome);
        }
        return alike.values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElseThrow()
                .getFirst();
    }
}
