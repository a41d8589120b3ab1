package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The fleet's control plane, a process of its own (`proa control --operator`) that is asked by
/// lines over its pipes and ends when they do: even a launcher that is killed leaves none behind.
final class ControlPlane {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int KEPT_LINES = 20;

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    private ControlPlane(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Starts it and waits until it serves.
    ///
    /// @param progress is told what it says of changed documents
    /// @param options added to its command line
    static ControlPlane start(
            FleetPlan plan,
            Installation installation,
            RunDirectory run,
            Teardown teardown,
            Progress progress,
            List<String> options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add("setsid"); // a Ctrl-C in the terminal is the launcher's alone, which then ends
        // everything in order
        command.add(installation.program("proa").toString());
        command.addAll(List.of("control", "--operator"));
        for (Path document : plan.documents()) {
            command.addAll(List.of("--intent", document.toAbsolutePath().toString()));
        }
        command.addAll(List.of("--socket", run.controlSocket().toString()));
        command.addAll(List.of("--state", run.path().resolve("control").toString()));
        command.addAll(options);
        ControlPlane control = new ControlPlane(new ProcessBuilder(command).start());
        teardown.add("control plane", control::stop);
        Thread.ofVirtual()
                .name("control news")
                .start(() -> control.listen(run.log("control"), progress));
        String first = control.answer();
        if (!first.startsWith("ready ")) {
            throw control.broken("said '" + first + "'; expected 'ready'");
        }
        return control;
    }

    /// A single-use token by which the pod's sidecar proves which pod it is.
    synchronized String token(String pod) throws IOException {
        commands.write("token " + pod + "\n");
        commands.flush();
        String answer = answer();
        String expected = "token " + pod + " ";
        if (!answer.startsWith(expected)) {
            throw broken("gave no token for " + pod + ": " + answer);
        }
        return answer.substring(expected.length());
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
                Writer log = Files.newBufferedWriter(logFile)) {
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

    private void stop() throws IOException, InterruptedException {
        commands.close();
        if (!process.waitFor(3, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor(3, TimeUnit.SECONDS);
        }
    }
}
