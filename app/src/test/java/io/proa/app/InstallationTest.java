package io.proa.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstallationTest {
    @TempDir private Path folder;

    @Test
    void findsTheDemoAboveTheBuiltFolder() throws IOException {
        Path dist = Files.createDirectories(folder.resolve("app/target/dist"));
        Files.createFile(Files.createDirectory(folder.resolve("demo")).resolve("fleet.yaml"));

        Installation found = Installation.find(dist.toString());

        assertThat(found.demo()).isEqualTo(folder.resolve("demo"));
        assertThat(found.program("proa-sidecar")).isEqualTo(dist.resolve("bin/proa-sidecar"));
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> Installation.find(folder.toString()))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("no demo/fleet.yaml");
        assertThatThrownBy(() -> Installation.find(null))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("io.proa.dist");
    }
}
