package io.proa.app.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A program of the fleet that is somebody else's child (`proa run`, `proa attach`): all that can
/// be done is to see whether its process is still there.
final class Guest {
    private static final int STATE = 0;
    private static final int THREADS = 17;
    private static final int START_TIME = 19;
    private static final int LOOKS = 5;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final Watched caller;
    private final Watched program;
    private final long since = System.nanoTime();
    private final Joining joining;

    private Guest(Joining joining, Watched caller, Watched program) {
        this.joining = joining;
        this.caller = caller;
        this.program = program;
    }

    /// @throws IOException where there is no such process
    static Guest of(Joining joining) throws IOException {
        Watched caller = Watched.of(joining.pid());
        return new Guest(
                joining, caller, joining.running() == 0 ? caller : Watched.of(joining.running()));
    }

    /// A process, told from others that get the same number.
    private record Watched(long pid, String started) {
        static Watched of(long pid) throws IOException {
            return new Watched(pid, stat(pid)[START_TIME]);
        }

        /// A process whose first thread has ended before others looks dead, and so does one that
        /// becomes a program by such a thread (execve(2)), as `proa run` does, until that has taken
        /// the first one's place: it waits for the ends of all the others, which takes long on a
        /// busy machine. Its number of threads tells it from a dead one, except for a moment at the
        /// end of that; hence further looks.
        boolean isAlive() {
            try {
                for (int look = 1; look <= LOOKS; look++) {
                    String[] fields = stat(pid);
                    if (!fields[START_TIME].equals(started)) {
                        return false;
                    }
                    if (!fields[STATE].matches("[ZXx]") || !fields[THREADS].equals("1")) {
                        return true;
                    }
                    Thread.sleep(BETWEEN_LOOKS);
                }
                return false;
            } catch (IOException _) {
                return false;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return true; // this launcher ends, not the program
            }
        }
    }

    Joining joining() {
        return joining;
    }

    /// Whether its process is there, and the one that asked for it; one that has ended and only
    /// waits for its parent is not.
    boolean isAlive() {
        return caller.isAlive() && program.isAlive();
    }

    AppFacts facts() {
        return new AppFacts(
                AppState.RUNNING, 0, 0, program.pid(), Duration.ofNanos(System.nanoTime() - since));
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
