package io.proa.proving.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.TwoReaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FuzzerTest {
    private static final Path CORPUS = Path.of("src/fuzz/corpus");
    private static final long A_MOMENT_NANOS = 700_000_000L;

    @Test
    void everyKeptInputHolds() throws IOException {
        for (FuzzTarget target : FuzzTarget.values()) {
            List<Path> kept = Seeds.kept(target, CORPUS);
            assertThat(kept).as(target.folder()).isNotEmpty();
            for (Path file : kept) {
                assertThat(target.kind(new TwoReaders(), Files.readAllBytes(file)))
                        .as(file.toString())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void aMomentOfFuzzingFindsNothing() throws IOException {
        for (FuzzTarget target : FuzzTarget.values()) {
            assertThat(new Fuzzer(target, 1).run(CORPUS, A_MOMENT_NANOS))
                    .as(target.folder())
                    .isEmpty();
        }
    }

    @Test
    void theSameSeedMakesTheSameInputs() {
        byte[] input = {1, 2, 3, 4, 5, 6, 7, 8};
        Mutator one = new Mutator(7);
        Mutator two = new Mutator(7);
        for (int i = 0; i < 1000; i++) {
            byte[] first = one.mutate(input, input);
            assertThat(Arrays.equals(first, two.mutate(input, input))).isTrue();
        }
        assertThat(input).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }
}
