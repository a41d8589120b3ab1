package io.proa.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.identity.IdentityStore;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.wire.SnapshotFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A control plane and the sidecars that are linked to it, over their lives.
final class ControlPlaneTest extends FleetOnDisk {
    private static final String POLICY =
            """
            ---
            apiVersion: proa.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: p}
            spec:
              targetRef: {kind: Service, name: orders}
              retry: {maxAttempts: 5}
            """;

    @Test
    void givesIdentityAndSnapshotAndFollowsTheIntent() throws Exception {
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            assertThat(front.identities.getFirst().id())
                    .hasToString("spiffe://demo.proa/ns/default/sa/front");
            assertThat(front.bundles.getFirst().trustDomain()).isEqualTo("demo.proa");
            assertThat(front.last().services()).isEmpty();
            assertThat(front.last().self().pod()).isEqualTo("front-1");

            front.subscribe(ordersAddress(plane), "192.0.2.1:443");
            front.eventually("orders", () -> !front.last().services().isEmpty());
            MeshService orders = front.last().services().getFirst();
            assertThat(orders.name()).hasToString("orders.default");
            assertThat(orders.endpoints())
                    .extracting("pod")
                    .containsExactly("orders-1", "orders-2");
            assertThat(orders.rules().getFirst().retry().maxAttempts()).isEqualTo(3);
            assertThat(front.last().outside()).containsExactly(IpPort.parse("192.0.2.1:443"));

            Files.writeString(intent, FLEET + POLICY);
            front.eventually("the policy", () -> attempts(front.last()) == 5);
            long good = front.last().revision().number();

            Files.writeString(intent, FLEET + POLICY.replace("maxAttempts", "maxAtempts"));
            Sidecar.awaitThat("the problem", () -> !plane.fleet().problems().isEmpty());
            assertThat(plane.fleet().problems().getFirst().toString())
                    .isEqualTo(
                            intent
                                    + ":15:11: saw unknown field 'maxAtempts' of a retry\n  hint: did you mean 'maxAttempts'?");
            assertThat(front.last().revision().number()).isEqualTo(good);

            Files.writeString(intent, FLEET + POLICY.replace("5", "2"));
            front.eventually("the mended policy", () -> attempts(front.last()) == 2);
            assertThat(front.last().revision().number()).isEqualTo(good + 1);
            Sidecar.awaitThat(
                    "the ack", () -> plane.status().getFirst().accepted().number() == good + 1);

            front.unsubscribe(ordersAddress(plane));
            front.eventually("forgotten", () -> front.last().services().isEmpty());
        }
    }

    @Test
    void tellsTheOperatorWhatASidecarDidNotTake() throws Exception {
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            front.verdict = List.of(new ConfigProblem("here", 1, 2, "no room", ""));
            front.subscribe(ordersAddress(plane));
            Sidecar.awaitThat(
                    "the nack", () -> plane.status().getFirst().refusals().equals(front.verdict));
            assertThat(log).anyMatch(line -> line.contains("no room"));
            front.eventually("state", () -> front.hasProblem("no room"));
        }
    }

    @Test
    void sidecarReconnectsAfterTheControlPlaneRestarts() throws Exception {
        var plane = start();
        try (var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            front.subscribe(ordersAddress(plane));
            front.eventually("orders", () -> !front.last().services().isEmpty());
            long revision = front.last().revision().number();
            plane.close();
            front.eventually("loss noticed", () -> !front.connected);
            int snapshots = front.snapshots.size();
            Files.writeString(intent, FLEET + POLICY);
            try (var _ = start()) {
                front.eventually("new snapshot", () -> front.snapshots.size() > snapshots);
                front.eventually("connected", () -> front.connected);
                assertThat(attempts(front.last())).isEqualTo(5);
                assertThat(front.last().revision().number()).isEqualTo(revision + 1);
                assertThat(front.identities).hasSize(1);
            }
        } finally {
            plane.close();
        }
    }

    @Test
    void sidecarRestartsFromDiskWithoutItsControlPlane() throws Exception {
        MeshSnapshot last;
        WorkloadIdentity identity;
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            front.subscribe(ordersAddress(plane));
            front.eventually("orders", () -> !front.last().services().isEmpty());
            last = front.last();
            Path kept = folder.resolve("front-1/snapshot.json");
            Sidecar.awaitThat("saved", () -> holds(kept, last));
            identity = front.identities.getFirst();
        }
        try (var front = sidecar("front-1", null).ready()) {
            assertThat(front.last()).isEqualTo(last);
            assertThat(front.identities.getFirst().chain()).isEqualTo(identity.chain());
            front.eventually("loud", () -> front.hasProblem("not to be had"));
            assertThat(front.connected).isFalse();
            // and it goes on as before once there is one again, without any token
            try (var _ = start()) {
                front.eventually("connected", () -> front.connected && front.snapshots.size() > 1);
                assertThat(front.last()).isEqualTo(last);
            }
        }
    }

    /// What a link has begun to keep on disk is there when it is closed, and nothing comes later.
    @Test
    void closedLinkLeavesItsFolderAlone() throws Exception {
        try (var plane = start()) {
            String token = plane.issueToken("front-1");
            for (int i = 0; i < 20; i++) {
                try (var front = sidecar("front-1", token).ready()) {
                    front.subscribe("192.0.2." + i + ":443");
                }
                for (String name : List.of("snapshot.json", "identity.pem")) {
                    Files.deleteIfExists(folder.resolve("front-1/" + name));
                }
                assertThat(folder.resolve("front-1")).isEmptyDirectory();
                token = plane.issueToken("front-1");
            }
        }
    }

    private static boolean holds(Path file, MeshSnapshot snapshot) {
        try {
            return Files.exists(file) && SnapshotFile.load(file).equals(snapshot);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sidecarWithNeitherIdentityNorTokenSaysSo() throws Exception {
        try (var _ = start();
                var front = sidecar("front-1", null)) {
            front.eventually("said", () -> front.hasProblem("neither an identity in"));
        }
    }

    @Test
    void identityIsRenewedWhileServing() throws Exception {
        var settings = settings().withCertificateLifetime(Duration.ofSeconds(5));
        try (var plane = ControlPlane.start(settings, clock, log::add);
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            front.eventually("renewal", () -> front.identities.size() >= 2);
            for (int i = 1; i < front.identities.size(); i++) {
                WorkloadIdentity before = front.identities.get(i - 1);
                WorkloadIdentity next = front.identities.get(i);
                assertThat(next.key()).isNotEqualTo(before.key());
                assertThat(next.notBefore()).isBefore(before.notAfter());
            }
            assertThat(front.problems).isEmpty();
            var kept =
                    (IdentityStore.Loaded.Found)
                            new IdentityStore(folder.resolve("front-1")).load();
            assertThat(front.identities)
                    .extracting(WorkloadIdentity::chain)
                    .contains(kept.identity().chain());
        }
    }

    /// From 24 minutes of an hour at the earliest to 30 at the latest.
    @Test
    void identityIsRenewedTowardsHalfOfItsLife() throws Exception {
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            for (int i = 2; i < 6; i++) {
                clock.jump(Duration.ofMinutes(23));
                int snapshots = front.snapshots.size();
                front.subscribe("192.0.2." + i + ":443");
                front.eventually("news", () -> front.snapshots.size() > snapshots);
                assertThat(front.identities).hasSize(i - 1);
                clock.jump(Duration.ofMinutes(8));
                front.lookAtTheClock();
                int renewed = i;
                front.eventually("renewal", () -> front.identities.size() == renewed);
            }
            assertThat(front.problems).isEmpty();
        }
    }

    /// A control plane that was down for longer than certificates live takes its fleet up again at
    /// once and without new tokens.
    @Test
    void expiredIdentityStillProvesWhoAsks() throws Exception {
        var plane = start();
        try (var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            plane.close();
            front.eventually("loss noticed", () -> !front.connected);
            clock.jump(Duration.ofMinutes(31));
            front.lookAtTheClock();
            front.eventually("loud", () -> front.hasProblem("not renewed, it expires in"));
            clock.jump(Duration.ofHours(2));
            front.lookAtTheClock();
            front.eventually("louder", () -> front.hasProblem("not renewed, it expired at"));
            // in vain so often that the next attempt is at least 15 s away
            for (int i = 0; i < 8; i++) {
                int said = front.problems.size();
                clock.jump(Duration.ofMinutes(1));
                front.lookAtTheClock();
                front.eventually("another attempt", () -> front.problems.size() > said);
            }
            long began = System.nanoTime();
            int identities = front.identities.size();
            try (var _ = start()) {
                front.eventually("renewed", () -> front.identities.size() > identities);
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isLessThan(Duration.ofSeconds(12));
                front.eventually("connected", () -> front.connected);
                assertThat(front.identities.getLast().notAfter()).isAfter(clock.instant());
            }
        } finally {
            plane.close();
        }
    }

    /// By more than certificates live, and by less.
    @ParameterizedTest
    @ValueSource(ints = {-180, -20, 20, 180})
    void clockMayBeSet(int minutes) throws Exception {
        var plane = start();
        try (var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            clock.jump(Duration.ofMinutes(minutes));
            front.lookAtTheClock();
            front.eventually("a usable identity", () -> isUsable(front.identities.getLast()));
            plane.close();
            front.eventually("loss noticed", () -> !front.connected);
            clock.jump(Duration.ofMinutes(minutes));
            front.lookAtTheClock();
            plane = start();
            int snapshots = front.snapshots.size();
            front.subscribe("192.0.2.1:443");
            front.eventually("connected", () -> front.snapshots.size() > snapshots);
            front.eventually("a usable identity", () -> isUsable(front.identities.getLast()));
        } finally {
            plane.close();
        }
    }

    private boolean isUsable(WorkloadIdentity identity) {
        return identity.notBefore().isBefore(clock.instant().plusSeconds(60))
                && identity.notAfter().isAfter(clock.instant());
    }

    @Test
    void podThatLeavesTheFleetIsToldSo() throws Exception {
        try (var plane = start();
                var second = sidecar("orders-2", plane.issueToken("orders-2")).ready()) {
            Files.writeString(intent, FLEET.replace("replicas: 2", "replicas: 1"));
            second.eventually("told", () -> second.hasProblem("no longer in the fleet"));
        }
    }

    @Test
    void onlyTheOwnerMayUseTheSocketAndOnlyOneServes() throws Exception {
        try (var _ = start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThatThrownBy(this::start)
                    .isInstanceOfSatisfying(
                            ControlPlane.StartFailure.class,
                            e -> assertThat(e.exitCode()).isEqualTo(69))
                    .hasMessageContaining("another control plane uses");
            var other = ControlSettings.of(List.of(intent), socket, folder.resolve("other"));
            assertThatThrownBy(() -> ControlPlane.start(other, InstantSource.system(), log::add))
                    .isInstanceOfSatisfying(
                            ControlPlane.StartFailure.class,
                            e -> assertThat(e.exitCode()).isEqualTo(69))
                    .hasMessageContaining("is served by another control plane already");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void operatorGetsTokensAndStatusOverPipes() throws Exception {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var commands =
                new ByteArrayInputStream(
                        "token front-1\ntoken nobody\nstatus\nhello\n"
                                .getBytes(StandardCharsets.UTF_8));
        int code =
                ControlPlane.run(
                        settings().withOperator(),
                        commands,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(code).isZero();
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(0)).isEqualTo("ready " + socket);
        assertThat(lines.get(1)).matches("token front-1 [A-Za-z0-9_-]{43}");
        assertThat(lines.get(2)).isEqualTo("error pod 'nobody' is not in the fleet");
        assertThat(lines.get(3)).isEqualTo("status {\"revision\":1,\"problems\":[],\"pods\":[]}");
        assertThat(lines.get(4))
                .isEqualTo(
                        "error saw 'hello', expected token POD, leave POD, return POD, keep SERVICE, reload, fleet, status or stop");
        assertThat(lines.get(5)).isEqualTo("stopping");
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain(lines.get(1).substring(14));
    }

    @Test
    void badStartsEndWithSysexitsAndLeaveNothingOpen() throws Exception {
        Path missing = folder.resolve("none.yaml");
        assertThat(exit(ControlSettings.of(List.of(missing), socket, folder.resolve("s1"))))
                .isEqualTo("66 " + missing + ": no such file or folder");
        Path bad =
                Files.writeString(folder.resolve("bad.yaml"), FLEET.replace("command", "comand"));
        assertThat(exit(ControlSettings.of(List.of(bad), socket, folder.resolve("s2"))))
                .isEqualTo("65 " + bad + ":7:20: saw unknown field 'comand' of a service");
        assertThat(exit(ControlSettings.of(List.of(), socket, folder.resolve("s3"))))
                .isEqualTo(
                        "64 proa control: --intent: saw none, expected at least one file or folder");
        assertThat(exit(settings().withCertificateLifetime(Duration.ofSeconds(1))))
                .isEqualTo("64 proa control: --certificate-lifetime: saw 1 s, expected 5 s to 7 d");
        assertThat(exit(settings().withTrustDomain("other.proa")))
                .startsWith(
                        "65 "
                                + intent
                                + ":5:16: saw trustDomain 'demo.proa', expected 'other.proa'");
        Files.writeString(folder.resolve("file"), "");
        assertThat(exit(ControlSettings.of(List.of(intent), socket, folder.resolve("file/state"))))
                .startsWith("78 proa control: cannot use the state folder");
        assertThat(
                        exit(
                                ControlSettings.of(
                                        List.of(intent),
                                        folder.resolve("x".repeat(120)),
                                        folder.resolve("s4"))))
                .startsWith("69 ");
        assertThat(socket).doesNotExist();
    }

    private static String exit(ControlSettings settings) {
        var err = new ByteArrayOutputStream();
        int code =
                ControlPlane.run(
                        settings,
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        return code
                + " "
                + err.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("{"))
                        .findFirst()
                        .orElse("");
    }

    private static int attempts(MeshSnapshot snapshot) {
        return snapshot.services().getFirst().rules().getLast().retry().maxAttempts();
    }
}
