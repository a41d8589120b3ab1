package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.app.fleet.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The fleet that a program joins: found, or started in the background.
///
/// @param talking whether somebody reads what happens
record LocalFleet(
        Fleets fleets,
        String name,
        Installation installation,
        Map<String, String> environment,
        boolean talking) {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration STEP = Duration.ofMillis(30);

    /// One that is ending may take its time, and what can come between looking for a launcher and
    /// asking it may come again; so the bound is a time.
    ///
    /// @throws Fault where the launcher says so, or there is none to be had
    JsonNode join(JoinRequest request) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            find(request, deadline);
            try {
                return fleets.client(name).post("/join", request.fields(), PATIENCE);
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw Fault.of(
                            Sysexit.UNAVAILABLE,
                            "the launcher of fleet '"
                                    + name
                                    + "' does not answer: "
                                    + e.getMessage(),
                            "see proa ps");
                }
            } catch (Fault fault) {
                if (System.nanoTime() > deadline || !isOfOneThatEnds(fault)) {
                    throw fault;
                }
            }
            pause();
        }
    }

    private static boolean isOfOneThatEnds(Fault fault) {
        return String.valueOf(fault.getMessage()).contains("is ending");
    }

    /// Until its launcher answers.
    private void find(JoinRequest request, long deadline) {
        while (!answers()) {
            if (System.nanoTime() > deadline) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "fleet '"
                                + name
                                + "' has been starting for "
                                + PATIENCE.toSeconds()
                                + " s; expected it to be ready",
                        "see proa ps -a; proa down --fleet " + name + " ends it");
            }
            if (fleets.isRunning(name)) {
                pause();
            } else {
                start(request);
            }
        }
    }

    private boolean answers() {
        try {
            return !fleets.client(name).get("/ps").isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    private void start(JoinRequest request) {
        List<String> arguments = new ArrayList<>(List.of("launcher", "--fleet", name));
        request.hostServices()
                .forEach(port -> arguments.addAll(List.of("--host-service", "" + port)));
        if (talking) {
            System.err.println("proa: starting fleet '" + name + "'");
        }
        try {
            Background.start(installation, arguments, environment, request.mode(), new Quiet());
        } catch (Fault fault) {
            if (!String.valueOf(fault.getMessage()).contains("is running already")) {
                throw fault;
            }
            // Another program has just started it.
        }
    }

    private static void pause() {
        try {
            Thread.sleep(STEP);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Fault.of(Sysexit.OS, "interrupted", "");
        }
    }

    /// Only news is worth a word.
    private static final class Quiet implements Progress {
        @Override
        public void step(String done) {}

        @Override
        public void news(String sentence) {
            System.err.println("proa: " + sentence);
        }
    }
}
