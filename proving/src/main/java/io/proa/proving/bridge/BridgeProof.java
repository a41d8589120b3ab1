package io.proa.proving.bridge;

import io.proa.app.fleet.Teardown;
import io.proa.host.FleetNetwork;
import io.proa.proving.capture.CaptureReading;
import io.proa.proving.capture.Markers;
import io.proa.proving.capture.Packet.Ends;
import io.proa.proving.capture.Pcap;
import io.proa.proving.capture.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
            Scene scene = new Scene(fleet, hub, canary, work, evidence);
            Disturbances disturbances = new Disturbances(scene, this::phase, teardown);
            disturbances.rotate();
            disturbances.killSidecars();
            disturbances.killControl();
            phase("strangers");
            Strangers strangers = new Strangers(scene);
            strangers.tryAll();
            phase("openssl");
            Doors doors = new Doors(scene);
            doors.tryAll();
            phase("planted");
            planted.addAll(strangers.plant());
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
