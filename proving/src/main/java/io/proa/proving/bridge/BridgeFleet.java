package io.proa.proving.bridge;

import io.proa.app.Installation;
import io.proa.app.fleet.AccessLogging;
import io.proa.app.fleet.AdminClient;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import io.proa.host.EgressSettings;
import io.proa.host.FleetNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The fleet that is watched: six pods, HTTP and opaque TCP, with one application that calls from
/// its first moment on, by names and by addresses; and the ways to disturb it.
final class BridgeFleet {
    static final Duration CERTIFICATE_LIFETIME = Duration.ofSeconds(20);

    private static final String DOCUMENT =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: bridge}
            spec:
              trustDomain: bridge.proa
              services:
                - {name: front, command: [./run, python], cwd: DEMO, ports: [{port: 8080, protocol: http}], publish: 8080,
                   startAfter: [orders],
                   env: {NAME: CANARY-front, FANOUT: "1", UPSTREAMS: "http://orders:8080/CANARY http://inventory:8080/CANARY"}}
                - {name: orders, command: [./run, python], cwd: DEMO, ports: [{port: 8080, protocol: http}],
                   env: {NAME: CANARY-orders, UPSTREAMS: "http://inventory:8080/CANARY"}}
                - {name: inventory, command: [./run, python], cwd: DEMO, ports: [{port: 8080, protocol: http}], replicas: 2,
                   env: {NAME: CANARY-inventory}}
                - {name: ledger, command: [python3, WORK/eager.py, echo], ports: [{port: 9000, protocol: tcp}],
                   env: {CANARY: CANARY}}
                - {name: eager, command: [python3, WORK/eager.py, call], ports: [{port: 9000, protocol: tcp}],
                   env: {CANARY: CANARY, WAYS: WORK/ways, PYTHONUNBUFFERED: "1"}}
            """;

    private final FleetRunner runner;
    private final int frontPort;
    private final Map<InetAddress, String> addresses;

    private BridgeFleet(FleetRunner runner, int frontPort, Map<InetAddress, String> addresses) {
        this.runner = runner;
        this.frontPort = frontPort;
        this.addresses = addresses;
    }

    /// @param work an empty folder
    /// @param onNetwork is told of the bridge before there is a pod on it
    static BridgeFleet start(
            Path work, String canary, Teardown teardown, Consumer<FleetNetwork> onNetwork)
            throws IOException {
        Installation installation = Installation.find(System.getProperty("io.proa.dist"));
        Path document =
                Files.writeString(
                        work.resolve("fleet.yaml"),
                        DOCUMENT.replace("DEMO", installation.demo().resolve("services").toString())
                                .replace("WORK", work.toString())
                                .replace("CANARY: CANARY", "CANARY: " + canary)
                                .replace("CANARY-", canary + "-")
                                .replace("/CANARY", "/" + canary));
        Files.writeString(work.resolve("eager.py"), Recorder.script("eager.py"));
        int port = freePort();
        FleetPlan plan = published(FleetDocument.read(document).plan(), port);
        Files.writeString(work.resolve("ways"), ways(plan));
        FleetRunner runner =
                FleetRunner.start(
                        plan,
                        installation,
                        work.resolve("run"),
                        teardown,
                        new Told(),
                        new FleetRunner.Variations(
                                List.of(
                                        "--certificate-lifetime",
                                        CERTIFICATE_LIFETIME.toSeconds() + "s"),
                                onNetwork,
                                false, // it is to be seen how the fleet is without one
                                EgressSettings.NONE,
                                AccessLogging.USUAL));
        return new BridgeFleet(runner, port, addresses(plan));
    }

    /// Of interest when something goes wrong.
    private static final class Told implements Progress {
        @Override
        public void step(String done) {}

        @Override
        public void news(String sentence) {
            System.err.println("fleet: " + sentence);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static FleetPlan published(FleetPlan plan, int port) {
        return plan.withServices(
                plan.services().stream()
                        .map(service ->
                                service.published().isEmpty()
                                        ? service
                                        : service.withPublished(List.of(port)))
                        .toList());
    }

    /// Every way by which an application may try to reach another: service names (both families
    /// behind them), a pod's own addresses, and a port that no document speaks of.
    private static String ways(FleetPlan plan) {
        StringBuilder ways = new StringBuilder();
        for (String service : List.of("orders", "inventory")) {
            way(ways, service, "http", service, 8080);
        }
        way(ways, "ledger", "tcp", "ledger", 9000);
        for (FleetPlan.Service service : plan.services()) {
            if (service.name().equals("orders") || service.name().equals("ledger")) {
                FleetPlan.PodPlan pod = service.pods().getFirst();
                String how = service.name().equals("orders") ? "http" : "tcp";
                way(
                        ways,
                        pod.name() + "-pod-ipv4",
                        how,
                        literal(pod.address().addresses().getFirst()),
                        service.port());
                way(
                        ways,
                        pod.name() + "-pod-ipv6",
                        how,
                        literal(pod.address().addresses().getLast()),
                        service.port());
                way(
                        ways,
                        pod.name() + "-undeclared",
                        how,
                        literal(pod.address().addresses().getFirst()),
                        7777);
                way(
                        ways,
                        pod.name() + "-mesh-port",
                        how,
                        literal(pod.address().addresses().getLast()),
                        15008);
            }
        }
        plan.hosts().getOrDefault("orders", List.of()).stream()
                .filter(address -> address.getAddress().length == 16)
                .forEach(address -> way(ways, "orders-ipv6", "http", literal(address), 8080));
        return ways.toString();
    }

    private static void way(StringBuilder ways, String name, String how, String to, int port) {
        ways.append(name).append(' ').append(how).append(' ').append(to).append(' ').append(port);
        ways.append('\n');
    }

    private static Map<InetAddress, String> addresses(FleetPlan plan) {
        Map<InetAddress, String> names = new HashMap<>();
        for (FleetPlan.Service service : plan.services()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                names.put(pod.address().addresses().getFirst(), pod.name());
                names.put(pod.address().addresses().getLast(), pod.name());
            }
        }
        return names;
    }

    static String literal(InetAddress address) {
        return address.getHostAddress();
    }

    FleetRunner runner() {
        return runner;
    }

    String frontUrl() {
        return "http://127.0.0.1:" + frontPort + "/";
    }

    /// Pods by address.
    Map<InetAddress, String> addresses() {
        return addresses;
    }

    List<RunningPod> pods() {
        return runner.pods();
    }

    RunningPod running(String pod) {
        return pods().stream().filter(one -> one.name().equals(pod)).findFirst().orElseThrow();
    }

    /// A page of the pod's sidecar; null while it does not answer with 200.
    static @Nullable String page(RunningPod pod, String path) {
        try {
            AdminClient.Answer answer =
                    AdminClient.get(pod.adminSocket(), path, Duration.ofSeconds(2));
            return answer.status() == 200 ? answer.body() : null;
        } catch (IOException _) {
            return null;
        }
    }

    /// The serial number of the certificate that the pod's sidecar uses now; empty while it does
    /// not answer.
    static String serial(RunningPod pod) {
        String certificates = page(pod, "/certs");
        if (certificates == null) {
            return "";
        }
        String key = "\"serial\":\"";
        int at = certificates.indexOf(key) + key.length();
        return certificates.substring(at, certificates.indexOf('"', at));
    }

    Map<String, String> serials() {
        Map<String, String> serials = new HashMap<>();
        pods().forEach(pod -> serials.put(pod.name(), serial(pod)));
        return serials;
    }

    /// Whether every pod has another certificate than then.
    boolean allRotatedSince(Map<String, String> before) {
        return pods().stream()
                .allMatch(pod -> {
                    String now = serial(pod);
                    return !now.isEmpty() && !now.equals(before.get(pod.name()));
                });
    }

    /// The process that is the pod's sidecar at this moment.
    ///
    /// @return null between the end of one and the start of the next
    @Nullable ProcessHandle sidecar(String pod) {
        return ProcessHandle.of(runner.pod(pod).initPid()).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> commandLine(child).contains("io.proa.sidecar.SidecarMain"))
                .findFirst()
                .orElse(null);
    }

    /// Ends the sidecar as the kernel would, and waits until its successor is ready.
    ///
    /// @return how long the pod was without, in milliseconds
    long killSidecar(String pod) throws InterruptedException {
        ProcessHandle old = sidecar(pod);
        if (old == null || !old.destroyForcibly()) {
            throw new IllegalStateException("no sidecar of " + pod + " to kill");
        }
        long began = System.nanoTime();
        RunningPod running = running(pod);
        await(
                "the sidecar of " + pod + " to be back",
                Duration.ofSeconds(30),
                () -> {
                    ProcessHandle now = sidecar(pod);
                    return now != null && now.pid() != old.pid() && page(running, "/ready") != null;
                });
        return (System.nanoTime() - began) / 1_000_000;
    }

    /// The control plane's process.
    ProcessHandle control() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> commandLine(process).contains("control\0--operator"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no control plane"));
    }

    /// Starts a control plane with the same command line as one that has been killed.
    static Process startAgain(List<String> commandLine, Path log) throws IOException {
        return new ProcessBuilder(commandLine)
                .redirectOutput(log.toFile())
                .redirectError(log.toFile())
                .start();
    }

    /// The program and arguments of a process, each followed by a zero byte.
    static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "cmdline"),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return "";
        }
    }

    static void await(String what, Duration patience, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "waited " + patience.toSeconds() + " s in vain for " + what);
            }
            Thread.sleep(20);
        }
    }

    /// Ports on which anybody listens in the pod, by any address.
    Set<Integer> listeningPorts(String pod) throws IOException {
        Set<Integer> ports = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc", Long.toString(runner.pod(pod).initPid()), "net", table);
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            for (String line : lines.subList(1, lines.size())) {
                String[] words = line.strip().split(" +", -1);
                if (words[3].equals("0A")) {
                    int colon = words[1].indexOf(':');
                    ports.add(Integer.parseInt(words[1].substring(colon + 1), 16));
                }
            }
        }
        return ports;
    }
}
