package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that the launcher started: its output goes to a file of the run directory, and it ends with the fleet.
///
/// Each is started in a session of its own (`setsid`), so that a Ctrl-C in the terminal reaches the launcher alone, which
/// then ends everything in order.
final class ChildProcess {
    private static final int TAIL_LINES = 5;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// @param environment added to the launcher's own
    /// @param stdin written to the process, which then reads the end of it
    static ChildProcess start(String name, List<String> command, Path folder, Map<String, String> environment, String stdin, Path log) {
        List<String> line = new java.util.ArrayList<>(command);
        line.addFirst("setsid");
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true);
        builder.redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            ChildProcess child = new ChildProcess(name, process, log);
            try (OutputStream in = process.getOutputStream()) {
                in.write(stdin.getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // It ended before it read: whoever waits for it is told with its own words.
            }
            return child;
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, name + " could not be started: " + e.getMessage(), "");
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /// How it ended and its last words; only when it has ended.
    Fault ended() {
        return Fault.of(
                Sysexit.UNAVAILABLE,
                name + " ended with exit code " + process.exitValue() + " before it was ready" + lastWords(log),
                "");
    }

    /// The last lines of a log, indented below a sentence; empty when there are none.
    static String lastWords(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return tail.isEmpty() ? "; it printed nothing" : "; its last words:\n    " + String.join("\n    ", tail);
        } catch (IOException _) {
            return "";
        }
    }

    /// Asks it to end, and after `grace` no longer asks.
    void stop(Duration grace) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            process.waitFor(5, TimeUnit.SECONDS);
        }
    }
}
