package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Mode;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// The owner of one running fleet: starts it, looks after it, answers those who ask on its socket,
/// and knows when it is over.
public final class Launcher {
    static final String FOREGROUND = "foreground.sh";

    private static final Duration STEP = Duration.ofMillis(100);
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final Duration FIRST_GUEST = Duration.ofSeconds(30);

    private final FleetRunner fleet;
    private final String name;
    private final Events events;
    private final Teardown teardown;
    private final Order order;
    private final Instant since = Instant.now();
    private final AtomicInteger joining = new AtomicInteger();
    private volatile boolean joined;
    private volatile long lastGuest = System.nanoTime();
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
    /// @param path the value of `PATH`; where it is empty, changes of the documents are not
    ///   followed beyond what the control plane does
    public record Order(
            FleetPlan plan,
            Installation installation,
            Fleets fleets,
            FleetRunner.Variations variations,
            String path) {
        boolean isFollowed() {
            return !path.isEmpty();
        }
    }

    private Launcher(FleetRunner fleet, Order order, Events events, Teardown teardown) {
        this.fleet = fleet;
        this.order = order;
        this.name = order.plan().name();
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
        Launcher launcher = new Launcher(fleet, order, events, teardown);
        launcher.installForeground();
        launcher.serve();
        Thread.ofVirtual().name("launcher watch").start(launcher::watch);
        return launcher;
    }

    /// For programs that join: their first process runs it.
    private void installForeground() {
        try (InputStream script = Launcher.class.getResourceAsStream(FOREGROUND)) {
            if (script == null) {
                throw new IllegalStateException(FOREGROUND + " is missing from the program");
            }
            Files.copy(script, fleet.runDirectory().resolve(FOREGROUND));
        } catch (IOException e) {
            throw Fault.of(Sysexit.CANT_CREATE, FOREGROUND + ": " + e.getMessage(), "");
        }
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
            case "POST /join" -> join(request.body());
            default -> throw new LauncherServer.NoSuchPath();
        };
    }

    private Map<String, Object> down(String pod) {
        if (pod.isEmpty()) {
            end.complete(End.DOWN);
            return Map.of("ending", List.of(name), "mode", PsReport.word(fleet.mode()));
        }
        fleet.remove(pod);
        return Map.of("ended", List.of(pod));
    }

    private Map<String, Object> join(String body) {
        if (end.isDone()) {
            throw ending();
        }
        joining.incrementAndGet();
        try {
            JoinRequest request = JoinRequest.parse(body);
            joined = true; // or refused: nobody else is on the way
            refuseOtherMode(request);
            refuseOtherHostServices(request);
            RunningPod pod = fleet.join(request.joining());
            return JoinAnswer.of(fleet, pod, request.joining());
        } finally {
            lastGuest = System.nanoTime();
            joining.decrementAndGet();
        }
    }

    /// Whoever is told so starts another launcher.
    private Fault ending() {
        return Fault.of(
                Sysexit.UNAVAILABLE,
                "fleet '" + name + "' is ending; expected a running one",
                "try again");
    }

    private void refuseOtherMode(JoinRequest request) {
        if (request.mode() == fleet.mode()) {
            return;
        }
        boolean explicit = fleet.mode() == Mode.EXPLICIT;
        throw Fault.of(
                Sysexit.UNAVAILABLE,
                "fleet '"
                        + name
                        + "' runs in "
                        + (explicit ? "explicit mode" : "networks of its own")
                        + "; expected a program "
                        + (explicit ? "with" : "without")
                        + " --explicit, since all of a fleet is in one mode",
                (explicit ? "add --explicit" : "leave it out")
                        + ", join another fleet (--fleet NAME), or end this one: proa down --fleet "
                        + name);
    }

    private void refuseOtherHostServices(JoinRequest request) {
        for (int port : request.hostServices()) {
            if (!order.variations().reach().hostServices().contains(port)) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "fleet '"
                                + name
                                + "' was started without --host-service "
                                + port
                                + "; expected it from the fleet's first program on",
                        "end the fleet (proa down --fleet " + name + ") and start it with it");
            }
        }
    }

    private void watch() {
        SidecarNews news = new SidecarNews(fleet, events);
        DocumentWatch documents =
                new DocumentWatch(
                        fleet,
                        order.isFollowed() ? order.plan().documents() : List.of(),
                        order.path(),
                        events);
        try {
            while (!end.isDone() && !teardown.closing()) {
                Thread.sleep(STEP);
                look();
                news.look();
                documents.look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        fleet.look();
        if (fleet.isLost()) {
            end.complete(End.LOST);
        } else if (!fleet.isFinished() || joining.get() > 0) {
            lastGuest = System.nanoTime();
        } else if (System.nanoTime() - lastGuest > linger().toNanos()) {
            end.complete(End.FINISHED);
        }
    }

    /// How long a fleet without programs is kept: the first one may be on its way, and one that is
    /// started again (edit, run) need not wait for a new control plane.
    private Duration linger() {
        if (!order.plan().services().isEmpty()) {
            return Duration.ZERO;
        }
        return joined ? LINGER : FIRST_GUEST;
    }

    /// What runs, for `proa ps`.
    Object report() {
        return PsReport.of(name, since, fleet, events.latest());
    }

    /// Whether what the pod's application writes goes to a file of the fleet.
    boolean hasLog(String pod) {
        return !fleet.isGuest(pod);
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
