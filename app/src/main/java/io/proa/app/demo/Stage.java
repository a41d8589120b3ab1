package io.proa.app.demo;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The demo's fleet, fitted to this machine: stand-ins cast, programs compiled, the front page's
/// port as asked for.
///
/// A service whose command is `./run LANGUAGE` (`demo/services/run`) can be played by a stand-in;
/// any other command is left as it is.
///
/// @param plan with commands and published ports as they will be used
/// @param cast languages of the services that `./run` starts
record Stage(FleetPlan plan, Cast cast) {
    private static final String RUN = "./run";
    private static final String JAVA_HOME = "PROA_JAVA_HOME";
    private static final int SLOWEST_BUILD_SECONDS = 180;

    static Stage set(FleetPlan plan) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (FleetPlan.Service service : plan.services()) {
            if (isDemoProgram(service)) {
                wanted.put(service.name(), service.command().get(1));
            }
        }
        if (wanted.isEmpty()) {
            return new Stage(plan, new Cast(wanted, List.of()));
        }
        Path folder =
                plan.services().stream()
                        .filter(Stage::isDemoProgram)
                        .findFirst()
                        .orElseThrow()
                        .folder();
        Cast cast =
                Cast.of(
                        wanted,
                        language -> run(folder, List.of(RUN, "--can", language)).code() == 0);
        List<FleetPlan.Service> services = new ArrayList<>();
        for (FleetPlan.Service service : plan.services()) {
            String language = cast.languages().get(service.name());
            services.add(language == null ? service : played(service, language));
        }
        return new Stage(plan.withServices(services), cast);
    }

    /// Its Java is run by the JDK that compiled it, which is the one that runs this.
    private static FleetPlan.Service played(FleetPlan.Service service, String language) {
        Map<String, String> environment = new HashMap<>(service.environment());
        environment.put(JAVA_HOME, System.getProperty("java.home"));
        return service.withCommand(List.of(RUN, language)).withEnvironment(environment);
    }

    private static boolean isDemoProgram(FleetPlan.Service service) {
        return service.command().size() == 2 && service.command().getFirst().equals(RUN);
    }

    /// @param port of the front page, 0 = as the document says
    static FleetPlan withPort(FleetPlan plan, int port) {
        if (port == 0) {
            return plan;
        }
        return plan.withServices(
                plan.services().stream()
                        .map(service ->
                                service.published().isEmpty()
                                        ? service
                                        : service.withPublished(List.of(port)))
                        .toList());
    }

    /// Compiles what has to be compiled, here rather than in the pods: a compiler may want the
    /// network.
    ///
    /// @param progress is told when a compiler takes its time
    void build(Progress progress) {
        for (FleetPlan.Service service : plan.services()) {
            String language = cast.languages().get(service.name());
            if (language != null) {
                Ended build =
                        SlowStep.tell(
                                progress,
                                "compiling "
                                        + service.name()
                                        + " ("
                                        + Cast.title(language)
                                        + "), once; its program is kept for the next time",
                                () -> run(service.folder(), List.of(RUN, "--build", language)));
                if (build.code() != 0) {
                    throw Fault.of(
                            Sysexit.UNAVAILABLE,
                            "service '"
                                    + service.name()
                                    + "' could not be built ("
                                    + Cast.title(language)
                                    + "): "
                                    + build.said(),
                            "does '"
                                    + service.folder()
                                    + "/run --build "
                                    + language
                                    + "' work by hand?");
                }
            }
        }
    }

    /// The service that the outside reaches, with its port.
    ///
    /// @throws Fault when none is published
    Front front() {
        return front(plan);
    }

    static Front front(FleetPlan plan) {
        for (FleetPlan.Service service : plan.services()) {
            if (!service.published().isEmpty()) {
                return new Front(service.name(), service.published().getFirst().hostPort());
            }
        }
        throw Fault.of(
                Sysexit.DATA,
                plan.document() + ": no service has 'publish', expected one that the demo can ask",
                "add publish: 8080 to one of the services; nothing has been started");
    }

    record Front(String service, int port) {
        String url() {
            return "http://127.0.0.1:" + port + "/";
        }
    }

    private record Ended(int code, String said) {}

    private static Ended run(Path folder, List<String> command) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true);
            builder.environment().put(JAVA_HOME, System.getProperty("java.home"));
            Process process = builder.start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip();
            if (!process.waitFor(SLOWEST_BUILD_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Ended(
                        Sysexit.UNAVAILABLE.code(),
                        "it took longer than " + SLOWEST_BUILD_SECONDS + " s");
            }
            return new Ended(process.exitValue(), said);
        } catch (IOException e) {
            return new Ended(Sysexit.UNAVAILABLE.code(), String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Ended(Sysexit.UNAVAILABLE.code(), "interrupted");
        }
    }
}
