package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.Teardown;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The owner of one running fleet: starts it, looks after it, answers those who ask on its socket,
/// and knows when it is over.
public final class Launcher {
    private static final Duration STEP = Duration.ofMillis(100);

    private final FleetRunner fleet;
    private final String name;
    private final Events events;
    private final Teardown teardown;
    private final Instant since = Instant.now();
    private final CompletableFuture<End> end = new CompletableFuture<>();

    /// Why a fleet is over.
    public enum End {
        /// Somebody asked for it (`proa down`).
        DOWN,
        /// Nothing is left to do: every application has ended and stays so.
        FINISHED,
        /// A part without which there is no fleet has gone.
        LOST
    }

    /// What to start.
    ///
    /// @param plan checked already
    /// @param variations see there
    public record Order(
            FleetPlan plan,
            Installation installation,
            Fleets fleets,
            FleetRunner.Variations variations) {}

    private Launcher(FleetRunner fleet, String name, Events events, Teardown teardown) {
        this.fleet = fleet;
        this.name = name;
        this.events = events;
        this.teardown = teardown;
    }

    /// Starts a fleet and its socket.
    ///
    /// @param teardown everything started is added to it, also when the start fails; the caller
    ///   closes it
    /// @throws Fault when something could not be started
    public static Launcher start(Order order, Teardown teardown, Progress progress) {
        Events events = new Events(progress);
        FleetRunner fleet =
                FleetRunner.start(
                        order.plan(),
                        order.installation(),
                        order.fleets().base(),
                        teardown,
                        events,
                        order.variations());
        Launcher launcher = new Launcher(fleet, order.plan().name(), events, teardown);
        launcher.serve();
        Thread.ofVirtual().name("launcher watch").start(launcher::watch);
        return launcher;
    }

    private void serve() {
        try {
            LauncherServer server =
                    LauncherServer.open(
                            fleet.runDirectory().resolve(LauncherClient.SOCKET), this::answer);
            teardown.add("launcher socket", server::close);
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, "the launcher's socket: " + e.getMessage(), "");
        }
    }

    private Object answer(LocalRequest request) {
        return switch (request.method() + " " + request.path()) {
            case "GET /ps" -> report();
            case "GET /logs" -> LogsReport.of(fleet);
            case "POST /down" -> down(request.parameter("pod"));
            default -> throw new LauncherServer.NoSuchPath();
        };
    }

    private Map<String, Object> down(String pod) {
        if (pod.isEmpty()) {
            end.complete(End.DOWN);
            return Map.of("ending", List.of(name));
        }
        fleet.remove(pod);
        return Map.of("ended", List.of(pod));
    }

    private void watch() {
        try {
            while (!end.isDone() && !teardown.closing()) {
                Thread.sleep(STEP);
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        fleet.look();
        if (fleet.isLost()) {
            end.complete(End.LOST);
        } else if (fleet.isFinished()) {
            end.complete(End.FINISHED);
        }
    }

    /// What runs, for `proa ps`.
    Object report() {
        return PsReport.of(name, since, fleet, events.latest());
    }

    /// Whether what the pod's application writes goes to a file of the fleet.
    boolean hasLog(String pod) {
        return !pod.isEmpty();
    }

    public FleetRunner fleet() {
        return fleet;
    }

    /// @return true when the fleet is over
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        try {
            end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Why it is over, once it is.
    public End end() {
        return end.join();
    }
}
