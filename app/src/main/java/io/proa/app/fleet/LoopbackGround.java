package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.fleet.PodAddress;
import io.proa.host.Attachment;
import io.proa.host.Home;
import io.proa.host.LoopbackPod;
import io.proa.host.LoopbackPods;
import io.proa.host.Pod;
import io.proa.host.PodSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Pods without a network of their own (explicit mode).
record LoopbackGround(LoopbackPods pods) implements Ground {
    private static final Duration GRACE = Duration.ofSeconds(2);

    static LoopbackGround open(RunDirectory run, Map<String, List<InetAddress>> names)
            throws IOException {
        LoopbackPods pods = LoopbackPods.open(run.path(), GRACE);
        pods.updateHosts(names);
        return new LoopbackGround(pods);
    }

    private static PodAddress.Loopback address(FleetPlan.PodPlan pod) {
        if (pod.address() instanceof PodAddress.Loopback address) {
            return address;
        }
        throw new IllegalStateException(pod + " is not on the machine's loopback");
    }

    @Override
    public Home make(MeshedPod.Order order, PodSpec.Sidecar sidecar) throws IOException {
        if (order.attachTo() != 0) {
            throw new IOException(
                    "a running program cannot be attached to a fleet in explicit mode");
        }
        checkFree(order.service());
        return pods.addPod(
                new LoopbackPod.Spec(
                        order.plan().name(), sidecar, Ground.user(order.service().care().user())));
    }

    /// Whoever listens there now is not the program that is started next.
    private static void checkFree(FleetPlan.Service service) throws IOException {
        int port = service.port();
        if (port != FleetPlan.NO_PORT
                && ListeningPorts.reach(ProcessHandle.current().pid(), port)
                        != ListeningPorts.Reach.NOBODY) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "port "
                            + port
                            + " of this machine is in use, where '"
                            + service.name()
                            + "' is to listen; expected it to be free, since in explicit mode programs have no"
                            + " network of their own",
                    "who holds it: ss -ltnp 'sport = :"
                            + port
                            + "'; or have the program listen elsewhere: --port P:TARGET, or targetPort in a"
                            + " document");
        }
    }

    @Override
    public void check(Joining joining, Map<Integer, String> listeners) {
        for (Joining.Port port : joining.ports()) {
            String other = listeners.get(port.target());
            if (other != null) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "'"
                                + joining.name()
                                + "' would listen on port "
                                + port.target()
                                + ", and so does '"
                                + other
                                + "'; expected a port of its own, since in explicit mode all programs share one"
                                + " loopback",
                        "others may call it as before: --port "
                                + port.port()
                                + ":TARGET, where TARGET is what it listens on (it finds that in PORT)");
            }
        }
        for (FleetPlan.PublishedPort published : joining.published()) {
            boolean own =
                    joining.ports().stream().anyMatch(p -> p.target() == published.hostPort());
            if (own || listeners.containsKey(published.hostPort())) {
                throw Fault.of(
                        Sysexit.UNAVAILABLE,
                        "option '--publish': saw "
                                + published.hostPort()
                                + ", where '"
                                + (own ? joining.name() : listeners.get(published.hostPort()))
                                + "' itself listens; expected another port, since in explicit mode both are on the"
                                + " machine's loopback",
                        "--publish N:"
                                + published.servicePort()
                                + " with another N, or none: 127.0.0.1:"
                                + published.hostPort()
                                + " reaches the program, though around its sidecar");
            }
        }
    }

    @Override
    public List<String> sidecarOptions(MeshedPod.Order order) throws IOException {
        PodAddress.Loopback address = address(order.plan());
        List<String> options = new ArrayList<>(List.of("--explicit"));
        options.addAll(List.of("--outbound", "127.0.0.1:" + address.proxyPort()));
        options.addAll(List.of("--mesh", "127.0.0.1:" + address.meshPort()));
        options.addAll(List.of("--hosts", pods.hosts().toString()));
        options.addAll(List.of("--admin", "off", "--metrics", "off", "--health", "off"));
        PodSpec.User user = Ground.user(order.service().care().user());
        if (user != null) {
            options.addAll(List.of("--proxy-user", Integer.toString(user.uid())));
        }
        return options;
    }

    @Override
    public Map<String, String> variables(FleetPlan.PodPlan pod, Map<String, String> own) {
        return ProxyVariables.of(proxy(address(pod)), own);
    }

    /// As `HTTP_PROXY` has it.
    static String proxy(PodAddress.Loopback address) {
        return "http://127.0.0.1:" + address.proxyPort();
    }

    @Override
    public void remove(Home home, Duration grace) {
        switch (home) {
            case LoopbackPod pod -> pods.removePod(pod, grace);
            case Pod _, Attachment _ -> throw new IllegalArgumentException(home.name());
        }
    }

    @Override
    public void updateHosts(Map<String, List<InetAddress>> names) throws IOException {
        pods.updateHosts(names);
    }

    @Override
    public boolean isLost() {
        return false; // there is nothing besides the pods
    }

    @Override
    public void close() {
        pods.close();
    }
}
