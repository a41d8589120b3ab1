package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.intent.HealthCheck;
import io.proa.control.intent.StartCondition;
import io.proa.host.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The application of one pod, and what is done when it ends: started again by its service's
/// policy, after a pause that grows, or told as news. Safe for use by several threads.
final class SupervisedApp {
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NEWS_DELAY = Duration.ofMillis(300);
    private static final int LONGEST_SHOWN = 80;

    private final FleetSite site;
    private final MeshedPod home;
    private final Path log;
    private final Health health;
    private @Nullable Process process;
    private boolean stopping;
    private AppState state = AppState.STARTING;
    private int restarts;
    private int exitCode;
    private long logFrom;
    private boolean listened;
    private volatile boolean started;
    private long since = System.nanoTime();

    SupervisedApp(FleetSite site, MeshedPod home) {
        this.site = site;
        this.home = home;
        this.log = site.run().log("app-" + home.name());
        this.health = new Health(site, home);
    }

    /// Starts it and waits until it listens on its port, and is healthy where it has a check.
    ///
    /// @throws Fault when it ends or is not so far in time; it may be there still
    void start() throws IOException {
        long begun = System.nanoTime();
        Process app = launch();
        try {
            if (service().port() != FleetPlan.NO_PORT) {
                awaitListening(app);
            }
        } finally { // what has failed is looked after, too: by its policy it is started again
            Thread.ofVirtual().name("watch " + home.name()).start(() -> keep(app));
            health.begin(this::isRunning, () -> isStopping() || isOver());
        }
        awaitHealthy(begun);
        started = true;
        site.progress().step("the application of " + home.name());
    }

    private FleetPlan.Service service() {
        return home.service();
    }

    private boolean isStartedAgainAfter(int code) {
        return switch (service().care().restart()) {
            case ALWAYS -> true;
            case ON_FAILURE -> code != 0;
            case NEVER -> false;
        };
    }

    private synchronized Process launch() throws IOException {
        logFrom = Files.exists(log) ? Files.size(log) : 0;
        listened = false;
        ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(log.toFile());
        Process app =
                home.pod()
                        .startApp(
                                new Pod.Start(
                                        service().command(),
                                        environment(),
                                        service().folder(),
                                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()),
                                        output,
                                        output));
        process = app;
        state = AppState.RUNNING;
        health.forget();
        since = System.nanoTime();
        if (stopping) { // it was told to end while it was being started
            app.destroyForcibly();
        }
        return app;
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(home.variables());
        environment.putAll(service().environment());
        if (service().port() != FleetPlan.NO_PORT) {
            environment.putIfAbsent("PORT", Integer.toString(service().port()));
        }
        return environment;
    }

    /// How long it may take to be there.
    private Duration patience() {
        HealthCheck check = service().care().healthCheck();
        return check == null ? PATIENCE : check.startWithin();
    }

    /// What its present, or last, life has printed at its end, as the end of a sentence.
    synchronized String lastWords() {
        return LogTail.of(log, logFrom);
    }

    private void awaitListening(Process app) {
        int port = service().port();
        Duration patience = patience();
        boolean inTime =
                Waiting.until(
                        () -> site.closing() || !app.isAlive() || home.listens(port),
                        STEP,
                        patience);
        if (site.closing()) {
            return;
        }
        if (!inTime) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    home.name()
                            + " does not listen on port "
                            + port
                            + " after "
                            + patience.toSeconds()
                            + " s; expected "
                            + shown(service().command())
                            + " to do so"
                            + lastWords(),
                    "does it read its port from PORT? The fleet's document says " + port);
        }
        if (!app.isAlive()) {
            throw ended(app.exitValue());
        }
    }

    private Fault ended(int code) {
        return Fault.of(
                Sysexit.UNAVAILABLE,
                home.name()
                        + " ("
                        + shown(service().command())
                        + ") ended with exit code "
                        + code
                        + lastWords(),
                "");
    }

    /// @param begun when its start began: the time that it has is for both, listening and this
    private void awaitHealthy(long begun) {
        HealthCheck check = service().care().healthCheck();
        if (check == null) {
            return;
        }
        boolean inTime =
                Waiting.until(
                        () -> isStopping() || isOver() || health.state() == Health.State.GOOD,
                        STEP,
                        check.startWithin().minusNanos(System.nanoTime() - begun));
        if (isStopping() || hasCompleted()) {
            return;
        }
        if (isOver()) {
            throw ended(facts().exitCode());
        }
        if (!inTime) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    home.name()
                            + " is not healthy after "
                            + check.startWithin().toSeconds()
                            + " s: "
                            + health.latest()
                            + lastWords(),
                    "");
        }
    }

    /// Whether it is so far that others may start after it.
    boolean is(StartCondition condition) {
        return switch (condition) {
            case STARTED -> isRunning() || hasCompleted();
            case LISTENING -> isRunning() && home.listens(service().port());
            case HEALTHY -> isRunning() && health.state() == Health.State.GOOD;
            case COMPLETED -> hasCompleted();
        };
    }

    private synchronized boolean isRunning() {
        return state == AppState.RUNNING;
    }

    /// Whether it can be sent somebody: it runs and listens, and its check, if it has one, is good.
    boolean isServing() {
        return isRunning()
                && (!health.isChecked() || health.state() == Health.State.GOOD)
                && hasListened();
    }

    private boolean hasListened() {
        synchronized (this) {
            if (listened) {
                return true;
            }
        }
        boolean seen = home.listens(service().port());
        synchronized (this) {
            listened = seen;
        }
        return seen;
    }

    private synchronized boolean hasCompleted() {
        return state == AppState.ENDED && exitCode == 0;
    }

    /// As much of a command as a sentence can carry.
    static String shown(List<String> command) {
        String line = String.join(" ", command);
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN - 3) + "...";
    }

    /// One life after the other.
    private void keep(Process first) {
        RestartPause pauses = new RestartPause();
        Process app = first;
        try {
            while (true) {
                int code = app.waitFor();
                Duration lived = Duration.ofNanos(System.nanoTime() - begun());
                // A Ctrl-C in the terminal ends applications and launcher at the same moment; that
                // is no news, so it waits a little.
                Thread.sleep(NEWS_DELAY);
                if (isStopping()) {
                    ended(code, AppState.STOPPED);
                    return;
                }
                String sentence = home.name() + " ended with exit code " + code;
                if (!isStartedAgainAfter(code)) {
                    site.progress().news(sentence + (code == 0 ? "" : lastWords()));
                    ended(code, AppState.ENDED);
                    return;
                }
                Duration pause = pauses.after(lived);
                site.progress()
                        .news(
                                sentence
                                        + ", is started again in "
                                        + RestartPause.shown(pause)
                                        + lastWords());
                ended(code, AppState.PAUSED);
                if (!rest(pause)) {
                    ended(code, AppState.STOPPED);
                    return;
                }
                app = launch();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            site.progress().news(home.name() + " cannot be started again: " + e.getMessage());
            ended(Sysexit.UNAVAILABLE.code(), AppState.ENDED);
        }
    }

    private synchronized long begun() {
        return since;
    }

    private synchronized void ended(int code, AppState now) {
        if (state == AppState.RUNNING) {
            since = System.nanoTime();
        }
        exitCode = code;
        if (now == AppState.PAUSED) {
            restarts++;
        }
        state = now;
    }

    private synchronized boolean isStopping() {
        return stopping || site.closing();
    }

    /// @return false when it is told to stop meanwhile
    private boolean rest(Duration pause) {
        return !Waiting.until(this::isStopping, Duration.ofMillis(50), pause);
    }

    /// From now on its end is no news, and nobody starts it again.
    synchronized void expectEnd() {
        stopping = true;
    }

    /// Asks it to end; [#awaitEnd] waits.
    synchronized void stop() {
        stopping = true;
        Process app = process;
        if (app != null) {
            app.destroy();
        }
    }

    /// Whoever has not ended within its service's drain time is killed with its pod, which is
    /// undone next.
    ///
    /// @return whether it has ended
    boolean awaitEnd(long begun) throws InterruptedException {
        Process app;
        synchronized (this) {
            app = process;
        }
        long left = begun + service().care().drain().toNanos() - System.nanoTime();
        return app == null || app.waitFor(Math.max(1, left), TimeUnit.NANOSECONDS);
    }

    /// Whether its first life has come so far as [#start] waits for.
    boolean hasStarted() {
        return started;
    }

    /// Whether it has ended and stays so.
    synchronized boolean isOver() {
        return state == AppState.ENDED || state == AppState.STOPPED;
    }

    /// What is known of it now.
    synchronized AppFacts facts() {
        Process app = process;
        boolean unhealthy = state == AppState.RUNNING && health.state() == Health.State.BAD;
        return new AppFacts(
                unhealthy ? AppState.UNHEALTHY : state,
                restarts,
                exitCode,
                app == null || !app.isAlive() ? 0 : app.pid(),
                Duration.ofNanos(System.nanoTime() - since));
    }
}
