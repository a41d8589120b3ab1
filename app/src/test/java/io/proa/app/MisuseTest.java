package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each wrong use of the command line: one sentence that says what was seen and what was expected,
/// the next step, exit code 64, nothing on standard output.
final class MisuseTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dmo                        | proa: 'dmo' is not a verb; did you mean 'demo'?",
                "apply                      | proa: 'apply' is not a verb; expected one of demo, run",
                "up a b                     | proa: saw 'b', expected only flags after 'up'",
                "run                        | proa: no command was given; expected a program and its arguments",
                "run --port x -- true       | proa: option '--port': saw 'x', expected P or P:TARGET",
                "run --publish 80 -- true   | proa: option '--publish': saw 80, but no --port",
                "run --env x -- true        | proa: option '--env': saw 'x', expected NAME=VALUE",
                "logs -n -1                 | proa: option '--tail': saw -1, expected 0 or more",
                "help nope                  | proa: 'nope' is not a verb; expected one of demo",
                "help demo more             | proa: saw 'more', expected only flags after 'help'",
                "--nope                     | proa: unknown option '--nope'",
                "version more               | proa: saw 'more', expected only flags after 'version'",
                "version -o                 | proa: option '--output' needs a value (FORMAT)",
                "demo --onec                | proa: unknown option '--onec'; did you mean '--once'?",
                "demo -x                    | proa: unknown option '-x'",
                "demo -o xml                | proa: invalid value for option '--output': saw 'xml', expected text or json",
                "demo -o json               | proa: -o json was given without --once",
                "demo --seconds 5           | proa: --seconds was given without --once",
                "demo --once --seconds 0    | proa: option '--seconds': saw 0, expected 1 to 3600",
                "demo --once --seconds 1m   | proa: invalid value for option '--seconds': saw '1m', expected a whole number",
                "demo --once --load 0       | proa: option '--load': saw 0, expected 1 to 1000",
                "demo --load 5000           | proa: option '--load': saw 5000, expected 0 to 1000",
                "demo --port 0              | proa: option '--port': saw 0, expected 1 to 65535",
                "demo --port                | proa: option '--port' needs a value (PORT)",
                "demo --once --once         | proa: option '--once' should be specified only once",
                "demo --fleet=              | proa: invalid value for option '--fleet': saw '', expected a path",
                "control                    | proa: saw no --intent PATH and no --socket SOCKET and no --state DIR",
                "control --intent x --socket y | proa: saw no --state DIR; expected",
                "control --bogus            | proa: unknown option '--bogus'",
                "control --certificate-lifetime 1x | saw '1x', expected a duration such as 300ms, 5s or 1m30s",
                "redirect                   | proa redirect: no action was given; expected apply, remove or print",
                "redirect pint              | proa redirect: 'pint': expected apply, remove or print",
                "redirect print --uid       | proa redirect: --uid needs a value",
                "redirect print --uid x     | proa redirect: --uid 'x': expected a number up to",
            })
    void isOneSentence(String words, String said) {
        assertThat(run(words.split(" "))).isEqualTo(64);
        assertThat(errors()).contains(said).doesNotContain("Exception", "picocli", "launcher");
        assertThat(errors().lines()).hasSize(2);
        assertThat(errors().lines().toList().getLast()).startsWith("  next: ");
        assertThat(out.size()).isZero();
    }

    private int run(String... args) {
        return Proa.run(args, print(out), print(err));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
