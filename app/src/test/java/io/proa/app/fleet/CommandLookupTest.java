package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandLookupTest {
    @TempDir private Path folder;
    private String path = "";

    @BeforeEach
    void makesAProgramAndAPlainFile() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Files.createFile(
                bin.resolve("server"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(bin.resolve("notes.txt"));
        path = "/nowhere:" + bin;
    }

    @Test
    void findsAProgramInPath() {
        assertThat(CommandLookup.problem("server", folder, path)).isEmpty();
    }

    @Test
    void findsAProgramRelativeToItsFolder() {
        assertThat(CommandLookup.problem("bin/server", folder, "")).isEmpty();
        assertThat(CommandLookup.problem("./server", folder.resolve("bin"), "")).isEmpty();
    }

    @Test
    void saysWhatItLookedForAndWhere() {
        assertThat(CommandLookup.problem("serverr", folder, path)).hasValue("command 'serverr' not found; expected a program of that name in PATH (" + path + ")");
        assertThat(CommandLookup.problem("./serverr", folder, path)).hasValue("command './serverr' not found; expected a program at " + folder.resolve("serverr"));
    }

    @Test
    void refusesWhatCannotBeExecuted() {
        assertThat(CommandLookup.problem("notes.txt", folder, path)).isPresent();
        assertThat(CommandLookup.problem("bin/notes.txt", folder, path).orElse("")).contains("is not executable");
        assertThat(CommandLookup.problem("./bin", folder, path)).isPresent();
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        assertThat(CommandLookup.problem("server", folder.resolve("gone"), path).orElse("")).contains("does not exist");
    }
}
