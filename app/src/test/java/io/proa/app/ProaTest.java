package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ProaTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void helpHasExamples() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("proa demo --once -o json");
    }

    /// A terminal of 80 columns breaks longer ones at a place of its own.
    @Test
    void linesOfHelpFitOnATerminal() {
        for (CommandLine verb : new CommandLine(new Proa()).getSubcommands().values()) {
            CommandLine.Model.UsageMessageSpec help = verb.getCommandSpec().usageMessage();
            Stream.of(help.header(), help.description(), help.footer())
                    .flatMap(Stream::of)
                    .forEach(line ->
                            assertThat(line.length())
                                    .as(verb.getCommandName() + ": " + line)
                                    .isLessThanOrEqualTo(80));
        }
    }

    @Test
    void everyVerbHasHelpWithExamples() {
        for (String verb :
                new String[] {"demo", "validate", "control", "sidecar", "redirect", "version"}) {
            out.reset();
            assertThat(run(verb, "--help")).as(verb).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).as(verb).contains("proa " + verb);
        }
    }

    @Test
    void helpOfAVerbIsWhatTheVerbSaysItself() {
        for (String verb :
                new String[] {"demo", "validate", "control", "sidecar", "redirect", "version"}) {
            out.reset();
            assertThat(run(verb, "--help")).as(verb).isZero();
            String own = out.toString(StandardCharsets.UTF_8);
            out.reset();
            assertThat(run("help", verb)).as(verb).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(own).contains("Usage: ");
            assertThat(own.lines()).as(verb).allMatch(line -> line.length() <= 110);
        }
    }

    @Test
    void anUnknownVerbGetsOneSentenceAndTheNextStep() {
        assertThat(run("dmo")).isEqualTo(64);
        assertThat(errors())
                .isEqualTo(
                        "proa: 'dmo' is not a verb; did you mean 'demo'?\n  next: see proa --help\n");
    }

    @Test
    void anUnknownFlagGetsOneSentenceAndTheNextStep() {
        assertThat(run("demo", "--onec")).isEqualTo(64);
        assertThat(errors())
                .startsWith("proa: unknown option '--onec'")
                .contains("next: see proa demo --help");
    }

    @Test
    void aWrongValueIsShownWithWhatWasExpected() {
        assertThat(run("demo", "-o", "xml")).isEqualTo(64);
        assertThat(errors()).contains("saw 'xml', expected text or json");
    }

    @Test
    void noVerbIsAMistakeOfUse() {
        assertThat(run()).isEqualTo(64);
        assertThat(errors()).startsWith("proa: no verb was given; expected one of demo, ");
    }

    @Test
    void versionIsReadableByMachines() {
        assertThat(run("version", "-o", "json")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("{\"proa\":\"")
                .contains("\"java\":\"25");
    }

    private int run(String... args) {
        return Proa.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
