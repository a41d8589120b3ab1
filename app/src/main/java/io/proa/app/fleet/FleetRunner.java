package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.host.EgressKind;
import io.proa.host.EgressSettings;
import io.proa.host.FleetNetwork;
import io.proa.host.Pod;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    private final Guests guests;
    private volatile boolean lost;
    private List<String> noted = List.of();

    private FleetRunner(FleetPlan plan, FleetSite site, ControlLink control, FleetNetwork network) {
        this.plan = plan;
        this.site = site;
        this.control = control;
        this.network = network;
        this.guests =
                new Guests(
                        site,
                        control,
                        network,
                        new JoinedDocuments(plan.name(), site.run().joined()),
                        AddressView.of(plan));
    }

    /// What a start may do otherwise than usual.
    ///
    /// @param controlOptions added to the control plane's command line
    /// @param onNetwork is given the network when its bridge is up and there is no pod yet
    /// @param controlKept whether a control plane that dies is started again
    /// @param reach what of the outside the pods reach
    public record Variations(
            List<String> controlOptions,
            Consumer<FleetNetwork> onNetwork,
            boolean controlKept,
            EgressSettings reach) {
        /// Nothing of the kind.
        public static final Variations NONE =
                new Variations(List.of(), _ -> {}, true, EgressSettings.NONE);

        public Variations {
            controlOptions = List.copyOf(controlOptions);
        }

        /// Only that the pods reach the outside, in the way that suits this user.
        ///
        /// @param hostServices ports of the machine's loopback that they reach, too; 1 to 65535
        public static Variations reaching(Set<Integer> hostServices) {
            return new Variations(
                    List.of(),
                    _ -> {},
                    true,
                    new EgressSettings(EgressKind.usual(), new TreeSet<>(hostServices)));
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
                                intent(plan, site.run()),
                                variations.controlOptions(),
                                variations.controlKept()));
        site.progress().step("the control plane");
        FleetNetwork network =
                FleetNetwork.open(
                        FleetNetwork.Settings.of(site.run().path())
                                .withEgress(variations.reach().kind())
                                .withHostServices(variations.reach().hostServices()));
        site.teardown().add("pods and their network", network::close);
        variations.onNetwork().accept(network);
        FleetRunner fleet = new FleetRunner(plan, site, control, network);
        site.teardown().add("applications", () -> endApps(List.copyOf(fleet.apps.values())));
        site.teardown().add("published ports", fleet::unpublish);
        return fleet;
    }

    /// The fleet's documents, and those of programs that will join it.
    private static List<Path> intent(FleetPlan plan, RunDirectory run) throws IOException {
        List<Path> intent = new ArrayList<>(plan.documents());
        if (intent.isEmpty()) {
            Path empty = run.path().resolve("fleet.yaml");
            JoinedDocuments.writeEmpty(plan.name(), empty);
            intent.add(empty);
        }
        intent.add(run.joined());
        return intent;
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
        if (guests.seat(name) != null) {
            removeGuest(name);
            return;
        }
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
                app.stop();
            }
            pods.remove(name);
            apps.remove(name);
            pod.end(pod.service().care().drain());
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, name + ": " + e.getMessage(), "");
        }
    }

    private void removeGuest(String name) {
        try {
            guests.leave(name);
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, name + ": " + e.getMessage(), "");
        }
    }

    /// Makes a pod for a program that somebody else starts.
    ///
    /// @return the pod and its sidecar, which is ready
    /// @throws Fault where its name or a port is taken, or something could not be started
    public RunningPod join(Joining joining) {
        return guests.join(joining).pod().facts();
    }

    /// What pods resolve.
    public Map<String, List<InetAddress>> names() {
        return guests.names();
    }

    /// Whether the pod's program is somebody else's child, on a terminal of its own.
    public boolean isGuest(String pod) {
        return guests.seat(pod) != null;
    }

    /// Keeps a note of the pods, for the case that this process is killed.
    private synchronized void note() {
        List<String> now = pods().stream().map(RunningPod::name).sorted().toList();
        if (!now.equals(noted) && !site.closing()) {
            try {
                site.run().note(now);
                noted = now;
            } catch (IOException _) {
                // The next look tries again; nothing depends on it while all is well.
            }
        }
    }

    /// Looks after what nobody else tells of; to be called now and then.
    public void look() {
        guests.look();
        note();
        if (!lost && ProcessHandle.of(network.hubPid()).isEmpty() && !site.closing()) {
            lost = true;
            site.progress().news("the fleet's network has gone, so nothing can be reached");
        }
    }

    /// Whether a part is gone without which there is no fleet.
    public boolean isLost() {
        return lost;
    }

    /// Whether no program is there that could still do something.
    public boolean isFinished() {
        return guests.isEmpty() && apps.values().stream().allMatch(SupervisedApp::isOver);
    }

    /// All pods, those that call before those that are called.
    public List<PodStatus> status() {
        List<PodStatus> all = new ArrayList<>();
        for (RunningPod running : planned()) {
            SupervisedApp app = apps.get(running.name());
            MeshedPod pod = pods.get(running.name());
            if (pod != null) {
                all.add(status(pod, app == null ? AppFacts.NONE : app.facts()));
            }
        }
        guests.all().forEach(seat -> all.add(status(seat.pod(), seat.guest().facts())));
        return all;
    }

    private static PodStatus status(MeshedPod pod, AppFacts app) {
        return new PodStatus(
                pod.facts(),
                pod.service().command(),
                app,
                pod.sidecarPid(),
                pod.home().isAlive() ? pod.home().initPid() : 0,
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

    /// Those that call before those that are called; last, those that have joined.
    public List<RunningPod> pods() {
        List<RunningPod> all = new ArrayList<>(planned());
        guests.all().forEach(seat -> all.add(seat.pod().facts()));
        return all;
    }

    private List<RunningPod> planned() {
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
        Guests.Seat seat = guests.seat(name);
        return seat == null ? meshed(name).pod() : seat.pod().pod();
    }

    public Path runDirectory() {
        return site.run().path();
    }

    @Override
    public void close() {
        site.teardown().close();
    }
}
