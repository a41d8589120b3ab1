package io.proa.proving.identical;

import java.util.Map;

/// The page that shows the outcomes.
final class Table {
    private Table() {}

    static String of(Map<Experiment, Outcome> outcomes, int seed) {
        StringBuilder page = new StringBuilder();
        outcomes.forEach((experiment, outcome) -> {
            page.append(experiment.name()).append(" | ").append(experiment.rule()).append(" | ").append(experiment.connection()).append(" | ").append(experiment.meets()).append(" | ").append(experiment.call());
            outcome.cells().forEach((k, v) -> page.append(" | ").append(v));
            page.append(" | ").append(outcome.attemptsCounted()).append('\n');
        });
        return page + "seed " + seed + "\n";
    }
}
