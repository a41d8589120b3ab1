package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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

    @Test
    void aProcessThatBecomesAnotherProgramIsAliveMeanwhile(@TempDir Path folder) throws Exception {
        Path script = Files.writeString(folder.resolve("again.py"), BECOMES_ITSELF_AGAIN);
        Process process = new ProcessBuilder("/usr/bin/python3", script.toString(), "40").start();
        try {
            Guest guest =
                    Guest.of(
                            new Joining(
                                    "web",
                                    false,
                                    List.of(),
                                    folder,
                                    List.of(),
                                    List.of(),
                                    process.pid(),
                                    0));
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
