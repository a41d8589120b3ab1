package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.host.FleetNetwork;
import io.proa.host.Pod;
import io.proa.host.PodSpec;
import io.proa.host.RedirectRules;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A fleet from start to end: run directory, control plane, pods with their sidecars, redirect
/// rules, applications in their order, published ports. All of it is undone when this is closed, or
/// when a start fails.
public final class FleetRunner implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration SIDECAR_PATIENCE = Duration.ofSeconds(30);
    private static final Duration APP_PATIENCE = Duration.ofSeconds(30);
    private static final Duration NEWS_DELAY = Duration.ofMillis(300);
    private static final int LONGEST_SHOWN = 80;
    private static final Duration APP_GRACE = Duration.ofSeconds(2);

    private final FleetPlan plan;
    private final Installation installation;
    private final Progress progress;
    private final Teardown teardown;
    private final RunDirectory run;
    private final Variations variations;
    private final Map<String, Pod> pods = new ConcurrentHashMap<>();
    private final Map<String, RunningPod> running = new ConcurrentHashMap<>();
    private @Nullable FleetNetwork network;
    private final Queue<Process> apps = new ConcurrentLinkedQueue<>();

    private FleetRunner(
            FleetPlan plan,
            Installation installation,
            Progress progress,
            Teardown teardown,
            RunDirectory run,
            Variations variations) {
        this.plan = plan;
        this.installation = installation;
        this.progress = progress;
        this.teardown = teardown;
        this.run = run;
        this.variations = variations;
    }

    /// What a start may do otherwise than usual.
    ///
    /// @param controlOptions added to the control plane's command line
    /// @param onNetwork is given the network when its bridge is up and there is no pod yet
    public record Variations(List<String> controlOptions, Consumer<FleetNetwork> onNetwork) {
        /// Nothing of the kind.
        public static final Variations NONE = new Variations(List.of(), _ -> {});

        public Variations {
            controlOptions = List.copyOf(controlOptions);
        }
    }

    /// Starts all of `plan`, which [Preflight] has checked.
    ///
    /// @param base where run directories live
    /// @param teardown everything started is added to it, also when the start fails; the caller
    ///   closes it
    /// @throws Fault when something could not be started
    public static FleetRunner start(
            FleetPlan plan,
            Installation installation,
            Path base,
            Teardown teardown,
            Progress progress) {
        return start(plan, installation, base, teardown, progress, Variations.NONE);
    }

    /// The same, with `variations`.
    public static FleetRunner start(
            FleetPlan plan,
            Installation installation,
            Path base,
            Teardown teardown,
            Progress progress,
            Variations variations) {
        RunDirectory run = RunDirectory.open(base, plan.name());
        teardown.add("run directory " + run.path(), run::close);
        FleetRunner runner =
                new FleetRunner(plan, installation, progress, teardown, run, variations);
        try {
            runner.startAll();
            return runner;
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, String.valueOf(e.getMessage()), "");
        }
    }

    private void startAll() throws IOException {
        ControlPlane control =
                ControlPlane.start(
                        plan, installation, run, teardown, progress, variations.controlOptions());
        progress.step("the control plane");
        FleetNetwork made = FleetNetwork.open(FleetNetwork.Settings.of(run.path()));
        teardown.add("pods and their network", made::close);
        network = made;
        variations.onNetwork().accept(made);
        startPods(made, control);
        teardown.add("applications", this::endApps);
        for (List<FleetPlan.Service> wave : plan.waves()) {
            startApps(wave);
        }
        for (FleetPlan.Service service : plan.services()) {
            for (FleetPlan.PublishedPort port : service.published()) {
                publish(service, port.hostPort());
            }
        }
    }

    private void startPods(FleetNetwork network, ControlPlane control) {
        List<Together.Task> tasks = new ArrayList<>();
        for (FleetPlan.Service service : plan.services()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                tasks.add(() -> startPod(network, control, service, pod));
            }
        }
        Together.run(tasks);
    }

    private void startPod(
            FleetNetwork network,
            ControlPlane control,
            FleetPlan.Service service,
            FleetPlan.PodPlan plan)
            throws IOException {
        String name = plan.name();
        Path log = run.log("sidecar-" + name);
        PodSpec.Sidecar sidecar =
                new PodSpec.Sidecar(
                        sidecarCommand(service, name), Map.of(), control.token(name), log);
        Pod pod =
                network.addPod(
                        new PodSpec(
                                name, plan.ipv4(), plan.ipv6(), this.plan.hosts(), sidecar, null));
        long started = System.nanoTime();
        pods.put(name, pod);
        Path admin = run.adminSocket(name);
        if (!Waiting.until(
                        () -> teardown.closing() || !pod.isAlive() || isReady(admin),
                        STEP,
                        SIDECAR_PATIENCE)
                || !pod.isAlive()) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "the sidecar of "
                            + name
                            + " was not ready within "
                            + SIDECAR_PATIENCE.toSeconds()
                            + " s"
                            + LogTail.of(log),
                    "");
        }
        long readyMs = (System.nanoTime() - started) / 1_000_000;
        pod.applyRedirect(RedirectRules.DEFAULT);
        List<InetAddress> addresses = List.of(plan.ipv4(), plan.ipv6());
        running.put(
                name,
                new RunningPod(name, service.name(), addresses, service.port(), admin, readyMs));
        progress.step("the sidecar of " + name);
    }

    private List<String> sidecarCommand(FleetPlan.Service service, String pod) {
        List<String> command = new ArrayList<>();
        command.add(installation.program("proa-sidecar").toString());
        command.addAll(List.of("--control", run.controlSocket().toString()));
        command.addAll(List.of("--pod", pod));
        command.addAll(List.of("--state", run.state(pod).toString()));
        command.addAll(List.of("--admin-socket", run.adminSocket(pod).toString()));
        if (!service.published().isEmpty() && isFirst(service, pod)) {
            command.addAll(
                    List.of(
                            "--publish",
                            run.publishSocket(pod, service.port()) + "=" + service.port()));
        }
        return command;
    }

    private static boolean isFirst(FleetPlan.Service service, String pod) {
        return service.pods().getFirst().name().equals(pod);
    }

    private static boolean isReady(Path adminSocket) {
        try {
            return AdminClient.get(adminSocket, "/ready", Duration.ofSeconds(1)).status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    private void startApps(List<FleetPlan.Service> wave) {
        List<Together.Task> tasks = new ArrayList<>();
        for (FleetPlan.Service service : wave) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                tasks.add(() -> startApp(service, pod.name()));
            }
        }
        Together.run(tasks);
    }

    private void startApp(FleetPlan.Service service, String name) throws IOException {
        Pod pod = pods.get(name);
        if (pod == null) {
            throw new IllegalStateException("no pod " + name);
        }
        Path log = run.log("app-" + name);
        ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(log.toFile());
        Process app =
                pod.startApp(
                        new Pod.Start(
                                service.command(),
                                environment(service),
                                service.folder(),
                                ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()),
                                output,
                                output));
        apps.add(app);
        if (service.port() != FleetPlan.NO_PORT
                && !Waiting.until(
                        () -> teardown.closing() || !app.isAlive() || listens(pod, service.port()),
                        STEP,
                        APP_PATIENCE)) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    name
                            + " does not listen on port "
                            + service.port()
                            + " after "
                            + APP_PATIENCE.toSeconds()
                            + " s; expected "
                            + shown(service.command())
                            + " to do so"
                            + LogTail.of(log),
                    "does it read its port from PORT? The fleet's document says " + service.port());
        }
        if (service.port() != FleetPlan.NO_PORT && !app.isAlive() && !teardown.closing()) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    name
                            + " ("
                            + shown(service.command())
                            + ") ended with exit code "
                            + app.exitValue()
                            + LogTail.of(log),
                    "");
        }
        Thread.ofVirtual().name("watch " + name).start(() -> tellEnd(name, app, log));
        progress.step("the application of " + name);
    }

    /// As much of a command as a sentence can carry.
    private static String shown(List<String> command) {
        String line = String.join(" ", command);
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN - 3) + "...";
    }

    private static Map<String, String> environment(FleetPlan.Service service) {
        Map<String, String> environment = new java.util.HashMap<>(service.environment());
        if (service.port() != FleetPlan.NO_PORT) {
            environment.putIfAbsent("PORT", Integer.toString(service.port()));
        }
        return environment;
    }

    /// A Ctrl-C in the terminal ends applications and launcher at the same moment; that is no news,
    /// so it waits a little.
    private void tellEnd(String name, Process app, Path log) {
        try {
            int code = app.waitFor();
            Thread.sleep(NEWS_DELAY);
            if (!teardown.closing()) {
                progress.news(name + " ended with exit code " + code + LogTail.of(log));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// All at once are asked to end; whoever has not within [#APP_GRACE] is killed with its pod,
    /// which is undone next.
    private void endApps() throws InterruptedException {
        apps.forEach(Process::destroy);
        long deadline = System.nanoTime() + APP_GRACE.toNanos();
        for (Process app : apps) {
            app.waitFor(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private static boolean listens(Pod pod, int port) {
        try {
            return ListeningPorts.reach(pod.initPid(), port) == ListeningPorts.Reach.EVERYBODY;
        } catch (IOException _) {
            return false;
        }
    }

    private void publish(FleetPlan.Service service, int port) {
        String pod = service.pods().getFirst().name();
        PublishedPort open = PublishedPort.open(port, run.publishSocket(pod, service.port()));
        teardown.add("published port " + port, open::close);
    }

    /// Those that call before those that are called.
    public List<RunningPod> pods() {
        List<RunningPod> inOrder = new ArrayList<>();
        for (FleetPlan.Service service : plan.services().reversed()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                RunningPod one = running.get(pod.name());
                if (one != null) {
                    inOrder.add(one);
                }
            }
        }
        return inOrder;
    }

    /// Runs a command on the fleet's bridge, where a stranger to the mesh would stand.
    ///
    /// @return what it printed
    /// @throws Fault when it fails or takes longer than `patience`
    public String onTheBridge(List<String> command, Duration patience) {
        FleetNetwork hub = network;
        if (hub == null) {
            throw new IllegalStateException("the fleet has no network yet");
        }
        try {
            Process process = hub.exec(command);
            process.getOutputStream().close();
            FutureTask<String> output =
                    new FutureTask<>(() ->
                            new String(
                                    process.getInputStream().readAllBytes(),
                                    StandardCharsets.UTF_8));
            Thread.ofVirtual().start(output);
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)
                    && process.exitValue() == 0) {
                return output.get();
            }
            process.destroyForcibly();
            throw Fault.of(
                    Sysexit.SOFTWARE,
                    command.getFirst()
                            + " on the bridge did not end well within "
                            + patience.toSeconds()
                            + " s",
                    "");
        } catch (IOException | ExecutionException e) {
            throw Fault.of(
                    Sysexit.OS,
                    "cannot run " + command.getFirst() + " on the bridge: " + e.getMessage(),
                    "");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Fault.of(Sysexit.OS, "interrupted", "");
        }
    }

    /// The pod of that name, for those who look into it or do something to it.
    public Pod pod(String name) {
        Pod pod = pods.get(name);
        if (pod == null) {
            throw new IllegalArgumentException("no pod " + name);
        }
        return pod;
    }

    public Path runDirectory() {
        return run.path();
    }

    @Override
    public void close() {
        teardown.close();
    }
}
