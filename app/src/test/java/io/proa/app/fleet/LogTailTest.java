package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTailTest {
    @TempDir private Path folder;

    @Test
    void wordsOfAnEarlierRunAreNotThoseOfTheLast() throws IOException {
        Path log = folder.resolve("app.log");
        Files.writeString(log, "fine\n");
        long from = Files.size(log);
        assertThat(LogTail.of(log, from)).isEqualTo("; it printed nothing");
        Files.writeString(log, "fine\nno db\n");
        assertThat(LogTail.of(log, from)).isEqualTo("; its last words:\n    no db");
    }
}
