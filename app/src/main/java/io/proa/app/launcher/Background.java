package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.SignalHook;
import io.proa.app.Sysexit;
import io.proa.app.UserNamespace;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Mode;
import io.proa.app.fleet.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A launcher in the background (`proa launcher`): until it is ready it says by lines on its
/// standard output how far it is, then it lets go of whoever started it.
final class Background {
    static final String STEP = "step ";
    static final String NEWS = "news ";
    static final String FAULT = "fault ";
    static final String READY = "ready";

    private Background() {}

    /// Starts one and waits until it is ready.
    ///
    /// @param arguments of `proa`
    /// @throws Fault the launcher's own, when it could not start its fleet
    static void start(
            Installation installation,
            List<String> arguments,
            Map<String, String> environment,
            Mode mode,
            Progress progress) {
        ProcessBuilder builder =
                starting(installation, arguments, environment, mode)
                        .directory(Path.of("/").toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectErrorStream(true);
        try {
            Process launcher = builder.start();
            SignalHook hook = SignalHook.set(() -> end(launcher));
            await(launcher, progress);
            if (!hook.remove()) {
                throw Fault.of(Sysexit.OS, "interrupted while starting", ""); // this process ends
            }
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, "cannot start a launcher: " + e.getMessage(), "");
        } catch (IllegalStateException _) {
            throw Fault.of(Sysexit.OS, "interrupted while starting", ""); // this process ends
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Fault.of(Sysexit.OS, "interrupted while starting", "");
        }
    }

    private static ProcessBuilder starting(
            Installation installation,
            List<String> arguments,
            Map<String, String> environment,
            Mode mode) {
        return switch (mode) {
            case TRANSPARENT -> UserNamespace.detached(installation, arguments, environment);
            case EXPLICIT -> {
                List<String> command = new ArrayList<>(List.of("setsid"));
                command.add(installation.program("proa").toString());
                command.addAll(arguments);
                command.add("--explicit");
                yield new ProcessBuilder(command);
            }
        };
    }

    /// Nobody would know of one that was not waited for.
    private static void end(Process launcher) {
        launcher.destroy();
        try {
            launcher.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(Process launcher, Progress progress)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        try (BufferedReader lines = launcher.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                if (line.equals(READY)) {
                    return;
                }
                if (line.startsWith(STEP)) {
                    progress.step(line.substring(STEP.length()));
                } else if (line.startsWith(NEWS)) {
                    progress.news(line.substring(NEWS.length()));
                } else if (line.startsWith(FAULT)) {
                    launcher.waitFor();
                    throw FaultText.parse(line.substring(FAULT.length()));
                } else {
                    words.add(line);
                }
                line = lines.readLine();
            }
        }
        throw Fault.of(
                Sysexit.SOFTWARE,
                "the launcher ended with exit code "
                        + launcher.waitFor()
                        + " before it was ready"
                        + (words.isEmpty()
                                ? ""
                                : "; it said:\n    " + String.join("\n    ", words)),
                "");
    }

    /// What runs now, and what to do with it.
    static void show(Fleets fleets, FleetPlan plan, PrintWriter out) {
        try {
            new PsTable(false, false, false)
                    .lines(List.of(fleets.client(plan.name()).get("/ps")))
                    .forEach(out::println);
        } catch (IOException e) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "fleet '" + plan.name() + "' has ended already: " + e.getMessage(),
                    "");
        }
        Published.lines(plan).forEach(System.err::println);
        System.err.println("proa: next: proa ps, proa logs -f, proa down");
    }
}
