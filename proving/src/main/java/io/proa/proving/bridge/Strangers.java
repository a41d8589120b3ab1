package io.proa.proving.bridge;

import io.proa.app.fleet.RunningPod;
import io.proa.host.SocketMark;
import io.proa.model.MeshPorts;
import io.proa.proving.bridge.Knocks.Knock;
import io.proa.proving.capture.Packet.Ends;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;

/// Those who come without a certificate: from the bridge at every door, and from a pod around its
/// own sidecar.
final class Strangers {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scene scene;
    private final BridgeFleet fleet;
    private final Evidence evidence;

    Strangers(Scene scene) {
        this.scene = scene;
        this.fleet = scene.fleet();
        this.evidence = scene.evidence();
    }

    /// What came of all tries at one pod.
    ///
    /// @param plaintext what its sidecar has counted as refused because it was plaintext
    /// @param tls likewise because the handshake failed
    private record Seen(RunningPod pod, int doors, List<Knock> knocks, long plaintext, long tls) {
        long connected(boolean atMeshPort) {
            return knocks.stream()
                    .filter(knock -> knock.connected())
                    .filter(knock -> (knock.port() == MeshPorts.MESH) == atMeshPort)
                    .count();
        }

        long refused() {
            return knocks.stream().filter(Knock::refused).count();
        }

        boolean isCounted() {
            return plaintext == connected(false) && tls == connected(true);
        }

        long ended(String... ways) {
            return knocks.stream().filter(knock -> List.of(ways).contains(knock.how())).count();
        }
    }

    void tryAll() throws IOException, InterruptedException {
        List<FutureTask<Seen>> tries = new ArrayList<>();
        for (RunningPod pod : fleet.pods()) {
            tries.add(Scene.begin(() -> tryOne(pod)));
        }
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
        long tried = 0;
        long refused = 0;
        List<String> miscounted = new ArrayList<>();
        for (FutureTask<Seen> one : tries) {
            Seen seen = Scene.join(one);
            String name = seen.pod().name();
            table.row(
                    name,
                    seen.doors(),
                    seen.knocks().size(),
                    seen.refused(),
                    seen.ended("told:403:plaintext_refused"),
                    seen.ended("reset", "closed", "refused"),
                    seen.ended("tls-alert", "tls-cut"),
                    seen.plaintext() + " of " + seen.connected(false),
                    seen.tls() + " of " + seen.connected(true));
            tried += seen.knocks().size();
            refused += seen.refused();
            if (!seen.isCounted()) {
                miscounted.add(name);
            }
            Knocks.notRefused(seen.knocks())
                    .forEach(line -> evidence.finding("strangers: " + name + ": " + line));
        }
        evidence.table("Strangers without a certificate at every port, IPv4 and IPv6", table);
        evidence.claim(
                refused == tried,
                "every stranger is refused on every port",
                refused + " of " + tried);
        evidence.claim(
                miscounted.isEmpty(),
                "each refusal is counted, once, by its reason",
                miscounted.isEmpty() ? tries.size() + " pods" : "not at " + miscounted);
    }

    private Seen tryOne(RunningPod pod) throws IOException, InterruptedException {
        Set<Integer> doors = Knocks.doors(fleet, pod);
        Map<String, Long> before = Knocks.refusals(pod);
        List<Knock> knocks =
                Knocks.knock(scene.hub(), scene.canary(), Knocks.targets(pod, doors), 0, 0);
        Map<String, Long> after = Knocks.refusals(pod);
        return new Seen(
                pod,
                doors.size(),
                knocks,
                Knocks.since(before, after, "plaintext_refused"),
                Knocks.since(before, after, "tls_failed"));
    }

    /// Plaintext between pods, on purpose: by a process with the power to go around the sidecar.
    /// The capture has to find it, or its silence about everything else would mean nothing.
    Set<Ends> plant() throws IOException, InterruptedException {
        RunningPod from = fleet.running("front-1");
        RunningPod to = fleet.running("orders-1");
        StringBuilder targets = new StringBuilder();
        for (InetAddress address : to.addresses()) {
            targets.append(BridgeFleet.literal(address)).append(" 8080 http\n");
        }
        List<Knock> knocks =
                Knocks.knock(
                        fleet.runner().pod("front-1")::exec,
                        scene.canary(),
                        targets.toString(),
                        0,
                        SocketMark.PROA);
        Set<Ends> planted = new HashSet<>();
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
                        Doors.application(scene, "front-1"),
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
        return planted;
    }
}
