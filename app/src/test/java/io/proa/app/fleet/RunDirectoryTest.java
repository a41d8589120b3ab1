package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {
    @TempDir private Path folder;

    @Test
    void belongsToItsOwnerAlone() throws IOException {
        try (RunDirectory run = RunDirectory.open(folder.resolve("proa"), "demo")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.pod("a-1"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void leavesNothingBehind() throws IOException {
        try (RunDirectory run = RunDirectory.open(folder.resolve("proa"), "demo")) {
            Files.writeString(run.pod("a-1").resolve("something"), "x");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void makesNothingMoreOnceItIsRemoved() throws IOException {
        RunDirectory run = RunDirectory.open(folder.resolve("proa"), "demo");
        run.close();

        run.note(List.of("a-1"));
        assertThatThrownBy(() -> run.pod("a-1")).isInstanceOf(IllegalStateException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void removesWhatAKilledPredecessorLeft() throws IOException {
        Path stale =
                Files.createDirectories(folder.resolve("demo/pods/gone-1")).resolve("admin.sock");
        Files.createFile(stale);
        Files.createFile(folder.resolve("other"));
        try (RunDirectory run = RunDirectory.open(folder, "demo")) {
            assertThat(run.path()).isEmptyDirectory();
        }
        assertThat(folder.resolve("other")).exists();
    }

    @Test
    void isHeldByOneFleetAtATime() throws IOException {
        try (RunDirectory run = RunDirectory.open(folder, "demo");
                FileChannel other =
                        FileChannel.open(folder.resolve("demo.lock"), StandardOpenOption.WRITE)) {
            assertThat(run.path()).exists();
            // Within one process the second taker is told by an exception, another process by a
            // null.
            assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }

    @Test
    void refusesASocketPathThatTheKernelWouldNotTake() throws IOException {
        try (RunDirectory run = RunDirectory.open(folder, "demo")) {
            assertThatThrownBy(() -> run.adminSocket("x".repeat(100)))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining("expected at most 107");
        }
    }

    @Test
    void refusesBeforehandWhatCouldNotBeStarted() {
        FleetPlan plan =
                new FleetPlan("n".repeat(60), List.of(Path.of("fleet.yaml")), List.of(), Map.of());
        Path base = Path.of("/tmp", "x".repeat(40));

        assertThatThrownBy(() -> RunDirectory.check(base, plan))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("expected at most 107");
        assertThat(base).doesNotExist();
    }

    @Test
    void saysInWordsWhyItCannotBeMade() {
        assertThatThrownBy(() -> RunDirectory.open(folder.resolve("gone/proa"), "demo"))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("cannot make the run directory")
                .hasMessageContaining("no such folder: ")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void prefersTheUsersOwnRuntimeFolder() {
        assertThat(RunDirectory.base("/run/user/1000", folder, "1000"))
                .isEqualTo(Path.of("/run/user/1000/proa"));
        assertThat(RunDirectory.base("relative", folder, "1000")).isEqualTo(folder.resolve("proa"));
        assertThat(RunDirectory.base("", folder, "1000")).isEqualTo(folder.resolve("proa"));
        assertThat(RunDirectory.base("", folder.resolve("not-there"), "1000"))
                .isEqualTo(Path.of("/tmp/proa-1000"));
    }
}
