package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GuestTest {
    // When another thread than the first calls execve, as in every JVM, the first one is a zombie
    // (state Z, num_threads still above 1) until the caller has taken its number.
    private static final String BECOMES_ITSELF_AGAIN =
            """
            import os, sys, threading, time
            n = int(sys.argv[1])
            again = [sys.executable, sys.argv[0], str(n - 1)]
            if n == 0:
                time.sleep(1)
            else:
                t = threading.Thread(target=lambda: os.execv(sys.executable, again))
                t.start()
                t.join()
            """;

    private static final String ENDS_ITS_FIRST_THREAD =
            """
            import ctypes, sys, threading, time
            threading.Thread(target=lambda: time.sleep(60)).start()
            print("goes", flush=True)
            ctypes.CDLL(None).pthread_exit(None)
            """;

    @Test
    void aProcessWhoseFirstThreadHasEndedIsAlive(@TempDir Path folder) throws Exception {
        Process process =
                new ProcessBuilder("/usr/bin/python3", "-c", ENDS_ITS_FIRST_THREAD).start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("goes");
            Guest guest = Guest.of(joining(folder, process));
            Path stat = Path.of("/proc/" + process.pid() + "/stat");
            Waiting.until(() -> isZombie(stat), Duration.ofMillis(5), Duration.ofSeconds(10));
            assertThat(isZombie(stat)).isTrue();
            assertThat(guest.isAlive()).isTrue();
            process.destroyForcibly().waitFor();
            assertThat(guest.isAlive()).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean isZombie(Path stat) {
        try {
            return Files.readString(stat).contains(") Z ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Joining joining(Path folder, Process process) {
        return new Joining(
                "web",
                false,
                List.of(),
                folder,
                List.of(),
                List.of(),
                AccessLogging.USUAL,
                process.pid(),
                0);
    }

    @Test
    void aProcessThatBecomesAnotherProgramIsAliveMeanwhile(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("again.py"), BECOMES_ITSELF_AGAIN);
        Process process = new ProcessBuilder("/usr/bin/python3", script.toString(), "40").start();
        try {
            Guest guest = Guest.of(joining(folder, process));
            long end = System.nanoTime() + 2_000_000_000L;
            while (System.nanoTime() < end && process.isAlive()) {
                boolean alive = guest.isAlive();
                assertThat(alive || !process.isAlive()).isTrue();
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
