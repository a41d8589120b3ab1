package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogFollowerTest {
    @TempDir private Path folder;
    private final List<String> seen = new ArrayList<>();
    private final LogFollower follower =
            new LogFollower((name, line) -> seen.add(name + ": " + line));

    @Test
    void handsOnWholeLinesAsTheyCome() throws IOException {
        Path log = folder.resolve("log");
        follower.follow("a", log, Integer.MAX_VALUE);
        assertThat(follower.look()).isFalse();

        add(log, "one\ntw");
        assertThat(follower.look()).isTrue();
        assertThat(seen).containsExactly("a: one");

        add(log, "o\nrest");
        follower.look();
        follower.finish();
        assertThat(seen).containsExactly("a: one", "a: two", "a: rest");
    }

    @Test
    void beginsWithTheLastLines() throws IOException {
        Path log = folder.resolve("log");
        add(log, "one\ntwo\nthree\n");
        follower.follow("a", log, 2);
        follower.look();
        assertThat(seen).containsExactly("a: two", "a: three");
    }

    @Test
    void countsALineThatIsStillBeingWritten() throws IOException {
        Path log = folder.resolve("log");
        add(log, "one\ntwo\nthr");
        follower.follow("a", log, 2);
        follower.look();
        follower.finish();
        assertThat(seen).containsExactly("a: two", "a: thr");
    }

    private static void add(Path log, String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
