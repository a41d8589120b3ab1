package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.host.FleetNetwork;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A pod whose sidecar is ready and whose connections lead to it; what is still missing is its
/// application.
final class MeshedPod {
    private static final Duration STEP = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FleetSite site;
    private final FleetNetwork network;
    private final Order order;
    private final Pod pod;
    private final RunningPod facts;
    private final List<PublishedPort> published = new ArrayList<>();

    private MeshedPod(
            FleetSite site, FleetNetwork network, Order order, Pod pod, RunningPod facts) {
        this.site = site;
        this.network = network;
        this.order = order;
        this.pod = pod;
        this.facts = facts;
    }

    /// @param plan one of the pods of `service`
    /// @param hosts what it resolves
    record Order(
            FleetPlan.Service service,
            FleetPlan.PodPlan plan,
            Map<String, List<InetAddress>> hosts) {
        boolean isPublished() {
            return !service.published().isEmpty() && service.pods().getFirst().equals(plan);
        }
    }

    /// Makes the pod and waits for its sidecar.
    ///
    /// @throws Fault when the sidecar is not ready in time; the pod is gone then
    static MeshedPod start(FleetSite site, FleetNetwork network, ControlLink control, Order order)
            throws IOException {
        String name = order.plan().name();
        Path log = site.run().log("sidecar-" + name);
        PodSpec.Sidecar sidecar =
                new PodSpec.Sidecar(command(site, order), Map.of(), control.token(name), log);
        Pod pod =
                network.addPod(
                        new PodSpec(
                                name,
                                order.plan().ipv4(),
                                order.plan().ipv6(),
                                order.hosts(),
                                sidecar,
                                null));
        try {
            long started = System.nanoTime();
            awaitReady(site, pod, log);
            long readyMs = (System.nanoTime() - started) / 1_000_000;
            pod.applyRedirect(RedirectRules.DEFAULT);
            RunningPod facts =
                    new RunningPod(
                            name,
                            order.service().name(),
                            List.of(order.plan().ipv4(), order.plan().ipv6()),
                            order.service().port(),
                            site.run().adminSocket(name),
                            readyMs);
            return new MeshedPod(site, network, order, pod, facts);
        } catch (IOException | RuntimeException e) {
            remove(site, network, name, Duration.ZERO);
            throw e;
        }
    }

    private static List<String> command(FleetSite site, Order order) {
        RunDirectory run = site.run();
        String pod = order.plan().name();
        List<String> command = new ArrayList<>();
        command.add(site.installation().program("proa-sidecar").toString());
        command.addAll(List.of("--control", run.controlSocket().toString()));
        command.addAll(List.of("--pod", pod));
        command.addAll(List.of("--state", run.state(pod).toString()));
        command.addAll(List.of("--admin-socket", run.adminSocket(pod).toString()));
        Set<Integer> asked = new TreeSet<>(HealthProbe.ports(order.service()));
        if (order.isPublished()) {
            order.service().published().forEach(port -> asked.add(port.targetPort()));
        }
        for (int port : asked) {
            command.addAll(List.of("--publish", run.publishSocket(pod, port) + "=" + port));
        }
        return command;
    }

    private static void awaitReady(FleetSite site, Pod pod, Path log) {
        Path admin = site.run().adminSocket(pod.name());
        if (Waiting.until(() -> site.closing() || !pod.isAlive() || isReady(admin), STEP, PATIENCE)
                && pod.isAlive()) {
            return;
        }
        throw Fault.of(
                Sysexit.UNAVAILABLE,
                "the sidecar of "
                        + pod.name()
                        + " was not ready within "
                        + PATIENCE.toSeconds()
                        + " s"
                        + LogTail.of(log),
                "");
    }

    private static boolean isReady(Path adminSocket) {
        try {
            return AdminClient.get(adminSocket, "/ready", Duration.ofSeconds(1)).status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /// Opens the service's published ports, where this is the pod that they lead to.
    ///
    /// @throws Fault where one is taken
    synchronized void publish() {
        if (!order.isPublished()) {
            return;
        }
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

    /// Ends what runs in it and the pod itself; its name may be used again.
    ///
    /// @param grace how long its applications may take to end
    void end(Duration grace) throws IOException {
        unpublish();
        remove(site, network, name(), grace);
    }

    private static void remove(FleetSite site, FleetNetwork network, String name, Duration grace)
            throws IOException {
        network.removePod(name, grace);
        RunDirectory.removeTree(site.run().pod(name));
    }

    synchronized List<Integer> publishedPorts() {
        return published.stream().map(PublishedPort::port).toList();
    }

    /// @return 0 between two sidecars
    long sidecarPid() {
        return ProcessHandle.of(pod.initPid()).stream()
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

    FleetPlan.Service service() {
        return order.service();
    }

    Pod pod() {
        return pod;
    }

    RunningPod facts() {
        return facts;
    }
}
