package io.proa.proving.bridge;

import io.proa.app.fleet.RunningPod;
import io.proa.host.Pod;
import io.proa.identity.IdentityStore;
import io.proa.identity.Pem;
import io.proa.identity.WorkloadIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;

/// The mesh port of every pod, as `openssl s_client` sees it: without a certificate, with TLS 1.2,
/// with a forged certificate, and, so that a refusal means something, with a real one.
final class Doors {
    private final Scene scene;
    private final BridgeFleet fleet;
    private final Commands.Place hub;
    private final Path work;
    private final Evidence evidence;

    Doors(Scene scene) {
        this.scene = scene;
        this.fleet = scene.fleet();
        this.hub = scene.hub();
        this.work = scene.work();
        this.evidence = scene.evidence();
    }

    /// What the four saw at one pod.
    private record Seen(
            RunningPod pod,
            Door bare,
            Door bareIpv6,
            Door old,
            Door forged,
            Door real,
            long counted,
            Set<String> serials) {}

    void tryAll() throws IOException, InterruptedException {
        Path roots = roots();
        Path real = secret("front.pem", credentials());
        Path forged = forge();
        List<FutureTask<Seen>> tries = new ArrayList<>();
        for (RunningPod pod : fleet.pods()) {
            tries.add(Scene.begin(() -> tryOne(pod, roots, real, forged)));
        }
        FutureTask<Door> application = Scene.begin(() -> fromApplication("orders-1", "front-1"));
        Table table =
                new Table(
                        "pod", "TLS", "asks", "chain", "names", "without", "TLS 1.2", "forged",
                        "real", "counted");
        List<Seen> all = new ArrayList<>();
        for (FutureTask<Seen> one : tries) {
            all.add(Scene.join(one));
        }
        for (Seen seen : all) {
            table.row(
                    seen.pod().name(),
                    seen.bare().protocol() + (seen.bare().equals(seen.bareIpv6()) ? "" : "*"),
                    seen.bare().demandsCertificate() ? "yes" : "no",
                    seen.bare().verified() ? "verified" : "NOT verified",
                    String.join(",", seen.bare().spiffe()),
                    end(seen.bare()),
                    end(seen.old()),
                    end(seen.forged()),
                    end(seen.real()),
                    seen.counted());
        }
        evidence.table("openssl s_client at the mesh port, from the bridge", table);
        claims(all);
        Door seen = Scene.join(application);
        evidence.claim(
                seen.protocol().equals("none") && !seen.served(),
                "an application that dials a mesh port itself gets no session",
                "orders-1 -> front-1: " + seen.protocol());
    }

    private static String end(Door door) {
        return door.served()
                ? "HTTP " + door.answer()
                : door.alert().isEmpty() ? "closed" : door.alert();
    }

    private void claims(List<Seen> all) {
        int pods = all.size();
        claim(
                "TLS 1.3 by IPv4 and IPv6",
                all,
                seen ->
                        seen.bare().protocol().equals("TLSv1.3")
                                && seen.bareIpv6().protocol().equals("TLSv1.3"));
        claim(
                "the server's certificate names its SPIFFE id, chain verified",
                all,
                seen ->
                        seen.bare().verified()
                                && seen.bare()
                                        .spiffe()
                                        .equals(
                                                List.of(
                                                        "spiffe://bridge.proa/ns/default/sa/"
                                                                + seen.pod().service())));
        claim(
                "the certificate on the wire is the one that /certs names",
                all,
                seen -> seen.serials().contains(seen.bare().serial()));
        claim(
                "a client certificate is demanded; without one nothing is served",
                all,
                seen ->
                        seen.bare().demandsCertificate()
                                && !seen.bare().served()
                                && !seen.bareIpv6().served());
        claim(
                "TLS 1.2 is refused",
                all,
                seen -> seen.old().protocol().equals("none") && !seen.old().served());
        claim(
                "a self-signed certificate with a SPIFFE id of ours is refused",
                all,
                seen -> !seen.forged().served());
        claim(
                "each of the four refusals is counted (tls_failed)",
                all,
                seen -> seen.counted() == 4);
        long http =
                all.stream().filter(seen -> !seen.pod().service().matches("ledger|eager")).count();
        long served = all.stream().filter(seen -> seen.real().answer().equals("200")).count();
        evidence.claim(
                served == http,
                "control: the same client with a certificate of the fleet's CA is served",
                served + " of " + http + " HTTP pods, of " + pods);
    }

    @FunctionalInterface
    private interface Test {
        boolean holds(Seen seen);
    }

    private void claim(String what, List<Seen> all, Test test) {
        List<String> against =
                all.stream()
                        .filter(seen -> !test.holds(seen))
                        .map(seen -> seen.pod().name())
                        .toList();
        evidence.claim(
                against.isEmpty(),
                what,
                against.isEmpty() ? all.size() + " pods" : "not at " + String.join(", ", against));
    }

    private Seen tryOne(RunningPod pod, Path roots, Path real, Path forged)
            throws IOException, InterruptedException {
        String name = pod.appPort() + "." + pod.service() + ".default.proa";
        String ipv4 = BridgeFleet.literal(pod.addresses().getFirst());
        String ipv6 = BridgeFleet.literal(pod.addresses().getLast());
        Map<String, Long> before = Knocks.refusals(pod);
        String serial = BridgeFleet.serial(pod);
        Door bare = Door.knock(hub, ipv4, name, roots, List.of());
        Door bareIpv6 = Door.knock(hub, ipv6, name, roots, List.of());
        Door old = Door.knock(hub, ipv4, name, roots, List.of("-tls1_2"));
        Door fake =
                Door.knock(
                        hub,
                        ipv4,
                        name,
                        roots,
                        List.of("-cert", forged.toString(), "-key", forged.toString()));
        long counted = Knocks.since(before, Knocks.refusals(pod), "tls_failed");
        Door ours =
                Door.knock(
                        hub,
                        ipv6,
                        name,
                        roots,
                        List.of(
                                "-cert",
                                real.toString(),
                                "-cert_chain",
                                real.toString(),
                                "-key",
                                real.toString()));
        Set<String> serials = new HashSet<>(List.of(serial, BridgeFleet.serial(pod)));
        return new Seen(pod, bare, bareIpv6, old, fake, ours, counted, serials);
    }

    /// An application that dials another pod's mesh port itself meets its own sidecar, which has no
    /// such destination.
    private Door fromApplication(String from, String to) throws IOException, InterruptedException {
        return Door.knock(
                application(scene, from),
                BridgeFleet.literal(fleet.running(to).addresses().getFirst()),
                "8080.front.default.proa",
                roots(),
                List.of());
    }

    /// Where the pod's own application runs, without any power.
    static Commands.Place application(Scene scene, String name) {
        Pod pod = scene.fleet().runner().pod(name);
        return command ->
                pod.startApp(
                        new Pod.Start(
                                command,
                                Map.of(),
                                scene.work(),
                                ProcessBuilder.Redirect.PIPE,
                                ProcessBuilder.Redirect.PIPE,
                                ProcessBuilder.Redirect.PIPE));
    }

    /// The identity that a sidecar keeps on disk, where only the fleet's owner can read it.
    private IdentityStore.Loaded.Found identity() throws IOException {
        Path state = fleet.runner().runDirectory().resolve("pods/front-1/state");
        if (new IdentityStore(state).load() instanceof IdentityStore.Loaded.Found found) {
            return found;
        }
        throw new IOException("no identity in " + state);
    }

    private String credentials() throws IOException {
        WorkloadIdentity own = identity().identity();
        return Pem.ofCertificates(own.chain()) + Pem.ofKey(own.key());
    }

    private Path roots() throws IOException {
        Path file = Files.createTempFile(work, "roots", ".pem");
        return Files.writeString(file, Pem.ofCertificates(identity().bundle().roots()));
    }

    private Path secret(String name, String text) throws IOException {
        Path file =
                Files.createFile(
                        work.resolve(name),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private Path forge() throws IOException, InterruptedException {
        Path file = secret("forged.pem", "");
        Commands.Ended made =
                Commands.run(
                        command -> new ProcessBuilder(command).start(),
                        List.of(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-days",
                                "1",
                                "-subj",
                                "/",
                                "-keyout",
                                file.toString(),
                                "-out",
                                file + ".crt",
                                "-addext",
                                "subjectAltName=URI:spiffe://bridge.proa/ns/default/sa/front",
                                "-addext",
                                "extendedKeyUsage=clientAuth"),
                        "",
                        Duration.ofSeconds(20));
        if (made.code() != 0) {
            throw new IOException("openssl req: " + made.output());
        }
        return Files.writeString(
                file, Files.readString(file) + Files.readString(Path.of(file + ".crt")));
    }
}
