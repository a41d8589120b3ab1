package io.proa.proving.bridge;

import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import io.proa.host.FleetNetwork;
import io.proa.host.SocketMark;
import io.proa.model.MeshPorts;
import io.proa.proving.bridge.Knocks.Knock;
import io.proa.proving.bridge.Packet.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// Proves what is on the wire between pods, by a capture that begins before the first of them:
/// `BridgeProof [CAPTURE]` (`.ci/bridge`). A minute of start, steady state, rotation, killed
/// sidecars, a killed control plane and strangers; then every byte is judged. Exit code 1 when a
/// claim does not hold; the capture is kept then.
public final class BridgeProof {
    private static final Duration STEADY = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path work;
    private final Path file;
    private final String canary;
    private final Teardown teardown = new Teardown();
    private final Evidence evidence = new Evidence();
    private final List<Phase> phases = new ArrayList<>();
    private final Set<Ends> planted = new HashSet<>();
    private final AtomicReference<FleetNetwork> network = new AtomicReference<>();

    private BridgeProof(Path work, Path file) {
        this.work = work;
        this.file = file;
        this.canary = "canary" + Long.toString(System.nanoTime() & 0xffffffffL, 36) + "bird";
    }

    public static void main(String[] args) throws Exception {
        Path file =
                Path.of(args.length > 0 ? args[0] : "proving/target/bridge.pcap").toAbsolutePath();
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        // Short, for the paths of sockets; in /tmp, for the applications to find their scripts.
        Path work = Files.createTempDirectory(Path.of("/tmp"), "proa-bridge");
        BridgeProof proof = new BridgeProof(work, file);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> proof.end()));
        long began = System.nanoTime();
        boolean holds = proof.run();
        proof.end();
        System.out.printf(
                "%n%s after %.0f s%n",
                holds
                        ? "The bridge carries TLS only: proved"
                        : "NOT proved; the capture is kept in " + file,
                (System.nanoTime() - began) / 1e9);
        if (holds) {
            Files.deleteIfExists(file);
        }
        System.exit(holds ? 0 : 1);
    }

    private void end() {
        teardown.close();
        try (Stream<Path> all = Files.exists(work) ? Files.walk(work) : Stream.of()) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + e.getMessage());
        }
    }

    private void phase(String name) {
        phases.add(new Phase(name, System.currentTimeMillis()));
        System.err.println("bridge: " + name);
    }

    private boolean run() throws IOException, InterruptedException {
        phase("start");
        AtomicReference<Recorder> recorder = new AtomicReference<>();
        BridgeFleet fleet =
                BridgeFleet.start(
                        work,
                        canary,
                        teardown,
                        made -> {
                            network.set(made);
                            recorder.set(record(made));
                        });
        Commands.Place hub = Commands.hub(network.get());
        EagerDiary diary = new EagerDiary(fleet.runner().runDirectory().resolve("app-eager-1.log"));
        BridgeFleet.await(
                "the eager application's first answers",
                PATIENCE,
                () -> diary.hasSucceeded("orders", "inventory", "ledger"));
        Load load = Load.start(fleet.frontUrl(), canary);
        try {
            phase("steady");
            Thread.sleep(STEADY);
            rotate(fleet);
            killSidecars(fleet, hub);
            killControl(fleet);
            phase("strangers");
            strangers(fleet, hub);
            phase("openssl");
            Doors doors = new Doors(fleet, hub, work, evidence);
            FutureTask<Door> application =
                    new FutureTask<>(() -> doors.fromApplication("orders-1", "front-1"));
            Thread.ofVirtual().start(application);
            doors.tryAll();
            Door seen = join(application);
            evidence.claim(
                    seen.protocol().equals("none") && !seen.served(),
                    "an application that dials a mesh port itself gets no session",
                    "orders-1 -> front-1: " + seen.protocol());
            phase("planted");
            plant(fleet);
            phase("end");
            load.stop();
            judge(fleet, load, diary, recorder.get().stop());
        } finally {
            load.stop();
        }
        System.out.println(evidence);
        return evidence.allHold();
    }

    private Recorder record(FleetNetwork made) {
        try {
            return Recorder.start(made, file);
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void rotate(BridgeFleet fleet) throws InterruptedException {
        phase("rotation");
        Map<String, String> before = fleet.serials();
        long began = System.nanoTime();
        BridgeFleet.await(
                "new certificates everywhere",
                BridgeFleet.CERTIFICATE_LIFETIME,
                () -> fleet.allRotatedSince(before));
        Thread.sleep(Duration.ofSeconds(1)); // on the new ones
        Map<String, String> after = fleet.serials();
        Table table = new Table("pod", "serial before", "serial after");
        fleet.pods()
                .forEach(pod ->
                        table.row(
                                pod.name(),
                                shortened(before.get(pod.name())),
                                shortened(after.get(pod.name()))));
        evidence.table(
                "Certificates of "
                        + BridgeFleet.CERTIFICATE_LIFETIME.toSeconds()
                        + " s renewed while serving",
                table);
        evidence.claim(
                true,
                "every certificate was renewed",
                "%d pods in %.1f s".formatted(before.size(), (System.nanoTime() - began) / 1e9));
    }

    private static String shortened(Object serial) {
        String text = String.valueOf(serial);
        return text.substring(0, Math.min(12, text.length())) + "..";
    }

    private void killSidecars(BridgeFleet fleet, Commands.Place hub)
            throws IOException, InterruptedException {
        Table table = new Table("pod", "SIGKILL", "ms without", "strangers meanwhile");
        for (String pod : List.of("eager-1", "orders-1", "inventory-1")) {
            phase("killed: " + pod);
            RunningPod running = fleet.running(pod);
            String targets = Knocks.targets(running, Set.of(running.appPort(), MeshPorts.MESH));
            String noisy =
                    String.join(
                            "\n",
                            targets.lines()
                                    .filter(line -> !line.matches(".*(silent|hello)"))
                                    .toList());
            FutureTask<List<Knock>> meanwhile =
                    new FutureTask<>(() -> Knocks.knock(hub, canary, noisy, 4, 0));
            Thread.ofVirtual().start(meanwhile);
            Thread.sleep(500);
            List<String> without = new ArrayList<>();
            // Twice the caller: the second successor starts after a pause, so the gap is longer.
            for (int i = 0; i < (pod.equals("eager-1") ? 2 : 1); i++) {
                without.add(Long.toString(fleet.killSidecar(pod)));
            }
            List<Knock> knocks = join(meanwhile);
            table.row(pod, without.size(), String.join(" ", without), Knocks.outcomes(knocks));
            Knocks.notRefused(knocks)
                    .forEach(line -> evidence.finding("killed: " + pod + ": " + line));
            evidence.claim(
                    Knocks.notRefused(knocks).isEmpty(),
                    "no stranger is served by " + pod + " around its sidecar's death",
                    knocks.size() + " tries");
            Thread.sleep(500);
        }
        evidence.table("Sidecars killed", table);
    }

    private static <T> T join(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    /// The control plane dies; meanwhile a sidecar has to come back without it; then it is started
    /// again and has to be found by all.
    private void killControl(BridgeFleet fleet) throws IOException, InterruptedException {
        phase("control killed");
        ProcessHandle control = fleet.control();
        List<String> commandLine = List.of(BridgeFleet.commandLine(control).split("\0"));
        control.destroyForcibly();
        BridgeFleet.await("the control plane's end", PATIENCE, () -> !control.isAlive());
        String serial = BridgeFleet.serial(fleet.running("ledger-1"));
        long without = fleet.killSidecar("ledger-1");
        boolean fromDisk = serial.equals(BridgeFleet.serial(fleet.running("ledger-1")));
        evidence.claim(
                fromDisk,
                "a sidecar killed while there is no control plane serves again, from disk",
                without + " ms, same certificate: " + fromDisk);
        Thread.sleep(500);
        Process again = BridgeFleet.startAgain(commandLine, work.resolve("control-again.log"));
        teardown.add("second control plane", () -> again.destroyForcibly().waitFor());
        phase("control back");
        Map<String, String> before = fleet.serials();
        BridgeFleet.await(
                "the control plane to be found again and new certificates",
                BridgeFleet.CERTIFICATE_LIFETIME.multipliedBy(2),
                () -> fleet.allRotatedSince(before));
        evidence.claim(
                true,
                "every sidecar found the restarted control plane and was given a new certificate",
                before.size() + " pods");
    }

    private void strangers(BridgeFleet fleet, Commands.Place hub)
            throws IOException, InterruptedException {
        Table table =
                new Table(
                        "pod",
                        "ports",
                        "tries",
                        "refused",
                        "told 403",
                        "reset or closed",
                        "TLS cut off",
                        "counted plaintext_refused",
                        "counted tls_failed");
        Map<String, FutureTask<List<Knock>>> tries = new HashMap<>();
        Map<String, Map<String, Long>> before = new HashMap<>();
        Map<String, Integer> ports = new HashMap<>();
        for (RunningPod pod : fleet.pods()) {
            Set<Integer> doors = Knocks.doors(fleet, pod);
            ports.put(pod.name(), doors.size());
            before.put(pod.name(), Knocks.refusals(pod));
            FutureTask<List<Knock>> one =
                    new FutureTask<>(
                            () -> Knocks.knock(hub, canary, Knocks.targets(pod, doors), 0, 0));
            tries.put(pod.name(), one);
            Thread.ofVirtual().start(one);
        }
        int tried = 0;
        int refused = 0;
        int miscounted = 0;
        for (RunningPod pod : fleet.pods()) {
            List<Knock> knocks = join(tries.get(pod.name()));
            Map<String, Long> after = Knocks.refusals(pod);
            long plaintext = Knocks.since(before.get(pod.name()), after, "plaintext_refused");
            long tls = Knocks.since(before.get(pod.name()), after, "tls_failed");
            long atMesh =
                    knocks.stream()
                            .filter(knock -> knock.port() == MeshPorts.MESH && knock.connected())
                            .count();
            long elsewhere =
                    knocks.stream()
                            .filter(knock -> knock.port() != MeshPorts.MESH && knock.connected())
                            .count();
            miscounted += plaintext == elsewhere && tls == atMesh ? 0 : 1;
            tried += knocks.size();
            int here = (int) knocks.stream().filter(Knock::refused).count();
            refused += here;
            Map<String, Integer> how = Knocks.outcomes(knocks);
            Knocks.notRefused(knocks)
                    .forEach(line -> evidence.finding("strangers: " + pod.name() + ": " + line));
            table.row(
                    pod.name(),
                    ports.get(pod.name()),
                    knocks.size(),
                    here,
                    how.getOrDefault("told:403:plaintext_refused", 0),
                    how.getOrDefault("reset", 0)
                            + how.getOrDefault("closed", 0)
                            + how.getOrDefault("refused", 0),
                    how.getOrDefault("tls-alert", 0) + how.getOrDefault("tls-cut", 0),
                    plaintext + "/" + elsewhere,
                    tls + "/" + atMesh);
        }
        evidence.table("Strangers without a certificate at every port, IPv4 and IPv6", table);
        evidence.claim(
                refused == tried,
                "every stranger is refused on every port",
                refused + " of " + tried);
        evidence.claim(
                miscounted == 0,
                "each refusal is counted, once, by its reason",
                miscounted + " pods count otherwise");
    }

    /// Plaintext between pods, on purpose: by a process with the power to go around the sidecar.
    /// The capture has to find it, or its silence about everything else would mean nothing.
    private void plant(BridgeFleet fleet) throws IOException, InterruptedException {
        RunningPod from = fleet.running("front-1");
        RunningPod to = fleet.running("orders-1");
        StringBuilder targets = new StringBuilder();
        for (InetAddress address : to.addresses()) {
            targets.append(BridgeFleet.literal(address)).append(" 8080 http\n");
        }
        List<Knock> knocks =
                Knocks.knock(
                        fleet.runner().pod("front-1")::exec,
                        canary,
                        targets.toString(),
                        0,
                        SocketMark.PROA);
        for (int i = 0; i < knocks.size(); i++) {
            planted.add(
                    new Ends(
                            from.addresses().get(i),
                            knocks.get(i).ownPort(),
                            to.addresses().get(i),
                            8080));
        }
        evidence.claim(
                knocks.stream().allMatch(knock -> knock.how().equals("told:403:plaintext_refused")),
                "plaintext that goes around a sidecar is refused by the next",
                Knocks.outcomes(knocks).toString());
        Commands.Ended powerless =
                Commands.run(
                        Doors.application(fleet, "front-1", work),
                        List.of(
                                "python3",
                                "-c",
                                "import socket; socket.socket().setsockopt(1, 36, %d)"
                                        .formatted(SocketMark.PROA)),
                        "",
                        PATIENCE);
        evidence.claim(
                powerless.output().contains("PermissionError"),
                "an application may not set the mark that goes around its sidecar",
                powerless.output().lines().reduce("", (_, last) -> last));
    }

    private void judge(BridgeFleet fleet, Load load, EagerDiary diary, Recorder.Count count)
            throws IOException {
        Set<InetAddress> hubAddresses =
                Set.of(InetAddress.ofLiteral("10.87.0.1"), InetAddress.ofLiteral("fd50:a0a::1"));
        CaptureReading reading =
                new CaptureReading(
                        new CaptureReading.Places(fleet.addresses(), hubAddresses),
                        new Markers(canary),
                        phases,
                        planted);
        Pcap.read(file, reading::frame);
        reading.finish();
        Verdict.give(evidence, reading, count, phases, load, diary, planted.size());
    }
}
