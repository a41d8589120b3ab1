package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.host.egress.ResolvConf;
import io.proa.model.IpPort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is allowed, and what is left of it all.
@Timeout(60)
final class EgressTest {
    private static final FleetNetwork.Settings SETTINGS =
            FleetNetwork.Settings.of(Path.of("/nowhere")).withHostServices(Set.of(5432));

    @TempDir Path directory;

    @Test
    void theRelayGoesToTheOutsideAlone() {
        Egress relay = egress(EgressKind.RELAY);
        for (String outside :
                new String[] {
                    "192.0.2.1:443", "[2001:db8::1]:80", "169.254.1.1:80", "10.1.2.3:1"
                }) {
            assertThat(relay.ways(IpPort.parse(outside)))
                    .containsExactly(IpPort.parse(outside).toSocketAddress());
        }
        for (String closed :
                new String[] {
                    "127.0.0.1:5432",
                    "127.255.255.254:80",
                    "[::1]:5432",
                    "[::ffff:127.0.0.1]:5432",
                    "0.0.0.0:5432",
                    "[::]:5432",
                    "[::ffff:0.0.0.0]:5432",
                    "10.87.0.1:80",
                    "10.87.3.4:80",
                    "[fd50:a0a::1]:80",
                    "10.88.0.1:80",
                    "[fd50:a0a:0:1::9]:80",
                    "10.89.0.1:5433",
                    "[fd50:a0a:0:2::1]:22"
                }) {
            assertThat(relay.ways(IpPort.parse(closed))).as(closed).isEmpty();
        }
    }

    @Test
    void aHostServiceIsOnThisMachinesLoopbackWhateverElseIsReached() {
        for (EgressKind kind : EgressKind.values()) {
            for (String named : new String[] {"10.89.0.1:5432", "[fd50:a0a:0:2::1]:5432"}) {
                assertThat(egress(kind).ways(IpPort.parse(named)))
                        .containsExactly(
                                IpPort.parse("127.0.0.1:5432").toSocketAddress(),
                                IpPort.parse("[::1]:5432").toSocketAddress());
            }
        }
        assertThat(egress(EgressKind.NONE).ways(IpPort.parse("192.0.2.1:443"))).isEmpty();
    }

    @Test
    void onlyWhoHasAWayOutHasAResolver() {
        assertThat(SETTINGS.resolver()).isNull();
        assertThat(SETTINGS.withEgress(EgressKind.RELAY).resolver())
                .isEqualTo(IpPort.literal("10.87.0.1"));
        assertThat(egress(EgressKind.NONE).ways(IpPort.parse("10.87.0.1:53"))).isEmpty();
        assertThat(egress(EgressKind.RELAY).ways(IpPort.parse("10.87.0.1:53"))).isNotEmpty();
    }

    @Test
    void aKilledLauncherLeavesNothingAndBreaksItsConnections() throws Exception {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        assumeTrue(OutsideServer.address(false).isPresent(), "this machine has no network");
        EgressStage.open(directory);
        for (boolean ordinaryUser : new boolean[] {false, true}) {
            killOne(Files.createDirectory(directory.resolve("by " + ordinaryUser)), ordinaryUser);
        }
    }

    private static void killOne(Path folder, boolean ordinaryUser) throws Exception {
        EgressStage.open(folder);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        var outside = OutsideServer.address(false).orElseThrow();
        EgressStage stage =
                EgressStage.start(folder, ordinaryUser, "RELAY", "/etc/resolv.conf", "53");
        try (stage;
                OutsideServer server =
                        new OutsideServer(
                                outside,
                                c -> {
                                    InputStream in = c.getInputStream();
                                    seen.add("read " + in.read());
                                    seen.add(end(in));
                                })) {
            Process client =
                    stage.start(
                            "bash",
                            "-c",
                            "exec 3<>/dev/tcp/$0/$1; echo x >&3; sleep 60",
                            Cidr.literal(outside),
                            Integer.toString(server.port()));
            assertThat(client.isAlive()).isTrue();
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("read 120");
            stage.kill();
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("end");
            for (long pid : new long[] {stage.launcherPid(), stage.hubPid(), stage.podPid()}) {
                for (int i = 0; i < 500 && Files.exists(Path.of("/proc/" + pid + "/fd/0")); i++) {
                    Thread.sleep(10);
                }
                assertThat(Path.of("/proc/" + pid + "/fd/0")).doesNotExist();
            }
            assertThat(client.waitFor(10, TimeUnit.SECONDS)).as("killed with its pod").isTrue();
        }
    }

    /// In a network namespace that stands for the machine's: its settings, links and rules stay as
    /// they were, also for root.
    @Test
    void theMachinesNetworkIsLeftAsItIs() throws Exception {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")), "iproute2 is not installed");
        List<String> launcher =
                new ArrayList<>(EgressProbe.command(System.getProperty("java.class.path")));
        launcher.addAll(List.of("RELAY", directory.resolve("fleet").toString()));
        launcher.addAll(List.of("/etc/resolv.conf", "53"));
        List<String> command = new ArrayList<>(List.of("unshare", "--net", "sh", "-c"));
        command.add(
                """
                ip link set lo up
                ip link add up0 type veth peer name other
                ip addr add 198.51.100.1/24 dev up0
                ip link set other up
                ip link set up0 up
                ip route add default via 198.51.100.2
                machine() { echo "$(ls /proc/sys/net/ipv4/conf) $(cat /proc/sys/net/ipv*/conf/*/forwarding) $(nft list ruleset 2>&1)"; }
                before=$(machine)
                "$@" | {
                    read -r pid rest
                    [ "$(machine)" = "$before" ] && echo equal while it runs
                    kill -9 "$pid"
                }
                [ "$(machine)" = "$before" ] && echo equal after it
                """);
        command.add("sh");
        command.addAll(launcher);
        Process machine = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(machine.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).contains("equal while it runs", "equal after it");
    }

    /// What a program finds out about its path is this machine's: a longer datagram that must stay
    /// whole is refused with the path's MTU, others become fragments.
    @Test
    void thePathsMtuReachesThePod() throws Exception {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")), "iproute2 is not installed");
        List<String> command = new ArrayList<>(List.of("unshare", "--net", "sh", "-c"));
        command.add(
                """
                ip link set lo up
                ip link add up0 mtu 1340 type veth peer name other
                ip addr add 198.51.100.1/24 dev up0
                ip addr add 2001:db8:7::1/64 dev up0 nodad
                ip link set other up
                ip link set up0 up
                ip neigh add 198.51.100.2 lladdr 02:00:00:00:00:01 dev up0
                ip neigh add 2001:db8:7::2 lladdr 02:00:00:00:00:01 dev up0
                "$@" | {
                    read -r pid hub pod
                    nsenter --target "$pod" --net python3 -c "$PROBE"
                    kill -9 "$pid"
                }
                """);
        command.add("sh");
        command.addAll(EgressProbe.command(System.getProperty("java.class.path")));
        command.addAll(List.of("RELAY", directory.resolve("fleet").toString()));
        command.addAll(List.of("/etc/resolv.conf", "53"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .put(
                        "PROBE",
                        """
                        import socket, time
                        for family, level, discover, mtu, to in (
                            (socket.AF_INET, socket.IPPROTO_IP, 10, 14, '198.51.100.2'),
                            (socket.AF_INET6, socket.IPPROTO_IPV6, 23, 24, '2001:db8:7::2'),
                        ):
                            s = socket.socket(family, socket.SOCK_DGRAM)
                            s.connect((to, 9))
                            s.setsockopt(level, discover, 2)
                            before = s.getsockopt(level, mtu)
                            for i in range(50):
                                try:
                                    s.send(b'x' * 1400)
                                    time.sleep(0.1)
                                except OSError as e:
                                    print(before, 'then', s.getsockopt(level, mtu), e.strerror, flush=True)
                                    break
                        """);
        Process machine = builder.start();
        String said = new String(machine.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.split("1500 then 1340 Message too long", -1)).as(said).hasSize(3);
    }

    private static String end(InputStream in) {
        try {
            int rest;
            do {
                rest = in.read();
            } while (rest >= 0);
            return "end";
        } catch (IOException _) {
            return "end";
        }
    }

    private static Egress egress(EgressKind kind) {
        return new Egress(SETTINGS.withEgress(kind), ResolvConf.MACHINE, _ -> {});
    }
}
