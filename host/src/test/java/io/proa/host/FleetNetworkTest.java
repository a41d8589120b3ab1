package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.model.IpPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two pods: `left` has redirect rules and a probe in the place of its sidecar, `right` has
/// neither.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class FleetNetworkTest {
    private static final InetAddress LEFT4 = IpPort.literal("10.87.0.10");
    private static final InetAddress LEFT6 = IpPort.literal("fd50:a0a::10");
    private static final InetAddress RIGHT4 = IpPort.literal("10.87.0.11");
    private static final InetAddress RIGHT6 = IpPort.literal("fd50:a0a::11");
    private static final InetAddress SERVICE4 = IpPort.literal("10.88.0.1");
    private static final InetAddress SERVICE6 = IpPort.literal("fd50:a0a:0:1::1");
    private static final Map<String, List<InetAddress>> NAMES =
            Map.of(
                    "left", List.of(LEFT4, LEFT6),
                    "right", List.of(RIGHT4, RIGHT6),
                    "service", List.of(SERVICE4, SERVICE6));

    private @Nullable Path directory;
    private @Nullable FleetNetwork network;
    private @Nullable Pod left;
    private @Nullable Pod right;

    @BeforeAll
    void makesTwoPods(@TempDir Path temporary) throws Exception {
        directory = temporary;
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        Path log = there(directory).resolve("left.log");
        network = FleetNetwork.open(FleetNetwork.Settings.of(there(directory).resolve("run")));
        Path state = there(directory).resolve("run").resolve("secret");
        Files.writeString(state, "seen");
        String sidecar =
                "read -r t; echo \"token [$t]\"; cat "
                        + state
                        + "; exec "
                        + String.join(" ", ProbeMain.command("listen", "15001", "15006", "15008"));
        left =
                there(network)
                        .addPod(
                                new PodSpec(
                                        "left",
                                        LEFT4,
                                        LEFT6,
                                        NAMES,
                                        new PodSpec.Sidecar(
                                                List.of("sh", "-c", sidecar),
                                                Map.of(),
                                                "geheim",
                                                log),
                                        null));
        right =
                there(network)
                        .addPod(
                                new PodSpec(
                                        "right",
                                        RIGHT4,
                                        RIGHT6,
                                        NAMES,
                                        PodSpec.Sidecar.NONE,
                                        null));
        await(() -> read(log).contains("listening"));
        there(left).applyRedirect(RedirectRules.DEFAULT);
    }

    @AfterAll
    void leavesNothing() {
        if (network != null) {
            long hub = network.hubPid();
            network.close();
            assertThat(isRunning(hub)).isFalse();
            assertThat(isRunning(there(left).initPid())).isFalse();
            assertThat(isRunning(there(right).initPid())).isFalse();
        }
    }

    @Test
    void podsReachEachOtherByNameAndBothFamilies() throws Exception {
        Process server = app(there(right), ProbeMain.command("listen", "80"));
        try (BufferedReader out = server.inputReader()) {
            assertThat(out.readLine()).isEqualTo("listening");
            // The hub is outside the mesh; its hosts file is the machine's.
            assertThat(hub("ask", "10.87.0.11", "80")).isEqualTo("80 direct\n");
            assertThat(hub("ask", "fd50:a0a::11", "80")).isEqualTo("80 direct\n");
            assertThat(output(app(there(right), ProbeMain.command("ask", "right", "80"))))
                    .isEqualTo("80 direct\n80 direct\n");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatAnApplicationDialsReachesItsSidecarWithTheDestination() throws Exception {
        assertThat(output(app(there(left), ProbeMain.command("ask", "service", "8080"))))
                .isEqualTo("15001 10.88.0.1:8080\n15001 [fd50:a0a:0:1:0:0:0:1]:8080\n");
        assertThat(output(app(there(left), ProbeMain.command("ask", "right", "15008"))))
                .isEqualTo("15001 10.87.0.11:15008\n15001 [fd50:a0a:0:0:0:0:0:11]:15008\n");
    }

    @Test
    void whatStaysInThePodIsNotTouched() throws Exception {
        assertThat(output(app(there(left), ProbeMain.command("ask", "localhost", "15006"))))
                .isEqualTo("15006 direct\n15006 direct\n");
        assertThat(output(app(there(left), ProbeMain.command("ask", "left", "15006"))))
                .isEqualTo("15006 direct\n15006 direct\n");
    }

    @Test
    void whatComesFromOutsideIsRefusedByOnePlaceOnEveryPort() throws Exception {
        for (String port : new String[] {"80", "15000", "15001", "15021", "15090"}) {
            assertThat(hub("ask", "10.87.0.10", port)).isEqualTo("15006 10.87.0.10:" + port + "\n");
            assertThat(hub("ask", "fd50:a0a::10", port))
                    .isEqualTo("15006 [fd50:a0a:0:0:0:0:0:10]:" + port + "\n");
        }
        assertThat(hub("ask", "10.87.0.10", "15006")).isEqualTo("15006 direct\n");
        assertThat(hub("ask", "10.87.0.10", "15008")).isEqualTo("15008 direct\n");
        assertThat(hub("ask", "fd50:a0a::10", "15008")).isEqualTo("15008 direct\n");
    }

    @Test
    void anUnknownDestinationFailsAtOnce() throws Exception {
        long before = System.nanoTime();
        String answer = output(app(there(right), ProbeMain.command("ask", "service", "1")));
        assertThat(answer.lines())
                .hasSize(2)
                .allMatch(l -> l.contains("unreachable") || l.contains("No route"));
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before)).isLessThan(3);
    }

    @Test
    void anApplicationHasNoPowerAndSeesNoSecrets() throws Exception {
        String run = there(directory).resolve("run").toString();
        assertThat(output(app(there(left), ProbeMain.command("mark")))).isEqualTo("false");
        assertThat(output(app(there(left), List.of("ls", "-A", run)))).isEmpty();
        assertThat(output(app(there(left), List.of("sh", "-c", "umount " + run + " 2>&1 && echo"))))
                .contains("must be superuser");
        assertThat(output(app(there(left), List.of("sh", "-c", "ls -A /proc/1/root/" + run))))
                .isEmpty();
        assertThat(
                        output(
                                app(
                                        there(left),
                                        List.of(
                                                "grep",
                                                "-E",
                                                "^(Cap|NoNew)",
                                                "/proc/self/status"))))
                .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "Privs:\t1");
        assertThat(
                        output(
                                app(
                                        there(left),
                                        List.of(
                                                "sh",
                                                "-c",
                                                "echo x 2>&1 > /etc/hosts || echo ro"))))
                .contains("ro");
        assertThat(read(there(directory).resolve("left.log"))).contains("seen");
    }

    @Test
    void anApplicationMayListenOnLowPorts() throws Exception {
        Process server = app(there(right), ProbeMain.command("listen", "443"));
        try (BufferedReader out = server.inputReader()) {
            assertThat(out.readLine()).isEqualTo("listening");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void passesStreamsSignalsAndExitCodesThrough() throws Exception {
        Process exits =
                app(there(right), List.of("sh", "-c", "read x; echo \"$A $x $PWD\"; exit 7"));
        exits.outputWriter().append("typed\n").flush();
        assertThat(output(exits)).isEqualTo("env typed /tmp\n");
        assertThat(exits.exitValue()).isEqualTo(7);

        Process traps =
                app(
                        there(right),
                        List.of(
                                "sh",
                                "-c",
                                "trap 'echo bye; exit 3' TERM; echo up; sleep 60 & wait"));
        try (BufferedReader out = traps.inputReader()) {
            assertThat(out.readLine()).isEqualTo("up");
            traps.destroy();
            assertThat(out.readLine()).isEqualTo("bye");
        }
        assertThat(traps.waitFor()).isEqualTo(3);

        Process killed = app(there(right), List.of("sleep", "60"));
        killed.destroyForcibly();
        assertThat(killed.waitFor()).isEqualTo(137);

        Process missing = app(there(right), List.of("/no/such/program"));
        assertThat(missing.waitFor()).isEqualTo(127);
    }

    @Test
    void startsADeadSidecarAgainWithoutItsToken() throws Exception {
        Path log = there(directory).resolve("third.log");
        try (Pod third =
                there(network)
                        .addPod(
                                new PodSpec(
                                        "third-with-a-rather-long-name",
                                        IpPort.literal("10.87.0.12"),
                                        IpPort.literal("fd50:a0a::12"),
                                        NAMES,
                                        new PodSpec.Sidecar(
                                                List.of(
                                                        "sh",
                                                        "-c",
                                                        "read -r t; echo \"run [$t] $E $(cat /proc/$$/cmdline /proc/1/environ /proc/1/cmdline | tr '\\0' ' ' | grep -c gehe[i]m)\"; exec sleep 63"),
                                                Map.of("E", "e"),
                                                "geheim",
                                                log),
                                        new PodSpec.User(65534, 65533)))) {
            await(() -> read(log).contains("run [geheim] e 0"));
            assertThat(output(app(third, List.of("sh", "-c", "id -u; id -g; kill -9 -1"))))
                    .isEqualTo("65534\n65533\n");
            assertThat(read(log)).doesNotContain("ended");
            // Also what a careless program of the sidecar's own user does: kill whatever it can.
            third.exec(List.of("sh", "-c", "kill -9 -1")).waitFor();
            await(() -> read(log).contains("run [] e 0"));
            assertThat(read(log)).contains("the sidecar ended with code 137");
            assertThat(third.isAlive()).isTrue();
            // An orphan is reaped by process 1.
            output(third.exec(List.of("sh", "-c", "(sleep 0.1 &) ; exit 0")));
            await(() -> !quietly(third, "ps ax").contains("defunct"));
        }
    }

    @Test
    void reachesTheOutsideUnderTheMachinesAddressWithoutALinkToIt() throws Exception {
        List<String> command = new ArrayList<>(List.of("unshare", "--net"));
        command.addAll(ProbeMain.command("egress", there(directory).resolve("out").toString()));
        Process machine =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertThat(output(machine).lines())
                .satisfiesExactly(
                        peer -> assertThat(peer).isEqualTo("198.51.100.1"),
                        linked -> assertThat(linked).isEqualTo("false"));
    }

    @Test
    void aKilledLauncherLeavesNoProcess() throws Exception {
        Process launcher =
                new ProcessBuilder(
                                ProbeMain.command(
                                        "launcher", there(directory).resolve("killed").toString()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String pids;
        try (BufferedReader out = launcher.inputReader()) {
            pids = out.readLine();
        }
        launcher.destroyForcibly().waitFor();
        assertThat(pids).isNotNull();
        String[] all = pids.split(" ", -1);
        // unshare, process 1, its watcher (hub and pod); sidecar; setup; nsenter and application
        assertThat(all.length).isGreaterThanOrEqualTo(9);
        await(() -> List.of(all).stream().noneMatch(pid -> isRunning(Long.parseLong(pid))));
    }

    private static Process app(Pod pod, List<String> command) throws IOException {
        return pod.startApp(
                new Pod.Start(
                        command,
                        Map.of("A", "env"),
                        Path.of("/tmp"),
                        ProcessBuilder.Redirect.PIPE,
                        ProcessBuilder.Redirect.PIPE,
                        ProcessBuilder.Redirect.INHERIT));
    }

    private String hub(String... probe) throws IOException, InterruptedException {
        return output(there(network).exec(ProbeMain.command(probe)));
    }

    private static String quietly(Pod pod, String command) {
        try {
            return output(pod.exec(List.of("sh", "-c", command)));
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return text;
    }

    private static <T> T there(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException _) {
            return "";
        }
    }

    /// A zombie that nobody has reaped yet no longer runs.
    private static boolean isRunning(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
