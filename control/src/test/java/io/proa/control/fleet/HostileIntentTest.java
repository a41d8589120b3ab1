package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Text that was made to hurt its reader, or by chance.
final class HostileIntentTest {
    /// Whatever the text: a fleet or problems, never an exception.
    @Test
    void survivesMutatedIntent() throws IOException {
        List<String> good =
                List.of(
                        IntentCompilerTest.SHOP,
                        Files.readString(
                                Path.of("src/test/resources/good-intent/everything.yaml")));
        String[] words = {
            "- ",
            ": ",
            "{",
            "}",
            "[",
            "]",
            "&a ",
            "*a",
            "!!int ",
            "|",
            ">",
            "---\n",
            "\n  ",
            "\t",
            "null",
            "99999999999",
            "'",
            "\"",
            "<<: "
        };
        for (int seed = 0; seed < 6000; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder(good.get(seed % good.size()));
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, words[random.nextInt(words.length)]);
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(12)));
                    default -> text.setCharAt(at, (char) random.nextInt(1, 0x250));
                }
            }
            try {
                IntentCompilerTest.compile(
                        text.toString(),
                        new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null));
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void refusesPathsThatNoFileCanHave() {
        Compilation cwd = compiled("{name: a, command: [sh], cwd: \"x\\0y\"}");
        Compilation envFrom = compiled("{name: a, command: [sh], envFrom: [\"x\\0y\"]}");

        for (Compilation each : List.of(cwd, envFrom)) {
            assertThat(each)
                    .isInstanceOfSatisfying(
                            Compilation.Rejected.class,
                            rejected ->
                                    assertThat(rejected.problems().getFirst().toString())
                                            .contains("saw a path that no file here can have"));
        }
    }

    private static Compilation compiled(String service) {
        return IntentCompilerTest.compile(
                """
                apiVersion: proa.io/v1alpha1
                kind: Fleet
                metadata: {name: f}
                spec: {services: [%s]}
                """
                        .formatted(service),
                new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null));
    }

    /// A billion of values out of few words, by aliases.
    @Test
    void hugeTextIsRefused() {
        var laughs = new StringBuilder("x0: &x0 [a]\n");
        for (int i = 1; i <= 9; i++) {
            String earlier = "*x" + (i - 1);
            laughs.append("x" + i + ": &x" + i + " [");
            laughs.append((earlier + ",").repeat(9)).append(earlier).append("]\n");
        }
        assertThat(rejected(laughs.toString()))
                .hasToString(
                        "fleet.yaml:1:1: saw a document of more than 200000 values, expected fewer\n  hint: do not nest aliases");
    }

    /// Words that are used often are no reason to refuse a document.
    @Test
    void aliasesMayBeUsedOften() {
        var text = new StringBuilder(IntentCompilerTest.HEAD);
        text.append("  - {name: s0, command: x, env: &common {A: b}}\n");
        for (int i = 1; i < 200; i++) {
            text.append("  - {name: s").append(i).append(", command: x, env: *common}\n");
        }
        assertThat(IntentCompilerTest.compiled(text.toString(), new AddressBook()).services())
                .hasSize(200);
    }

    /// One problem for each way to nest, at the level that is one too many; JSON is YAML.
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    '[',         65
                    '{a: ',      257
                    '{"a":',     321
                    '- ',        129
                    '? ',        129
                    '? - ',      129
                    '[{a: ',     161
                    """)
    void deepTextIsRefusedWithOneProblem(String level, int column) {
        for (String end : List.of("", "x", "]".repeat(1000))) {
            assertThat(rejected(level.repeat(100_000) + end))
                    .hasToString(
                            "fleet.yaml:1:"
                                    + column
                                    + ": saw more than 64 levels of nesting, expected fewer\n  hint: no kind of document needs more than six");
        }
    }

    @Test
    void deepBlocksAreRefusedToo() {
        var text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(rejected(text.toString()).line()).isEqualTo(65);
    }

    @Test
    void unfinishedKeysAreNotWellFormed() {
        assertThat(rejected("a: ".repeat(50_000)).message()).startsWith("not well-formed YAML");
    }

    /// The only problem of a text.
    private static ConfigProblem rejected(String text) {
        var compiler = new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null);
        List<ConfigProblem> problems =
                ((Compilation.Rejected) IntentCompilerTest.compile(text, compiler)).problems();
        assertThat(problems).hasSize(1);
        return problems.getFirst();
    }
}
