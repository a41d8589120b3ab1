package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.SignalHook;
import io.proa.app.Sysexit;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Mode;
import io.proa.app.fleet.Preflight;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunDirectory;
import io.proa.app.fleet.Teardown;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// `proa launcher`: not typed by people. What `proa up -d` and `proa run` start in the background.
@Command(
        name = "launcher",
        hidden = true,
        header = "Owns a fleet in the background; started by proa up -d and proa run.")
public final class LauncherVerb implements Callable<Integer> {
    private static final Duration STEP = Duration.ofSeconds(1);

    @Option(names = "--file", paramLabel = "FILE", description = "a fleet's document")
    private @Nullable Path file;

    @Option(names = "--fleet", paramLabel = "NAME", description = "its name")
    private @Nullable String fleet;

    @Option(names = "--host-service", paramLabel = "PORT", description = "see proa up")
    private List<Integer> hostServices = new ArrayList<>();

    @Option(names = "--explicit", description = "see proa up")
    private boolean explicit;

    @Option(names = "--access-log", paramLabel = "WHICH", description = "see proa up")
    private AccessLogging accessLog = AccessLogging.USUAL;

    private final Teardown teardown = new Teardown();

    @Override
    public Integer call() {
        PrintStream told = System.out;
        SignalHook.set(teardown::close);
        try (teardown) {
            Told progress = new Told(told);
            Launcher launcher = Launcher.start(order(), teardown, progress);
            progress.letGo(launcher.fleet().runDirectory().resolve("launcher.log"));
            while (!launcher.awaitEnd(STEP)) {
                if (teardown.closing()) {
                    return Sysexit.OK.code();
                }
            }
            teardown.close();
            return Sysexit.OK.code();
        } catch (Fault fault) {
            teardown.close();
            told.println(
                    Background.FAULT + JsonMapper.shared().writeValueAsString(FaultText.of(fault)));
            return fault.exit().code();
        } catch (IOException e) {
            told.println(e.getMessage());
            return Sysexit.OS.code();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Sysexit.OK.code();
        }
    }

    private Launcher.Order order() {
        Map<String, String> environment = System.getenv();
        Fleets fleets = Fleets.of(environment);
        return new Launcher.Order(
                plan(fleets, environment),
                Installation.find(System.getProperty("io.proa.dist")),
                fleets,
                FleetRunner.Variations.reaching(PortsOption.hostServices(hostServices, mode()))
                        .withAccessLog(accessLog),
                environment.getOrDefault("PATH", ""));
    }

    private Mode mode() {
        return explicit ? Mode.EXPLICIT : Mode.TRANSPARENT;
    }

    private FleetPlan plan(Fleets fleets, Map<String, String> environment) {
        if (file != null) {
            return UpVerb.check(file, mode(), fleets, environment, fleet);
        }
        if (fleet == null) {
            throw Fault.of(
                    Sysexit.USAGE, "saw neither --file nor --fleet; expected one", "see proa help");
        }
        FleetPlan plan = new FleetPlan(fleet, List.of(), List.of(), Map.of(), mode());
        RunDirectory.check(fleets.base(), plan);
        Preflight.check(plan, environment.getOrDefault("PATH", ""));
        return plan;
    }

    /// To whoever started this, later to the log.
    private static final class Told implements Progress {
        private final AtomicReference<@Nullable PrintStream> log = new AtomicReference<>();
        private final PrintStream starter;

        Told(PrintStream starter) {
            this.starter = starter;
        }

        @Override
        public void step(String done) {
            if (log.get() == null) {
                starter.println(Background.STEP + done);
            }
        }

        @Override
        public void news(String sentence) {
            PrintStream now = log.get();
            if (now == null) {
                starter.println(Background.NEWS + sentence.replace('\n', ' '));
            } else {
                now.println(Instant.now() + " " + sentence);
            }
        }

        /// From now on output goes to a log: whoever started this reads no more, and their pipe
        /// ends with the line that says so. Closing standard output and error puts /dev/null in
        /// their place.
        void letGo(Path file) throws IOException {
            PrintStream out =
                    new PrintStream(
                            new FileOutputStream(file.toFile(), true),
                            true,
                            StandardCharsets.UTF_8);
            log.set(out);
            starter.println(Background.READY);
            System.err.close();
            starter.close();
            System.setOut(out);
            System.setErr(out);
        }
    }
}
