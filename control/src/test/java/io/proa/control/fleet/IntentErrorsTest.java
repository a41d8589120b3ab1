package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Problems;
import io.proa.model.ConfigProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Each bad intent in `bad-intent/*.yaml` gives exactly what stands in the `.txt` beside it.
///
/// To accept new messages run with `-Dproa.golden=write` and read the difference.
final class IntentErrorsTest {
    private static final Path CASES = Path.of("src/test/resources/bad-intent");

    @TestFactory
    List<DynamicTest> tellsPreciselyWhatIsWrong() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        try (var files = Files.list(CASES)) {
            files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .forEach(file ->
                            tests.add(DynamicTest.dynamicTest(nameOf(file), () -> check(file))));
        }
        assertThat(tests).hasSizeGreaterThan(15);
        return tests;
    }

    private static void check(Path file) throws IOException {
        Path golden = file.resolveSibling(nameOf(file).replace(".yaml", ".txt"));
        String seen = problems(file);
        if ("write".equals(System.getProperty("proa.golden"))) {
            Files.writeString(golden, seen);
        }
        assertThat(seen).isEqualTo(Files.readString(golden, StandardCharsets.UTF_8));
    }

    private static String problems(Path file) {
        try {
            var source =
                    new IntentSource("fleet.yaml", Path.of("/srv/fleet"), Files.readString(file));
            Compilation result =
                    new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null)
                            .compile(List.of(source), new Problems());
            return switch (result) {
                case Compilation.Compiled _ -> "no problem\n";
                case Compilation.Rejected rejected -> text(rejected.problems());
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(List<ConfigProblem> problems) {
        var text = new StringBuilder();
        for (ConfigProblem problem : problems) {
            text.append(problem).append('\n');
        }
        return text.toString();
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }
}
