package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLookupTest {
    @TempDir private Path folder;

    @Test
    void saysWhatAShellWouldSay() throws IOException {
        Path file = Files.writeString(folder.resolve("plain"), "x");

        assertThat(CommandLookup.look("sh", "/nowhere:/bin")).isZero();
        assertThat(CommandLookup.look("no-such", "/bin")).isEqualTo(127);
        assertThat(CommandLookup.look("plain", folder + ":/bin")).isEqualTo(126);
        assertThat(CommandLookup.look(file.toString(), "")).isEqualTo(126);
        assertThat(CommandLookup.look(folder + "/none", "")).isEqualTo(127);
        assertThat(CommandLookup.look(folder.toString(), "")).isEqualTo(126);
    }

    @ParameterizedTest
    @CsvSource({
        "python3, python3",
        "/usr/bin/Python3.12, python3-12",
        "./my_server, my-server",
        "--x--, x",
        "___, app"
    })
    void makesANameOfAProgram(String program, String name) {
        assertThat(CommandLookup.label(program)).isEqualTo(name);
    }
}
