package io.proa.app.demo;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.SignalHook;
import io.proa.app.Sysexit;
import io.proa.app.Terminal;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Preflight;
import io.proa.app.fleet.RunDirectory;
import io.proa.app.fleet.Teardown;
import io.proa.app.launcher.Fleets;
import io.proa.app.launcher.Launcher;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The demo from documents to the last table: check, cast, start, load, watch, end.
final class Demo {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration STRANGER_PATIENCE = Duration.ofSeconds(15);

    private final DemoSettings settings;
    private final Installation installation;
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Teardown teardown = new Teardown();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    Demo(
            DemoSettings settings,
            Installation installation,
            Terminal terminal,
            Map<String, String> environment) {
        this.settings = settings;
        this.installation = installation;
        this.terminal = terminal;
        this.environment = environment;
    }

    /// @param plan as [#check] made it
    Sysexit run(FleetPlan plan) {
        Stage stage = Stage.set(plan);
        Story story = new Story(stage, settings, terminal, System.out, System.err);
        stage.cast().notes().forEach(story::news);
        stage.build(story);
        SignalHook hook = SignalHook.set(() -> endFromOutside(story));
        try (teardown) {
            return play(stage, story);
        } catch (Fault fault) {
            if (interrupted.getCount() > 0) {
                story.ended(fault, teardown);
            }
            return fault.exit();
        } catch (RuntimeException e) {
            if (interrupted.getCount() == 0) {
                return Sysexit.OK; // the failure of a start that was broken off is no news
            }
            throw e;
        } finally {
            teardown.close();
            hook.remove();
            teardown.failures()
                    .forEach(
                            failure -> System.err.println("proa: could not be undone: " + failure));
        }
    }

    /// Everything that can fail before anything is started.
    FleetPlan check() {
        Path document =
                settings.fleet() == null
                        ? installation.demo().resolve("fleet.yaml")
                        : settings.fleet();
        String path = environment.getOrDefault("PATH", "");
        FleetDocument read = FleetDocument.read(document);
        read.checkPrograms(path);
        FleetPlan plan = Stage.withPort(read.plan(), settings.port());
        Stage.front(plan);
        RunDirectory.check(base(), plan);
        Preflight.check(plan, path);
        return plan;
    }

    private Path base() {
        return RunDirectory.base(
                environment.getOrDefault("XDG_RUNTIME_DIR", ""),
                Path.of("/run"),
                environment.getOrDefault("USER", "nobody"));
    }

    private Sysexit play(Stage stage, Story story) {
        Launcher launcher =
                Launcher.start(
                        new Launcher.Order(
                                stage.plan(),
                                installation,
                                new Fleets(base()),
                                FleetRunner.Variations.NONE.withAccessLog(settings.accessLog()),
                                ""), // its plan is not quite its document's
                        teardown,
                        story);
        FleetRunner fleet = launcher.fleet();
        story.started(fleet);
        try (SteadyLoad load = SteadyLoad.start(URI.create(stage.front().url()), settings.load())) {
            return settings.once()
                    ? once(fleet, story, load)
                    : untilInterrupted(launcher, story, load);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Sysexit.OK;
        }
    }

    private Sysexit untilInterrupted(Launcher launcher, Story story, SteadyLoad load)
            throws InterruptedException {
        FleetRunner fleet = launcher.fleet();
        Watch watch = new Watch(fleet.pods(), story);
        watch.look();
        story.strangers(knock(fleet));
        while (!interrupted.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            if (launcher.awaitEnd(Duration.ZERO)) {
                story.ending();
                return Sysexit.OK;
            }
            watch.look();
            if (interrupted.getCount() > 0 && !story.live(watch, load)) {
                story.ending();
                return Sysexit.IO;
            }
        }
        return Sysexit.OK;
    }

    private Sysexit once(FleetRunner fleet, Story story, SteadyLoad load)
            throws InterruptedException {
        Watch watch = new Watch(fleet.pods(), story);
        watch.look();
        long end = System.nanoTime() + settings.duration().toNanos();
        PlaintextProbe.Tally strangers = knock(fleet);
        while (System.nanoTime() < end) {
            long rest = Math.min(LOOK_EVERY.toMillis(), (end - System.nanoTime()) / 1_000_000 + 1);
            if (interrupted.await(rest, TimeUnit.MILLISECONDS)) {
                return Sysexit.OK;
            }
            watch.look();
        }
        load.close();
        watch.look();
        return story.report(watch, strangers);
    }

    private static PlaintextProbe.Tally knock(FleetRunner fleet) {
        return PlaintextProbe.tally(
                fleet.onTheBridge(PlaintextProbe.command(fleet.pods()), STRANGER_PATIENCE));
    }

    private void endFromOutside(Story story) {
        interrupted.countDown();
        story.ending();
        teardown.close();
        story.ended(teardown.failures());
    }
}
