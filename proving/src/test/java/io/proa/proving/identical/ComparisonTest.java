package io.proa.proving.identical;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.proving.identical.Outcome.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    private static final Experiment FIRST = Experiments.all().getFirst();
    private static final SortedMap<String, Long> GROWTH =
            new TreeMap<>(Map.of("proa_attempts_total{direction=\"outbound\"}", 1L));

    private static Outcome outcome(int status, String arrival, SortedMap<String, Long> growth) {
        Answer answer = Answer.parse(status + " - 15:d80526d7");
        return new Outcome(List.of(answer), List.of(arrival), growth, GROWTH);
    }

    private static Map<String, Map<Experiment, Outcome>> pairs(Outcome... outcomes) {
        Map<String, Map<Experiment, Outcome>> byPair = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            byPair.put("pair " + (byPair.size() + 1), Map.of(FIRST, outcome));
        }
        return byPair;
    }

    @Test
    void findsNothingWhereAllAreAlike() {
        Outcome outcome = outcome(200, "ok 1 GET 0 811c9dc5", GROWTH);
        Comparison comparison = Comparison.of(pairs(outcome, outcome, outcome));
        assertThat(comparison.differences()).isEmpty();
        assertThat(comparison.agreed()).containsExactly(Map.entry(FIRST, outcome));
    }

    @Test
    void namesTheCellThatDiffersAndWhoSawWhat() {
        Outcome most = outcome(200, "ok 1 GET 0 811c9dc5", GROWTH);
        Outcome other = outcome(503, "ok 1 GET 0 811c9dc5", GROWTH);
        Comparison comparison = Comparison.of(pairs(other, most, most));
        assertThat(comparison.differences())
                .containsExactly(
                        """
                        case 01 (GET, the callee answers 200): status differs
                            200
                                pair 2, pair 3
                            503
                                pair 1\
                        """);
        assertThat(comparison.agreed()).containsEntry(FIRST, most);
    }

    @Test
    void seesABodyThatArrivedOtherwise() {
        Comparison comparison =
                Comparison.of(
                        pairs(
                                outcome(200, "ok 1 GET 0 811c9dc5", GROWTH),
                                outcome(200, "ok 1 GET 0 00000000", GROWTH)));
        assertThat(comparison.differences())
                .singleElement()
                .asString()
                .contains("what reached the callee differs");
    }

    @Test
    void seesALabelSetThatOnlyOneHas() {
        SortedMap<String, Long> more = new TreeMap<>(GROWTH);
        more.put("proa_retries_total{reason=\"upstream_reset\"}", 1L);
        Comparison comparison =
                Comparison.of(
                        pairs(
                                outcome(200, "ok 1 GET 0 811c9dc5", GROWTH),
                                outcome(200, "ok 1 GET 0 811c9dc5", more)));
        assertThat(comparison.differences())
                .singleElement()
                .asString()
                .contains("series that grew at the caller's sidecar differs")
                .contains("    nothing more\n        pair 1")
                .contains("proa_retries_total{reason=\"upstream_reset\"} +1\n        pair 2");
    }

    @Test
    void seesALabelThatOnlyHasAnotherName() {
        SortedMap<String, Long> renamed =
                new TreeMap<>(Map.of("proa_attempts_total{way=\"outbound\"}", 1L));
        Comparison comparison =
                Comparison.of(
                        pairs(
                                outcome(200, "ok 1 GET 0 811c9dc5", GROWTH),
                                outcome(200, "ok 1 GET 0 811c9dc5", renamed)));
        assertThat(comparison.differences()).hasSize(1);
    }

    @Test
    void theTextOfASidecarsAnswerIsNotCompared() {
        assertThat(Answer.parse("503 upstream_reset 93:00000001").body())
                .isEqualTo(Answer.parse("503 upstream_reset 94:00000002").body())
                .isEqualTo("the sidecar's");
        assertThat(Answer.parse("200 - broken # IncompleteRead").body()).isEqualTo("broken");
    }
}
