package io.proa.proving.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class TransparencyPageTest {
    @Test
    void thePageTellsWhatTheCodeAllows() throws IOException {
        String page = Files.readString(Path.of("../docs/transparency.md"));
        assertThat(TransparencyPage.replaced(page))
                .as("run .ci/transparency --write")
                .isEqualTo(page);
    }
}
