package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The pods that the fleet's documents ask for, with their applications. Safe for use by several
/// threads.
final class PlannedPods {
    private static final Duration STEP = Duration.ofMillis(20);

    private final FleetSite site;
    private final ControlLink control;
    private final Ground ground;
    private final Map<String, MeshedPod> pods = new ConcurrentHashMap<>();
    private final Map<String, SupervisedApp> apps = new ConcurrentHashMap<>();
    private final Set<String> mending = ConcurrentHashMap.newKeySet();
    private final ServicePorts ports;
    private volatile FleetPlan plan;

    /// One pod to be started.
    record Wanted(FleetPlan.Service service, FleetPlan.PodPlan pod) {}

    PlannedPods(FleetSite site, ControlLink control, Ground ground, FleetPlan plan) {
        this.site = site;
        this.control = control;
        this.ground = ground;
        this.plan = plan;
        this.ports = new ServicePorts(site, this::replicas);
    }

    private List<ServicePorts.Replica> replicas() {
        List<ServicePorts.Replica> all = new ArrayList<>();
        for (MeshedPod pod : pods.values()) {
            SupervisedApp app = apps.get(pod.name());
            if (!pod.service().published().isEmpty()) {
                all.add(new ServicePorts.Replica(pod, app != null && app.isServing()));
            }
        }
        return all;
    }

    /// Ports of the host's loopback that lead to these pods.
    ServicePorts ports() {
        return ports;
    }

    FleetPlan plan() {
        return plan;
    }

    @Nullable MeshedPod pod(String name) {
        return pods.get(name);
    }

    AppFacts app(String name) {
        SupervisedApp app = apps.get(name);
        return app == null ? AppFacts.NONE : app.facts();
    }

    Set<String> names() {
        return Set.copyOf(pods.keySet());
    }

    /// Whether every application has ended and stays so.
    boolean areOver() {
        return mending.isEmpty() && apps.values().stream().allMatch(SupervisedApp::isOver);
    }

    void startAll() {
        start(wanted(plan, Set.of()));
    }

    static List<Wanted> wanted(FleetPlan plan, Set<String> running) {
        List<Wanted> wanted = new ArrayList<>();
        for (FleetPlan.Service service : plan.services()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                if (!running.contains(pod.name())) {
                    wanted.add(new Wanted(service, pod));
                }
            }
        }
        return wanted;
    }

    /// Pods all at once, then each application as soon as those are so far that it starts after,
    /// then published ports.
    void start(List<Wanted> wanted) {
        List<Together.Task> making = new ArrayList<>();
        List<Together.Task> starting = new ArrayList<>();
        AtomicBoolean failed = new AtomicBoolean();
        for (Wanted each : wanted) {
            making.add(() -> make(each));
            starting.add(() -> startInOrder(each, failed));
        }
        Together.run(making);
        Together.run(starting);
        ports.open();
    }

    private void make(Wanted wanted) throws IOException {
        String name = wanted.pod().name();
        pods.put(
                name,
                MeshedPod.start(
                        site,
                        ground,
                        control,
                        new MeshedPod.Order(
                                wanted.service(),
                                wanted.pod(),
                                plan.hosts(),
                                site.accessLog(),
                                0)));
        site.progress().step("the sidecar of " + name);
    }

    private void startInOrder(Wanted wanted, AtomicBoolean failed) throws IOException {
        try {
            for (FleetPlan.StartAfter after : wanted.service().startAfter()) {
                await(wanted.service(), after, failed);
            }
            if (!failed.get() && !site.closing()) {
                startApp(meshed(wanted.pod().name()));
            }
        } catch (IOException | RuntimeException e) {
            failed.set(true);
            throw e;
        }
    }

    private void await(
            FleetPlan.Service service, FleetPlan.StartAfter after, AtomicBoolean failed) {
        List<Wanted> others =
                wanted(plan, Set.of()).stream()
                        .filter(other -> other.service().name().equals(after.service()))
                        .toList();
        Waiting.until(
                () ->
                        failed.get()
                                || site.closing()
                                || others.stream()
                                        .allMatch(other ->
                                                isToBeReplaced(other)
                                                        || isSoFar(service, after, other.pod())),
                STEP,
                Duration.ofDays(1)); // a job takes as long as it takes
    }

    /// An older replica, which goes on serving until it is its turn.
    private boolean isToBeReplaced(Wanted wanted) {
        MeshedPod pod = pods.get(wanted.pod().name());
        return pod != null && !wanted.service().runsAs(pod.service());
    }

    /// @throws Fault where it never will be
    private boolean isSoFar(
            FleetPlan.Service service, FleetPlan.StartAfter after, FleetPlan.PodPlan pod) {
        SupervisedApp app = apps.get(pod.name());
        if (app == null) {
            return false;
        }
        boolean over = app.isOver(); // asked first: it may come to its end meanwhile
        if (app.is(after.condition())) {
            return true;
        }
        if (over) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    service.name()
                            + " starts after "
                            + after.service()
                            + " ("
                            + after.condition().name().toLowerCase(java.util.Locale.ROOT)
                            + "), but "
                            + pod.name()
                            + " ended with exit code "
                            + app.facts().exitCode()
                            + app.lastWords(),
                    "");
        }
        return false;
    }

    private void startApp(MeshedPod home) throws IOException {
        SupervisedApp app = new SupervisedApp(site, home);
        apps.put(home.name(), app);
        try {
            app.start();
        } finally {
            control.back(home.name()); // one that failed may be started again by its policy
        }
    }

    private MeshedPod meshed(String name) {
        MeshedPod pod = pods.get(name);
        if (pod == null) {
            throw new IllegalArgumentException("no pod " + name);
        }
        return pod;
    }

    /// In the reverse of their order: none before those that were started after it, which may still
    /// need it.
    void endApps() {
        apps.values().forEach(SupervisedApp::expectEnd);
        ports.refuse();
        for (List<FleetPlan.Service> wave : plan.waves().reversed()) {
            List<Together.Task> ending = new ArrayList<>();
            for (FleetPlan.Service service : wave) {
                for (FleetPlan.PodPlan each : service.pods()) {
                    MeshedPod pod = pods.get(each.name());
                    if (pod != null) {
                        ending.add(() -> endApp(pod, apps.get(each.name())));
                    }
                }
            }
            Together.run(ending);
        }
    }

    /// Nobody new comes, what is under way ends, then the application; all of it within its drain
    /// time, of which it has at least half for itself.
    private static void endApp(MeshedPod pod, @Nullable SupervisedApp app)
            throws InterruptedException {
        if (app == null) {
            return;
        }
        long begun = System.nanoTime();
        app.expectEnd();
        if (!app.isOver()) {
            pod.drain(pod.service().care().drain().dividedBy(2));
        }
        app.stop();
        if (app.awaitEnd(begun)) {
            pod.applicationIsGone();
        }
    }

    /// Ends a pod and its application, in order, and for good.
    void remove(String name) throws IOException {
        end(name);
        ports.closeUnused();
    }

    /// The same, with its published ports left open: somebody comes in its place.
    void end(String name) throws IOException {
        MeshedPod pod = pods.remove(name);
        SupervisedApp app = apps.remove(name);
        if (pod == null) {
            return;
        }
        if (pod.pod().isAlive()) {
            control.leave(name);
        }
        try {
            endApp(pod, app);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        pod.end(Duration.ZERO);
    }

    /// Pods of another plan that are not there.
    List<String> missing(FleetPlan next) {
        return wanted(next, pods.keySet()).stream().map(each -> each.pod().name()).toList();
    }

    /// Makes the running pods those of another plan, see [Rollout].
    ///
    /// @param next with the addresses that are in use
    void change(FleetPlan next) {
        Rollout rollout = new Rollout(site, control, this, next);
        plan = next;
        try {
            rollout.run();
        } finally {
            closeUnusedPorts();
        }
    }

    private void closeUnusedPorts() {
        try {
            ports.closeUnused();
        } catch (IOException e) {
            site.progress().news("a port that is published no more is not closed: " + e);
        }
    }

    /// Those that are there.
    List<MeshedPod> all() {
        return List.copyOf(pods.values());
    }

    /// Whether its program runs, and well where it has a check.
    boolean isRunning(MeshedPod pod) {
        SupervisedApp app = apps.get(pod.name());
        return app != null && app.facts().state() == AppState.RUNNING;
    }

    /// Whether its program has come so far as a start waits for.
    boolean hasStarted(String name) {
        SupervisedApp app = apps.get(name);
        return app != null && app.hasStarted();
    }

    /// Ends what has this pod's name and starts it as it was.
    void startAgain(MeshedPod before) throws IOException {
        end(before.name());
        make(new Wanted(before.service(), before.plan()));
        startApp(meshed(before.name()));
        ports.open();
    }

    /// Makes those anew that have lost their process 1.
    void look() {
        for (MeshedPod pod : pods.values()) {
            if (!pod.home().isAlive() && !site.closing() && mending.add(pod.name())) {
                Thread.ofVirtual().name("mend " + pod.name()).start(() -> mend(pod));
            }
        }
    }

    private void mend(MeshedPod pod) {
        try {
            site.progress().news("the pod of " + pod.name() + " has gone and is made anew");
            end(pod.name());
            for (Wanted wanted : wanted(plan, names())) {
                if (wanted.pod().name().equals(pod.name())) {
                    // as it was: another program is the affair of a change
                    start(List.of(new Wanted(pod.service(), wanted.pod())));
                }
            }
        } catch (IOException | Fault e) {
            if (!site.closing()) {
                site.progress().news(pod.name() + " cannot be made anew: " + e.getMessage());
            }
        } finally {
            mending.remove(pod.name());
        }
    }
}
