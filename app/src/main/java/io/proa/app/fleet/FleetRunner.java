package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Installation;
import io.proa.app.Sysexit;
import io.proa.control.fleet.PodAddress;
import io.proa.host.Attachment;
import io.proa.host.EgressKind;
import io.proa.host.EgressSettings;
import io.proa.host.FleetNetwork;
import io.proa.host.Home;
import io.proa.host.LoopbackPod;
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
import java.util.function.Consumer;

/// A running fleet whose pods come and go: run directory, control plane, pods with their sidecars,
/// applications in their order, published ports. All of it is undone when this is closed, or when a
/// start fails. Safe for use by several threads.
public final class FleetRunner implements AutoCloseable {
    private final FleetSite site;
    private final ControlLink control;
    private final Ground ground;
    private final PlannedPods planned;
    private final Guests guests;
    private final Roster roster;
    private final Mode mode;
    private volatile boolean lost;
    private List<String> noted = List.of();

    private FleetRunner(FleetPlan plan, FleetSite site, ControlLink control, Ground ground) {
        this.site = site;
        this.control = control;
        this.ground = ground;
        this.mode = plan.mode();
        this.planned = new PlannedPods(site, control, ground, plan);
        this.guests =
                new Guests(
                        site,
                        control,
                        ground,
                        new JoinedDocuments(plan.documented(), site.run().joined()),
                        AddressView.of(plan));
        this.roster = new Roster(planned, guests);
    }

    /// What a start may do otherwise than usual.
    ///
    /// @param controlOptions added to the control plane's command line
    /// @param onNetwork is given the network when its bridge is up and there is no pod yet
    /// @param controlKept whether a control plane that dies is started again
    /// @param reach what of the outside the pods reach
    /// @param accessLog what the sidecars of the documents' programs write of exchanges
    public record Variations(
            List<String> controlOptions,
            Consumer<FleetNetwork> onNetwork,
            boolean controlKept,
            EgressSettings reach,
            AccessLogging accessLog) {
        /// Nothing of the kind.
        public static final Variations NONE =
                new Variations(List.of(), _ -> {}, true, EgressSettings.NONE, AccessLogging.USUAL);

        public Variations {
            controlOptions = List.copyOf(controlOptions);
        }

        /// Only that the pods reach the outside.
        ///
        /// @param hostServices ports of the machine's loopback that they reach, too; 1 to 65535
        public static Variations reaching(Set<Integer> hostServices) {
            return new Variations(
                    List.of(),
                    _ -> {},
                    true,
                    new EgressSettings(EgressKind.RELAY, new TreeSet<>(hostServices)),
                    AccessLogging.USUAL);
        }

        public Variations withAccessLog(AccessLogging other) {
            return new Variations(controlOptions, onNetwork, controlKept, reach, other);
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
        teardown.starting();
        try {
            RunDirectory run = RunDirectory.open(base, plan.name());
            teardown.add("run directory " + run.path(), run::close);
            teardown.add("the programs' last words", progress::programsEnded);
            run.mode(plan.mode());
            FleetSite site =
                    new FleetSite(installation, run, teardown, progress, variations.accessLog());
            FleetRunner fleet = open(plan, site, variations);
            fleet.planned.startAll();
            fleet.note();
            return fleet;
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, String.valueOf(e.getMessage()), "");
        } finally {
            teardown.started();
        }
    }

    private static FleetRunner open(FleetPlan plan, FleetSite site, Variations variations)
            throws IOException {
        ControlLink control =
                ControlLink.start(
                        site,
                        new ControlLink.Order(
                                intent(plan, site.run()),
                                controlOptions(plan.mode(), variations),
                                variations.controlKept()));
        site.progress().step("the control plane");
        // Which ports of a shared loopback are free is known to the control plane alone.
        FleetPlan settled =
                switch (plan.mode()) {
                    case TRANSPARENT -> plan;
                    case EXPLICIT -> control.fleet().settled(plan);
                };
        Ground ground =
                switch (plan.mode()) {
                    case TRANSPARENT ->
                            NetworkGround.open(site.run(), variations, site.progress()::news);
                    case EXPLICIT -> LoopbackGround.open(site.run(), settled.hosts());
                };
        site.teardown().add("pods and their network", ground::close);
        FleetRunner fleet = new FleetRunner(settled, site, control, ground);
        site.teardown().add("published ports", fleet.planned.ports()::close);
        site.teardown().add("applications", fleet.planned::endApps);
        site.teardown().add("programs that have joined", fleet.guests::drain);
        return fleet;
    }

    private static List<String> controlOptions(Mode mode, Variations variations) {
        List<String> options = new ArrayList<>(variations.controlOptions());
        switch (mode) {
            case TRANSPARENT -> {}
            case EXPLICIT -> options.add("--explicit");
        }
        return options;
    }

    /// The fleet's documents, and those of programs that will join it.
    private static List<Path> intent(FleetPlan plan, RunDirectory run) throws IOException {
        List<Path> intent = new ArrayList<>(plan.documents());
        if (intent.isEmpty()) {
            Path empty = run.path().resolve("fleet.yaml");
            JoinedDocuments.writeEmpty(plan.documented(), empty);
            intent.add(empty);
        }
        intent.add(run.joined());
        return intent;
    }

    /// Ends a pod and its application; the fleet's documents are left as they are.
    ///
    /// @throws Fault when there is no such pod
    public void remove(String name) {
        try {
            if (guests.seat(name) != null) {
                guests.leave(name);
            } else if (planned.pod(name) != null) {
                planned.remove(name);
            } else {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "there is no pod '"
                                + name
                                + "'; expected one of "
                                + String.join(", ", pods().stream().map(RunningPod::name).toList()),
                        "");
            }
        } catch (IOException e) {
            throw Fault.of(Sysexit.OS, name + ": " + e.getMessage(), "");
        }
    }

    /// Makes the running pods those of the fleet's changed documents.
    ///
    /// @param read from the same documents
    /// @throws Fault where something of it cannot be started; the rest runs
    public void change(FleetPlan read) {
        try {
            List<String> coming = planned.missing(read);
            coming.forEach(control::leave); // nobody is sent there before there is somebody
            if (!control.reload().isAllInUse()) {
                coming.forEach(control::back);
                return; // it has said why, and keeps the last good one
            }
            planned.change(guests.renewed().settled(read));
        } catch (IOException e) {
            throw Fault.of(Sysexit.UNAVAILABLE, String.valueOf(e.getMessage()), "");
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
        planned.look();
        note();
        if (!lost && ground.isLost() && !site.closing()) {
            lost = true;
            noteEnd("its network has gone");
            site.progress().news("the fleet's network has gone, so nothing can be reached");
        }
    }

    private void noteEnd(String how) {
        try {
            site.run().noteEnd(how);
        } catch (IOException _) {
            // Then the next command says that it was killed.
        }
    }

    /// Whether a part is gone without which there is no fleet.
    public boolean isLost() {
        return lost;
    }

    /// Whether no program is there that could still do something.
    public boolean isFinished() {
        return guests.isEmpty() && planned.areOver();
    }

    /// All pods, those that call before those that are called.
    public List<PodStatus> status() {
        return roster.status();
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
        return roster.pods();
    }

    /// Runs a command on the fleet's bridge, where a stranger to the mesh would stand.
    ///
    /// @return what it printed
    /// @throws Fault when it fails or takes longer than `patience`
    public String onTheBridge(List<String> command, Duration patience) {
        return switch (ground) {
            case NetworkGround(FleetNetwork network) -> OnTheBridge.run(network, command, patience);
            case LoopbackGround _ -> throw new IllegalStateException("there is no bridge");
        };
    }

    /// The pod of that name, for those who look into it or do something to it.
    ///
    /// @throws IllegalStateException where it has no network of its own
    public Pod pod(String name) {
        return switch (home(name)) {
            case Pod pod -> pod;
            case Attachment _, LoopbackPod _ ->
                    throw new IllegalStateException(name + " is not a pod of ours");
        };
    }

    /// Where the program and the sidecar of that pod are.
    public Home home(String name) {
        return roster.pod(name).home();
    }

    /// The HTTP proxy that the pod's program is to use; empty where it need not know one.
    public String proxy(String name) {
        return switch (roster.pod(name).plan().address()) {
            case PodAddress.Loopback address -> LoopbackGround.proxy(address);
            case PodAddress.Network _ -> "";
        };
    }

    public Mode mode() {
        return mode;
    }

    public Path runDirectory() {
        return site.run().path();
    }

    @Override
    public void close() {
        site.teardown().close();
    }
}
