package io.proa.proving.identical;

import io.proa.app.Installation;
import io.proa.app.fleet.AdminClient;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Preflight;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunDirectory;
import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// The fleet of callers and callees while it runs, with the programs built and everything that is
/// read from it.
final class Ensemble implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Teardown teardown = new Teardown();
    private final Map<String, CallerProgram> callers = new HashMap<>();
    private final Map<String, Path> adminSockets = new HashMap<>();
    private final Map<String, String> languages = new HashMap<>();
    private final Path scratch;

    private Ensemble(Path scratch) {
        this.scratch = scratch;
    }

    /// @param document of the fleet
    /// @param scratch an empty folder for pipes and logs
    /// @param environment of this process
    static Ensemble start(
            Path document,
            Path scratch,
            Installation installation,
            Map<String, String> environment,
            Progress progress)
            throws IOException, InterruptedException {
        String path = environment.getOrDefault("PATH", "");
        FleetDocument read = FleetDocument.read(document);
        read.checkPrograms(path);
        Preflight.check(read.plan(), path);
        Ensemble ensemble = new Ensemble(scratch);
        try {
            FleetPlan plan = ensemble.prepare(read.plan(), progress);
            Path base =
                    RunDirectory.base(
                            environment.getOrDefault("XDG_RUNTIME_DIR", ""),
                            Path.of("/run"),
                            environment.getOrDefault("USER", "nobody"));
            FleetRunner fleet =
                    FleetRunner.start(plan, installation, base, ensemble.teardown, progress);
            for (RunningPod pod : fleet.pods()) {
                ensemble.adminSockets.put(pod.service(), pod.adminSocket());
            }
            return ensemble;
        } catch (IOException | InterruptedException | RuntimeException e) {
            ensemble.close();
            throw e;
        }
    }

    private FleetPlan prepare(FleetPlan plan, Progress progress)
            throws IOException, InterruptedException {
        Path folder = plan.services().getFirst().folder();
        List<String> wanted =
                plan.services().stream()
                        .map(service -> service.command().get(1))
                        .distinct()
                        .toList();
        Languages cast = Languages.cast(wanted, folder);
        cast.notes().forEach(progress::news);
        cast.build(folder);
        List<FleetPlan.Service> services = new ArrayList<>();
        for (FleetPlan.Service service : plan.services()) {
            String language = cast.playing().getOrDefault(service.command().get(1), "");
            languages.put(service.name(), language);
            services.add(dressed(service, language));
        }
        return plan.withServices(services);
    }

    private FleetPlan.Service dressed(FleetPlan.Service service, String language)
            throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(service.environment());
        if (service.name().startsWith("caller")) {
            Path calls = scratch.resolve(service.name() + ".calls");
            Path results = scratch.resolve(service.name() + ".results");
            callers.put(service.name(), CallerProgram.listen(service.name(), calls, results));
            environment.put("CALLS", calls.toString());
            environment.put("RESULTS", results.toString());
        } else {
            Files.createFile(log(service.name()));
            environment.put("LOG", log(service.name()).toString());
        }
        return service.withEnvironment(environment)
                .withCommand(
                        List.of(service.command().getFirst(), language, service.command().get(2)));
    }

    private Path log(String callee) {
        return scratch.resolve(callee + ".log");
    }

    String language(String service) {
        return languages.getOrDefault(service, "");
    }

    CallerProgram caller(String service) {
        CallerProgram caller = callers.get(service);
        if (caller == null) {
            throw new IllegalArgumentException("no caller " + service);
        }
        return caller;
    }

    /// All requests that have reached the callee's program, in their order.
    List<String> arrivals(String callee) throws IOException {
        return Files.readAllLines(log(callee));
    }

    /// What the sidecar's metrics page says now.
    SortedMap<String, Long> series(String service) throws IOException {
        Path socket = adminSockets.get(service);
        if (socket == null) {
            throw new IllegalArgumentException("no sidecar of " + service);
        }
        AdminClient.Answer page = AdminClient.get(socket, "/metrics", PATIENCE);
        if (page.status() != 200) {
            throw new IOException("/metrics of " + service + " answered " + page.status());
        }
        return Series.read(page.body());
    }

    @Override
    public void close() throws IOException {
        teardown.close();
        for (CallerProgram caller : callers.values()) {
            caller.close();
        }
    }

    /// What could not be undone.
    List<String> leftovers() {
        return teardown.failures();
    }
}
