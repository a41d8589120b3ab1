package io.proa.proving.bridge;

import io.proa.app.fleet.RunningPod;
import io.proa.app.fleet.Teardown;
import io.proa.model.MeshPorts;
import io.proa.proving.bridge.Knocks.Knock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/// What happens to the fleet while it is watched: certificates that end soon, sidecars and a
/// control plane that are killed.
final class Disturbances {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scene scene;
    private final BridgeFleet fleet;
    private final Evidence evidence;
    private final Consumer<String> phases;
    private final Teardown teardown;

    /// @param phases is told what begins now
    Disturbances(Scene scene, Consumer<String> phases, Teardown teardown) {
        this.scene = scene;
        this.fleet = scene.fleet();
        this.evidence = scene.evidence();
        this.phases = phases;
        this.teardown = teardown;
    }

    void rotate() throws InterruptedException {
        phases.accept("rotation");
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
                        table.row(pod.name(), shortened(before, pod), shortened(after, pod)));
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

    private static String shortened(Map<String, String> serials, RunningPod pod) {
        String text = serials.getOrDefault(pod.name(), "");
        return text.substring(0, Math.min(12, text.length())) + "..";
    }

    void killSidecars() throws IOException, InterruptedException {
        Table table = new Table("pod", "SIGKILL", "ms without", "strangers meanwhile");
        for (String pod : List.of("eager-1", "orders-1", "inventory-1")) {
            phases.accept("killed: " + pod);
            RunningPod running = fleet.running(pod);
            String targets = Knocks.targets(running, Set.of(running.appPort(), MeshPorts.MESH));
            String noisy =
                    String.join(
                            "\n",
                            targets.lines()
                                    .filter(line -> !line.matches(".*(silent|hello)"))
                                    .toList());
            FutureTask<List<Knock>> meanwhile =
                    Scene.begin(() -> Knocks.knock(scene.hub(), scene.canary(), noisy, 4, 0));
            Thread.sleep(500);
            List<String> without = new ArrayList<>();
            // Twice the caller: the second successor starts after a pause, so the gap is longer.
            for (int i = 0; i < (pod.equals("eager-1") ? 2 : 1); i++) {
                without.add(Long.toString(fleet.killSidecar(pod)));
            }
            List<Knock> knocks = Scene.join(meanwhile);
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

    /// The control plane dies; meanwhile a sidecar has to come back without it; then it is started
    /// again and has to be found by all.
    void killControl() throws IOException, InterruptedException {
        phases.accept("control killed");
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
        Process again =
                BridgeFleet.startAgain(commandLine, scene.work().resolve("control-again.log"));
        teardown.add("second control plane", () -> again.destroyForcibly().waitFor());
        phases.accept("control back");
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
}
