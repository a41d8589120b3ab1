package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Every case of the corpora gets its verdict, the same from both readers and however its bytes
/// arrive.
class CorpusTest {
    private static final int WHOLLY_SPLIT = 600;

    private final MessageHead head = new MessageHead();

    private static List<Corpus.Case> all() {
        List<Corpus.Case> all = new ArrayList<>(Corpus.requests());
        all.addAll(Corpus.responses());
        return all;
    }

    @Test
    void givesEachCaseItsVerdict() {
        List<String> wrong = new ArrayList<>();
        for (Corpus.Case c : all()) {
            String verdict = Reading.by(head, c.answered(), c.text()).verdict();
            if (!verdict.equals(c.verdict())) {
                wrong.add(c + ", but read as " + verdict);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void agreesWithTheOracleOnEachCase() {
        List<String> wrong = new ArrayList<>();
        for (Corpus.Case c : all()) {
            Reading expected = Oracle.read(c.answered(), c.text());
            Reading actual = Reading.by(head, c.answered(), c.text());
            boolean agree =
                    switch (expected.verdict()) {
                        case "ok" -> actual.equals(expected);
                        case "more" -> !actual.ok();
                        default -> !actual.ok() && !actual.verdict().equals("more");
                    };
            if (!agree) {
                wrong.add(c + "\n  oracle " + expected + "\n  parser " + actual);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void saysTheSameHoweverTheBytesArrive() {
        Random random = new Random(5);
        for (Corpus.Case c : all()) {
            String text = c.text();
            Reading whole = Reading.by(head, c.answered(), text);
            if (text.length() <= WHOLLY_SPLIT) {
                for (int cut = 0; cut <= text.length(); cut++) {
                    assertThat(Reading.by(head, c.answered(), text, cut))
                            .as("%s cut at %s", c, cut)
                            .isEqualTo(whole);
                }
            }
            assertThat(Reading.by(head, c.answered(), text, everyByte(text)))
                    .as("%s byte by byte", c)
                    .isEqualTo(whole);
            for (int i = 0; i < 3; i++) {
                int[] cuts = random.ints(4, 0, text.length() + 1).sorted().toArray();
                assertThat(Reading.by(head, c.answered(), text, cuts))
                        .as("%s in pieces", c)
                        .isEqualTo(whole);
            }
        }
    }

    private static int[] everyByte(String text) {
        int[] cuts = new int[text.length()];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = i;
        }
        return cuts;
    }

    @Test
    void namesEachCaseOnce() {
        Set<String> names = new HashSet<>();
        for (Corpus.Case c : all()) {
            assertThat(names.add(c.answered() == null ? c.name() : "response " + c.name()))
                    .as(c.name())
                    .isTrue();
        }
        assertThat(names).hasSizeGreaterThan(1400);
    }

    @Test
    void hasACaseForEveryFlaw() {
        Set<String> missing = new HashSet<>();
        for (Flaw flaw : EnumSet.complementOf(FieldSectionTest.HTTP_2_ONLY)) {
            missing.add(flaw.code());
        }
        all().forEach(c -> missing.remove(c.verdict()));
        assertThat(missing).isEmpty();
    }
}
