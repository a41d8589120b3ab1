package io.proa.app.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A program in a pod of the fleet that is somebody else's child (`proa run`): all that can be done
/// is to see whether its process is still there.
final class Guest {
    private static final int STATE = 0;
    private static final int START_TIME = 19;

    private final long pid;
    private final String started;
    private final long since = System.nanoTime();
    private final Joining joining;

    private Guest(Joining joining, String started) {
        this.joining = joining;
        this.pid = joining.pid();
        this.started = started;
    }

    /// @throws IOException where there is no such process
    static Guest of(Joining joining) throws IOException {
        String[] fields = stat(joining.pid());
        return new Guest(joining, fields[START_TIME]);
    }

    Joining joining() {
        return joining;
    }

    /// Whether its process is there; one that has ended and only waits for its parent is not, nor
    /// is another one that got the same number.
    boolean isAlive() {
        try {
            String[] fields = stat(pid);
            return fields[START_TIME].equals(started) && !fields[STATE].matches("[ZXx]");
        } catch (IOException _) {
            return false;
        }
    }

    AppFacts facts() {
        return new AppFacts(
                AppState.RUNNING, 0, 0, pid, Duration.ofNanos(System.nanoTime() - since));
    }

    /// Asks its process to end.
    void stop() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }

    /// The fields of proc_pid_stat(5) from the third on: the second may contain anything.
    private static String[] stat(long pid) throws IOException {
        Path file = Path.of("/proc", Long.toString(pid), "stat");
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        if (fields.length <= START_TIME) {
            throw new IOException(file + ": too short");
        }
        return fields;
    }
}
