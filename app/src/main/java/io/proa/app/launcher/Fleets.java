package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.LastNote;
import io.proa.app.fleet.RunDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The fleets of this user on this machine.
///
/// @param base where their run directories are
public record Fleets(Path base) {
    private static final String START_ONE = "start one with proa up FILE or proa run -- COMMAND";

    /// Without namespaces a program is known by its parents and its environment alone.
    static final String LEFT_IN_EXPLICIT_MODE =
            "nothing of it is left but programs that have left their parents and cleared their environment";

    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration STEP = Duration.ofMillis(20);

    private static final String LOCK = ".lock";
    private static final String LAST = ".last";

    /// As the environment says, see [RunDirectory#base].
    public static Fleets of(Map<String, String> environment) {
        return new Fleets(
                RunDirectory.base(
                        environment.getOrDefault("XDG_RUNTIME_DIR", ""),
                        Path.of("/run"),
                        environment.getOrDefault("USER", "nobody")));
    }

    /// Their names, in order.
    List<String> running() {
        return named(LOCK).stream().filter(this::isRunning).toList();
    }

    boolean isRunning(String fleet) {
        Path lock = base.resolve(fleet + LOCK);
        return Files.exists(lock) && RunDirectory.isHeld(lock);
    }

    private List<String> named(String ending) {
        if (!Files.isDirectory(base)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(base)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /// @throws Fault where its launcher cannot answer, since it is stopped (Ctrl-Z)
    LauncherClient client(String fleet) {
        long pid = launcher(fleet);
        if (isStopped(pid)) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "fleet '"
                            + fleet
                            + "' does not answer: its launcher, process "
                            + pid
                            + ", is stopped",
                    "fg where it was started, or kill -CONT " + pid + ", lets it go on");
        }
        return new LauncherClient(base.resolve(fleet).resolve(LauncherClient.SOCKET));
    }

    /// As its lock says; 0 where nobody knows.
    private long launcher(String fleet) {
        try {
            return Long.parseLong(Files.readString(base.resolve(fleet + LOCK)).strip());
        } catch (IOException | NumberFormatException _) {
            return 0;
        }
    }

    /// @param pid of a process that need not be there
    static boolean isStopped(long pid) {
        try {
            // proc(5): the state is behind the name, which may have parentheses of its own.
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            int state = stat.lastIndexOf(')') + 2;
            return state < stat.length() && stat.charAt(state) == 'T';
        } catch (IOException _) {
            return false;
        }
    }

    /// The fleet that a command is about: the one asked for, or the only one that runs.
    ///
    /// @param asked as typed; null = none
    /// @throws Fault where that is not clear, or it does not run
    String chosen(@Nullable String asked) {
        List<String> running = running();
        if (asked != null) {
            if (!running.contains(asked)) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "fleet '"
                                + asked
                                + "' is not running; expected "
                                + (running.isEmpty()
                                        ? "a running one, and there is none"
                                        : "one of " + String.join(", ", running)),
                        START_ONE);
            }
            return asked;
        }
        if (running.isEmpty()) {
            throw nothingRuns();
        }
        return running.size() == 1 ? running.getFirst() : only(running, this::hasPrograms);
    }

    /// The one that is meant where several run: a fleet whose programs have all ended is kept for
    /// those to come, and its user may have forgotten it.
    static String only(List<String> running, Predicate<String> hasPrograms) {
        List<String> used = running.stream().filter(hasPrograms).toList();
        if (used.size() == 1) {
            return used.getFirst();
        }
        throw Fault.of(
                Sysexit.USAGE,
                "several fleets are running ("
                        + String.join(", ", used.isEmpty() ? running : used)
                        + "); expected --fleet to name one",
                "");
    }

    /// Waits a moment for the answer of one that is starting or ending; one that gives none may
    /// have some.
    boolean hasPrograms(String fleet) {
        try {
            Optional<Boolean> known = Optional.empty();
            long deadline = System.nanoTime() + ANSWER.toNanos();
            while (known.isEmpty() && System.nanoTime() < deadline) {
                known = looked(fleet);
                if (known.isEmpty()) {
                    Thread.sleep(STEP);
                }
            }
            return known.orElse(true);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private Optional<Boolean> looked(String fleet) {
        try {
            return Optional.of(!client(fleet).get("/ps").path("pods").isEmpty());
        } catch (IOException _) {
            return isRunning(fleet) ? Optional.empty() : Optional.of(false);
        } catch (Fault _) {
            return Optional.of(true); // it is stopped
        }
    }

    /// What every command says where there is nothing to be looked at or ended.
    static Fault nothingRuns() {
        return Fault.of(Sysexit.UNAVAILABLE, "no fleet is running", START_ONE);
    }

    /// Says once what became of fleets that did not end in order, and removes their last files.
    /// Their processes, links and rules ended with their launchers.
    public void tellOfTheDead(PrintStream err) {
        List<String> dead = new ArrayList<>(named(LOCK));
        named(LAST).stream().filter(name -> !dead.contains(name)).forEach(dead::add);
        for (String fleet : dead) {
            if (!isRunning(fleet)) {
                tell(fleet, err);
            }
        }
    }

    private void tell(String fleet, PrintStream err) {
        Path note = LastNote.file(base, fleet);
        Optional<LastNote> last = LastNote.read(note);
        try {
            if (!RunDirectory.clean(base, fleet)) {
                return;
            }
            Files.deleteIfExists(note);
            Files.deleteIfExists(base);
        } catch (DirectoryNotEmptyException _) {
            // Another fleet's files are in it.
        } catch (IOException e) {
            err.println("proa: cannot remove what is left of fleet " + fleet + ": " + e);
            return;
        }
        last.ifPresent(found -> err.println("proa: " + sentence(fleet, found)));
    }

    private static String sentence(String fleet, LastNote last) {
        String since =
                DateTimeFormatter.ofPattern("HH:mm:ss")
                        .withZone(ZoneId.systemDefault())
                        .format(last.since());
        String pods =
                last.pods().isEmpty()
                        ? ""
                        : ", and its pods with it (" + String.join(", ", last.pods()) + ")";
        return "fleet '"
                + fleet
                + "' had ended: "
                + (last.ended().isEmpty()
                        ? "its launcher, process " + last.pid() + " since " + since + ", was killed"
                        : last.ended())
                + pods
                + (last.explicit() ? "; " + LEFT_IN_EXPLICIT_MODE : "; nothing of it is left");
    }
}
