package io.proa.control.server;

import io.proa.control.fleet.Compilation;
import io.proa.control.fleet.FleetState;
import io.proa.model.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Looks whether the intent's files have changed, and has them read anew when they have.
///
/// By looking, not by inotify: that misses changes on network and overlay file systems, and a fleet
/// has a handful of files. Safe for use by several threads.
public final class IntentWatch {
    private final List<Path> paths;
    private final FleetState fleet;
    private final Consumer<String> log;
    private List<String> seen;
    private List<ConfigProblem> reported = List.of();
    private String failure = "";

    public IntentWatch(List<Path> paths, FleetState fleet, Consumer<String> log) {
        this.paths = List.copyOf(paths);
        this.fleet = fleet;
        this.log = log;
        this.seen = look();
    }

    /// Has them read anew, changed or not, for somebody who waits for it and tells what came of it;
    /// what keeps the last good texts in use nevertheless is reported here.
    ///
    /// @throws IOException where the state cannot be kept; the last good fleet stays
    public synchronized Compilation reload() throws IOException {
        List<String> now = look();
        Compilation result = fleet.reload();
        seen = now;
        failure = "";
        switch (result) {
            case Compilation.Rejected _ -> {}
            case Compilation.Compiled _ -> report(fleet.problems());
        }
        return result;
    }

    /// @return whether there is a new good fleet
    public synchronized boolean reloadIfChanged() {
        List<String> now = look();
        if (now.equals(seen)) {
            return false;
        }
        try {
            FleetState.Current before = fleet.current();
            Compilation result = fleet.reload();
            seen = now;
            failure = "";
            return switch (result) {
                case Compilation.Rejected rejected -> {
                    report(rejected.problems());
                    yield false;
                }
                case Compilation.Compiled _ -> {
                    FleetState.Current after = fleet.current();
                    if (!report(fleet.problems()) && fleet.problems().isEmpty()) {
                        sayGood();
                    }
                    yield after != null && !after.equals(before);
                }
            };
        } catch (IOException e) {
            // such as a full disk: the next look tries again, and says so only once
            String said = "control: the changed intent is not in use: " + e.getMessage();
            if (!said.equals(failure)) {
                failure = said;
                log.accept(said);
            }
            return false;
        }
    }

    /// Once, however often it is looked at because of something else.
    ///
    /// @return whether there was anything to say: a mistake, or that there is none any more
    private boolean report(List<ConfigProblem> problems) {
        if (problems.equals(reported)) {
            return false;
        }
        reported = List.copyOf(problems);
        if (problems.isEmpty()) {
            sayGood();
            return true;
        }
        log.accept("control: the changed intent is not in use, the last good one stays:");
        for (ConfigProblem problem : problems) {
            log.accept(problem.toString());
        }
        return true;
    }

    private void sayGood() {
        FleetState.Current now = fleet.current();
        log.accept("control: the intent is good" + (now == null ? "" : ", " + now.revision()));
    }

    private List<String> look() {
        var stamps = new ArrayList<String>();
        for (Path path : paths) {
            stamps.add(stamp(path));
            if (Files.isDirectory(path)) {
                try (Stream<Path> entries = Files.list(path)) {
                    entries.sorted().forEach(entry -> stamps.add(stamp(entry)));
                } catch (IOException _) {
                    // the next look will tell
                }
            }
        }
        return stamps;
    }

    /// Changes with the file's content for all that writes it, be it in place or by renaming.
    private static String stamp(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return path
                    + " "
                    + attributes.fileKey()
                    + " "
                    + attributes.size()
                    + " "
                    + attributes.lastModifiedTime();
        } catch (IOException _) {
            return path + " missing";
        }
    }
}
