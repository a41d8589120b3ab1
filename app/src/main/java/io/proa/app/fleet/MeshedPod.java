package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.intent.HeadRules;
import io.proa.host.AppHome;
import io.proa.host.Attachment;
import io.proa.host.Home;
import io.proa.host.LoopbackPod;
import io.proa.host.Pod;
import io.proa.host.PodSpec;
import io.proa.host.RedirectRules;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A pod whose sidecar is ready and whose connections lead to it; what is still missing is its
/// application.
final class MeshedPod {
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WORD = Duration.ofSeconds(1);

    private final FleetSite site;
    private final Ground ground;
    private final Order order;
    private final Home home;
    private final RunningPod facts;
    private final List<PublishedPort> published = new ArrayList<>();
    private volatile boolean leaving;

    private MeshedPod(FleetSite site, Ground ground, Order order, Home home, RunningPod facts) {
        this.site = site;
        this.ground = ground;
        this.order = order;
        this.home = home;
        this.facts = facts;
    }

    /// @param plan one of the pods of `service`
    /// @param hosts what it resolves
    /// @param accessLog what its sidecar writes of exchanges
    /// @param attachTo a process whose network the sidecar joins; 0 = the pod gets one of its own
    record Order(
            FleetPlan.Service service,
            FleetPlan.PodPlan plan,
            Map<String, List<InetAddress>> hosts,
            AccessLogging accessLog,
            long attachTo) {}

    /// Makes the pod and waits for its sidecar.
    ///
    /// @throws Fault when the sidecar is not ready in time; the pod is gone then
    static MeshedPod start(FleetSite site, Ground ground, ControlLink control, Order order)
            throws IOException {
        String name = order.plan().name();
        Path log = site.run().log("sidecar-" + name);
        PodSpec.Sidecar sidecar =
                new PodSpec.Sidecar(
                        command(site, ground, order), Map.of(), control.token(name), log);
        Home home = ground.make(order, sidecar);
        try {
            long started = System.nanoTime();
            awaitReady(site, home, log);
            long readyMs = (System.nanoTime() - started) / 1_000_000;
            home.applyRedirect(RedirectRules.DEFAULT);
            RunningPod facts =
                    new RunningPod(
                            name,
                            order.service().name(),
                            order.plan().address().addresses(),
                            order.service().port(),
                            site.run().adminSocket(name),
                            readyMs);
            return new MeshedPod(site, ground, order, home, facts);
        } catch (IOException | RuntimeException e) {
            remove(site, ground, home, Duration.ZERO);
            throw e;
        }
    }

    private static List<String> command(FleetSite site, Ground ground, Order order)
            throws IOException {
        RunDirectory run = site.run();
        String pod = order.plan().name();
        List<String> command = new ArrayList<>();
        command.add(site.installation().program("proa-sidecar").toString());
        command.addAll(List.of("--control", run.controlSocket().toString()));
        command.addAll(List.of("--pod", pod));
        command.addAll(List.of("--state", run.state(pod).toString()));
        command.addAll(List.of("--admin-socket", run.adminSocket(pod).toString()));
        command.addAll(ground.sidecarOptions(order));
        Set<Integer> asked = new TreeSet<>(HealthProbe.ports(order.service()));
        order.service().published().forEach(port -> asked.add(port.targetPort()));
        command.addAll(List.of("--access-log", order.accessLog().word()));
        command.addAll(List.of("--drain", order.service().care().drain().toMillis() + "ms"));
        headRules(order.service().heads(), command);
        for (int port : asked) {
            command.addAll(List.of("--publish", run.publishSocket(pod, port) + "=" + port));
        }
        return command;
    }

    private static void headRules(HeadRules heads, List<String> command) {
        option("--max-head", heads.maxSize(), command);
        option("--max-fields", heads.maxFields(), command);
        option("--encoded-slashes", heads.encodedSlashes(), command);
        option("--dot-segments", heads.dotSegments(), command);
    }

    private static void option(String name, @Nullable Object value, List<String> command) {
        if (value != null) {
            command.addAll(List.of(name, value.toString()));
        }
    }

    private static void awaitReady(FleetSite site, Home home, Path log) {
        Path admin = site.run().adminSocket(home.name());
        if (Waiting.until(() -> site.closing() || !home.isAlive() || isReady(admin), STEP, PATIENCE)
                && home.isAlive()) {
            return;
        }
        throw Fault.of(
                Sysexit.UNAVAILABLE,
                "the sidecar of "
                        + home.name()
                        + " was not ready within "
                        + PATIENCE.toSeconds()
                        + " s"
                        + LogTail.of(log),
                "");
    }

    private static boolean isReady(Path adminSocket) {
        try {
            return AdminClient.get(adminSocket, "/ready", WORD).status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /// Opens the service's published ports, which lead to this pod alone; those that lead to
    /// several are [ServicePorts].
    ///
    /// @throws Fault where one is taken
    synchronized void publish() {
        for (FleetPlan.PublishedPort port : order.service().published()) {
            Path socket = site.run().publishSocket(name(), port.targetPort());
            published.add(PublishedPort.open(port.hostPort(), socket));
        }
    }

    synchronized void unpublish() throws IOException {
        for (PublishedPort port : published) {
            port.close();
        }
        published.clear();
    }

    /// Lets nobody new in and waits for the end of the requests that are under way; the application
    /// is served on. What joined with a network of its own is left in peace: there connections are
    /// turned to the sidecar to the last.
    ///
    /// @param most the longest wait
    void drain(Duration most) {
        leaving = true;
        if (home instanceof Attachment
                || service().port() == FleetPlan.NO_PORT
                || !home.isAlive()) {
            return;
        }
        synchronized (this) {
            published.forEach(PublishedPort::refuse);
        }
        Path admin = facts.adminSocket();
        try {
            AdminClient.post(admin, "/drain", "", WORD);
            Waiting.until(() -> !home.isAlive() || isDrained(admin), STEP, most);
        } catch (IOException _) {
            // It is between two sidecars: nothing is under way then.
        }
    }

    private static boolean isDrained(Path admin) {
        try {
            return !AdminClient.get(admin, "/ready", WORD).body().startsWith("draining");
        } catch (IOException _) {
            return true;
        }
    }

    /// Whether nobody new is to be sent here.
    boolean isLeaving() {
        return leaving || !home.isAlive();
    }

    /// The sidecar need not wait for calls of the application any more.
    void applicationIsGone() {
        try {
            AdminClient.post(facts.adminSocket(), "/app-gone", "", WORD);
        } catch (IOException _) {
            // then it is gone itself
        }
    }

    /// Ends what runs in it and the pod itself; its name may be used again.
    ///
    /// @param grace how long its applications may take to end
    void end(Duration grace) throws IOException {
        unpublish();
        remove(site, ground, home, grace);
    }

    private static void remove(FleetSite site, Ground ground, Home home, Duration grace)
            throws IOException {
        ground.remove(home, grace);
        RunDirectory.removeTree(site.run().pod(home.name()));
    }

    synchronized List<Integer> publishedPorts() {
        return published.stream().map(PublishedPort::port).toList();
    }

    /// @return 0 between two sidecars
    long sidecarPid() {
        return ProcessHandle.of(home.initPid()).stream()
                .flatMap(ProcessHandle::children)
                .filter(MeshedPod::isSidecar)
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElse(0);
    }

    private static boolean isSidecar(ProcessHandle process) {
        try {
            return Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "cmdline"),
                            StandardCharsets.ISO_8859_1)
                    .contains("\0io.proa.sidecar.SidecarMain\0");
        } catch (IOException _) {
            return false; // gone meanwhile
        }
    }

    String name() {
        return order.plan().name();
    }

    FleetPlan.PodPlan plan() {
        return order.plan();
    }

    FleetPlan.Service service() {
        return order.service();
    }

    /// Where its program and its sidecar are.
    Home home() {
        return home;
    }

    /// Likewise.
    ///
    /// @throws IllegalStateException for a program that was there already
    AppHome pod() {
        return switch (home) {
            case AppHome ours -> ours;
            case Attachment _ -> throw new IllegalStateException(name() + " is not a pod of ours");
        };
    }

    /// Added to its program's environment, where that does not say otherwise.
    Map<String, String> variables() {
        Map<String, String> own = new HashMap<>(System.getenv());
        own.putAll(order.service().environment());
        return ground.variables(order.plan(), own);
    }

    /// Whether somebody listens where its sidecar would look for its program.
    boolean listens(int port) {
        try {
            ListeningPorts.Reach reach = ListeningPorts.reach(home.initPid(), port);
            return switch (home) {
                case Pod _, Attachment _ -> reach == ListeningPorts.Reach.EVERYBODY;
                case LoopbackPod _ -> reach != ListeningPorts.Reach.NOBODY;
            };
        } catch (IOException _) {
            return false;
        }
    }

    RunningPod facts() {
        return facts;
    }
}
