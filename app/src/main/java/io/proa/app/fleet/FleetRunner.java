package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.host.FleetNetwork;
import io.proa.host.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A running fleet whose pods come and go: run directory, control plane, pods with their sidecars,
/// applications in their order, published ports. All of it is undone when this is closed, or when a
/// start fails. Safe for use by several threads.
public final class FleetRunner implements AutoCloseable {
    private final FleetSite site;
    private final ControlLink control;
    private final FleetNetwork network;
    private final Map<String, MeshedPod> pods = new ConcurrentHashMap<>();
    private final Map<String, SupervisedApp> apps = new ConcurrentHashMap<>();
    private volatile FleetPlan plan;
    private volatile boolean lost;

    private FleetRunner(FleetPlan plan, FleetSite site, ControlLink control, FleetNetwork network) {
        this.plan = plan;
        this.site = site;
        this.control = control;
        this.network = network;
    }

    /// What a start may do otherwise than usual.
    ///
    /// @param controlOptions added to the control plane's command line
    /// @param onNetwork is given the network when its bridge is up and there is no pod yet
    /// @param controlKept whether a control plane that dies is started again
    public record Variations(
            List<String> controlOptions, Consumer<FleetNetwork> onNetwork, boolean controlKept) {
        /// Nothing of the kind.
        public static final Variations NONE = new Variations(List.of(), _ -> {}, true);

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
        FleetSite site = new FleetSite(installation, run, teardown, progress);
        try {
            FleetRunner fleet = open(plan, site, variations);
            fleet.startAll(plan.services());
            return fleet;
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, String.valueOf(e.getMessage()), "");
        }
    }

    private static FleetRunner open(FleetPlan plan, FleetSite site, Variations variations)
            throws IOException {
        ControlLink control =
                ControlLink.start(
                        site,
                        new ControlLink.Order(
                                plan.documents(),
                                variations.controlOptions(),
                                variations.controlKept()));
        site.progress().step("the control plane");
        FleetNetwork network = FleetNetwork.open(FleetNetwork.Settings.of(site.run().path()));
        site.teardown().add("pods and their network", network::close);
        variations.onNetwork().accept(network);
        FleetRunner fleet = new FleetRunner(plan, site, control, network);
        site.teardown().add("applications", () -> endApps(List.copyOf(fleet.apps.values())));
        site.teardown().add("published ports", fleet::unpublish);
        return fleet;
    }

    /// Pods all at once, then applications in their order, then published ports.
    private void startAll(List<FleetPlan.Service> services) {
        List<Together.Task> making = new ArrayList<>();
        for (FleetPlan.Service service : services) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                making.add(() -> makePod(service, pod));
            }
        }
        Together.run(making);
        for (List<FleetPlan.Service> wave : StartOrder.waves(services)) {
            List<Together.Task> starting = new ArrayList<>();
            for (FleetPlan.Service service : wave) {
                for (FleetPlan.PodPlan pod : service.pods()) {
                    starting.add(() -> startApp(meshed(pod.name())));
                }
            }
            Together.run(starting);
        }
        for (FleetPlan.Service service : services) {
            service.pods().forEach(pod -> meshed(pod.name()).publish());
        }
    }

    private void makePod(FleetPlan.Service service, FleetPlan.PodPlan pod) throws IOException {
        MeshedPod made =
                MeshedPod.start(
                        site, network, control, new MeshedPod.Order(service, pod, plan.hosts()));
        pods.put(pod.name(), made);
        note();
        site.progress().step("the sidecar of " + pod.name());
    }

    private void startApp(MeshedPod home) throws IOException {
        SupervisedApp app = new SupervisedApp(site, home);
        apps.put(home.name(), app);
        app.start();
    }

    private MeshedPod meshed(String name) {
        MeshedPod pod = pods.get(name);
        if (pod == null) {
            throw new IllegalArgumentException("no pod " + name);
        }
        return pod;
    }

    /// All at once are asked to end.
    private static void endApps(List<SupervisedApp> ending) throws InterruptedException {
        ending.forEach(SupervisedApp::stop);
        long begun = System.nanoTime();
        for (SupervisedApp app : ending) {
            app.awaitEnd(begun);
        }
    }

    private void unpublish() throws IOException {
        for (MeshedPod pod : pods.values()) {
            pod.unpublish();
        }
    }

    /// Ends a pod and its application; the fleet's documents are left as they are.
    ///
    /// @throws Fault when there is no such pod
    public void remove(String name) {
        MeshedPod pod = pods.get(name);
        if (pod == null) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "there is no pod '"
                            + name
                            + "'; expected one of "
                            + String.join(", ", pods.keySet().stream().sorted().toList()),
                    "");
        }
        try {
            SupervisedApp app = apps.get(name);
            if (app != null) {
                endApps(List.of(app));
            }
            pods.remove(name);
            apps.remove(name);
            pod.unpublish();
            pod.pod().close();
            RunDirectory.removeTree(site.run().pod(name));
            note();
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, name + ": " + e.getMessage(), "");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Fault.of(Sysexit.OS, "interrupted while ending " + name, "");
        }
    }

    private void note() throws IOException {
        site.run().note(pods.keySet().stream().sorted().toList());
    }

    /// Looks after what nobody else tells of; to be called now and then.
    public void look() {
        if (!lost && ProcessHandle.of(network.hubPid()).isEmpty() && !site.closing()) {
            lost = true;
            site.progress().news("the fleet's network has gone, so nothing can be reached");
        }
    }

    /// Whether a part is gone without which there is no fleet.
    public boolean isLost() {
        return lost;
    }

    /// Whether every application has ended and stays so.
    public boolean isFinished() {
        return !apps.isEmpty() && apps.values().stream().allMatch(SupervisedApp::isOver);
    }

    /// All pods, those that call before those that are called.
    public List<PodStatus> status() {
        return pods().stream().map(this::status).toList();
    }

    private PodStatus status(RunningPod running) {
        MeshedPod pod = meshed(running.name());
        SupervisedApp app = apps.get(running.name());
        return new PodStatus(
                running,
                pod.service().command(),
                app == null ? AppFacts.NONE : app.facts(),
                pod.sidecarPid(),
                pod.pod().isAlive() ? pod.pod().initPid() : 0,
                pod.service().port() == FleetPlan.NO_PORT
                        ? List.of()
                        : List.of(pod.service().port()),
                pod.publishedPorts());
    }

    /// Where the application of a pod writes.
    public Path appLog(String pod) {
        return site.run().log("app-" + pod);
    }

    /// Where the sidecar of a pod writes.
    public Path sidecarLog(String pod) {
        return site.run().log("sidecar-" + pod);
    }

    /// The control plane's process, and how often it was started again.
    public ControlFacts control() {
        return new ControlFacts(control.pid(), control.restarts());
    }

    /// @param pid as seen from outside
    /// @param restarts how often it died and was started again
    public record ControlFacts(long pid, int restarts) {}

    /// Those that call before those that are called.
    public List<RunningPod> pods() {
        List<RunningPod> inOrder = new ArrayList<>();
        for (FleetPlan.Service service : plan.services().reversed()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                MeshedPod one = pods.get(pod.name());
                if (one != null) {
                    inOrder.add(one.facts());
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
        return OnTheBridge.run(network, command, patience);
    }

    /// The pod of that name, for those who look into it or do something to it.
    public Pod pod(String name) {
        return meshed(name).pod();
    }

    public Path runDirectory() {
        return site.run().path();
    }

    @Override
    public void close() {
        site.teardown().close();
    }
}
