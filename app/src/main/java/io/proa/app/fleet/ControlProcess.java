package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One life of a control plane: a process (`proa control --operator`) that is asked by lines over
/// its pipes and ends when they do: even a launcher that is killed leaves none behind.
final class ControlProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int KEPT_LINES = 20;

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final long began = System.nanoTime();
    private volatile boolean ready;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    private ControlProcess(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Starts it; it can be stopped from now on, and asked once it serves.
    ///
    /// @param log what it writes to standard error is added to it
    /// @param progress is told of that what is for people
    static ControlProcess begin(List<String> command, Path log, Progress progress)
            throws IOException {
        ControlProcess control = new ControlProcess(new ProcessBuilder(command).start());
        Thread.ofVirtual().name("control news").start(() -> control.listen(log, progress));
        return control;
    }

    /// Waits until it serves.
    ///
    /// @throws Fault when it does not come to serve; it has ended then
    void awaitReady() throws IOException {
        try {
            String first = answer();
            if (!first.startsWith("ready ")) {
                throw broken("said '" + first + "'; expected 'ready'");
            }
            ready = true;
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// @return its answer, one line
    synchronized String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return answer();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for its end.
    ///
    /// @return its exit code
    int end() throws InterruptedException {
        return process.waitFor();
    }

    Duration lived() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private String answer() throws IOException {
        Thread patience = Thread.ofVirtual().start(this::killWhenSilent);
        try {
            String line = answers.readLine();
            if (line == null) {
                process.waitFor(1, TimeUnit.SECONDS);
                throw broken(
                        "ended"
                                + (process.isAlive()
                                        ? ""
                                        : " with exit code " + process.exitValue()));
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            patience.interrupt();
        }
    }

    private void killWhenSilent() {
        try {
            Thread.sleep(PATIENCE);
            process.destroyForcibly();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // It has answered.
        }
    }

    private Fault broken(String how) {
        String words = String.join("\n    ", said);
        return Fault.of(
                Sysexit.UNAVAILABLE,
                "the control plane " + how + (words.isEmpty() ? "" : "; it said:\n    " + words),
                "");
    }

    /// What it writes to standard error: logged, kept for messages, and passed on as news.
    private void listen(Path logFile, Progress progress) {
        try (BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
                Writer log =
                        Files.newBufferedWriter(
                                logFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            String line = errors.readLine();
            while (line != null) {
                note(line, log, progress);
                line = errors.readLine();
            }
        } catch (IOException _) {
            // The same as its end.
        }
    }

    /// Lines of JSON are for machines; what is written for people is about changed documents.
    private void note(String line, Writer log, Progress progress) throws IOException {
        log.write(line + "\n");
        log.flush();
        if (said.size() < KEPT_LINES) {
            said.add(line);
        }
        if (!line.startsWith("{")) {
            progress.news(line);
        }
    }

    /// Returns when it has ended: nobody may write its keys into a folder that is being removed.
    void stop() throws IOException, InterruptedException {
        try {
            commands.close();
        } catch (IOException _) {
            // It has ended before.
        }
        if (!ready) {
            process.destroy(); // it reads no commands yet
        }
        if (!process.waitFor(3, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor(3, TimeUnit.SECONDS);
        }
    }
}
