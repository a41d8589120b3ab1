package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.model.IpPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A "container" with an interface of its own, a neighbour whom it talks to, and a fleet that it
/// knows nothing of.
@Timeout(120)
final class AttachmentTest {
    private static final InetAddress CONTAINER4 = IpPort.literal("10.66.0.10");
    private static final InetAddress CONTAINER6 = IpPort.literal("fd66::10");
    private static final InetAddress NEIGHBOUR4 = IpPort.literal("10.66.0.11");
    private static final InetAddress NEIGHBOUR6 = IpPort.literal("fd66::11");
    private static final InetAddress MESH4 = IpPort.literal("10.87.0.10");
    private static final InetAddress MESH6 = IpPort.literal("fd50:a0a::10");
    private static final List<Cidr> SERVICES =
            List.of(Cidr.parse("10.88.0.0/16"), Cidr.parse("fd50:a0a:0:1::/64"));
    private static final String LINKS_THEN =
            "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | sort; exec \"$@\"";

    @TempDir Path directory;

    private @Nullable FleetNetwork elsewhere;
    private @Nullable Pod container;
    private @Nullable Pod neighbour;

    @BeforeEach
    void runsAContainer() throws Exception {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        FleetNetwork.Settings mesh = FleetNetwork.Settings.of(directory.resolve("elsewhere"));
        elsewhere =
                FleetNetwork.open(
                        new FleetNetwork.Settings(
                                mesh.runDirectory(),
                                Cidr.parse("10.66.0.0/16"),
                                Cidr.parse("fd66::/64"),
                                mesh.egress(),
                                mesh.javaOptions(),
                                mesh.patience(),
                                mesh.pods()));
        container = elsewhere.addPod(pod("container", CONTAINER4, CONTAINER6));
        neighbour = elsewhere.addPod(pod("neighbour", NEIGHBOUR4, NEIGHBOUR6));
    }

    private static PodSpec pod(String name, InetAddress ipv4, InetAddress ipv6) {
        return new PodSpec(name, ipv4, ipv6, Map.of(), PodSpec.Sidecar.NONE, null);
    }

    @AfterEach
    void ends() {
        if (elsewhere != null) {
            elsewhere.close();
        }
    }

    @Test
    void refusesTheMachinesOwnNetwork() {
        assertThatThrownBy(() -> Attachment.check(ProcessHandle.current().pid()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the machine's own");
    }

    @Test
    void refusesAProcessThatIsNotThere() {
        assertThatThrownBy(() -> Attachment.check(4_194_305))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("process 4194305: there is no such process");
    }

    @Test
    void joinsAndLeavesWhileTheProgramTalks() throws Exception {
        try (Running _ = start(there(neighbour), "echo", "7");
                Running _ = start(there(container), "listen", "9");
                Running talk = start(there(container), "chat", "10.66.0.11", "7")) {
            assertThat(talk.says("before")).isEqualTo("before");
            String before = state();

            try (FleetNetwork mesh = FleetNetwork.open(settings("mesh"))) {
                Path log = directory.resolve("sidecar.log");
                Attachment attached = mesh.attach(spec(there(container).initPid(), log));
                FleetNetworkTest.await(() -> FleetNetworkTest.read(log).contains("listening"));
                attached.applyRedirect(RedirectRules.DEFAULT);

                assertThat(talk.says("meanwhile")).isEqualTo("meanwhile");
                assertThat(answer(there(container), "10.66.0.11", "7"))
                        .isEqualTo("15001 10.66.0.11:7\n");
                assertThat(answer(there(container), "10.88.0.1", "80"))
                        .isEqualTo("15001 10.88.0.1:80\n");
                assertThat(answer(there(container), "fd50:a0a:0:1::1", "80"))
                        .isEqualTo("15001 [fd50:a0a:0:1:0:0:0:1]:80\n");
                assertThat(hub(mesh, "10.87.0.10", "9")).isEqualTo("15006 10.87.0.10:9\n");
                assertThat(hub(mesh, "10.87.0.10", "15008")).isEqualTo("15008 direct\n");
                // Who could reach the program before still can.
                assertThat(answer(there(neighbour), "10.66.0.10", "9")).isEqualTo("9 direct\n");

                assertThat(attached.isAlive()).isTrue();
                mesh.detach(attached);
                assertThat(attached.isAlive()).isFalse();
                assertThat(state()).isEqualTo(before);
                assertThat(talk.says("after")).isEqualTo("after");
                // With the rules, this would have gone to the sidecar.
                assertThat(answer(there(container), "10.66.0.11", "9")).contains("refused");
            }
        }
    }

    @Test
    void leavesNothingWhenItsLauncherIsKilled() throws Exception {
        String before = state();
        Process launcher =
                new ProcessBuilder(
                                ProbeMain.command(
                                        "attach",
                                        directory.resolve("mesh").toString(),
                                        Long.toString(there(container).initPid())))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out = launcher.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("attached");
            assertThat(state()).isNotEqualTo(before).contains(Attachment.LINK);
        } finally {
            launcher.destroyForcibly().waitFor();
        }
        FleetNetworkTest.await(() -> state().equals(before));
    }

    private FleetNetwork.Settings settings(String run) {
        return FleetNetwork.Settings.of(directory.resolve(run));
    }

    static AttachSpec spec(long pid, Path log) {
        return new AttachSpec(
                "joined",
                pid,
                MESH4,
                MESH6,
                SERVICES,
                new PodSpec.Sidecar(
                        ProbeMain.command("listen", "15001", "15006", "15008"),
                        Map.of(),
                        "t",
                        log));
    }

    /// The container's links, and "false" where it has no rules of Proa's: those that somebody
    /// holds cannot be removed by others.
    private String state() {
        try {
            List<String> command = new java.util.ArrayList<>(List.of("sh", "-c", LINKS_THEN, "sh"));
            command.addAll(ProbeMain.command("rules"));
            return output(there(container).exec(command));
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    private static String answer(Pod from, String host, String port) throws Exception {
        return output(from.exec(ProbeMain.command("ask", host, port)));
    }

    private static String hub(FleetNetwork of, String host, String port) throws Exception {
        return output(of.exec(ProbeMain.command("ask", host, port)));
    }

    private static String output(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(10, TimeUnit.SECONDS);
        return text;
    }

    private static Running start(Pod in, String... args) throws IOException {
        Process process = in.exec(ProbeMain.command(args));
        Running running = new Running(process, process.inputReader(), process.outputWriter());
        if (!args[0].equals("chat")) {
            String first = running.line();
            if (first == null) {
                throw new IOException(
                        new String(
                                process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            }
            assertThat(first).isEqualTo("listening");
        }
        return running;
    }

    private record Running(Process process, BufferedReader out, Writer in)
            implements AutoCloseable {
        @Nullable String line() throws IOException {
            return out.readLine();
        }

        @Nullable String says(String line) throws IOException {
            in.write(line + "\n");
            in.flush();
            return out.readLine();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static <T> T there(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not made");
        }
        return value;
    }
}
