package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pods without namespaces; every user may make them.
@Timeout(30)
final class LoopbackPodTest {
    @TempDir Path folder;
    private LoopbackPods pods;
    private LoopbackPod pod;

    @BeforeEach
    void makeAPod() throws IOException {
        pods = LoopbackPods.open(folder.resolve("run"), Duration.ofMillis(500));
        // Writes its token, or that it has none, and stays.
        String sidecar = "read token; echo \"$$ $token\" >>sidecars; exec sleep 600";
        pod =
                pods.addPod(
                        new LoopbackPod.Spec(
                                "web-1",
                                new PodSpec.Sidecar(
                                        List.of("sh", "-c", "cd " + folder + "; " + sidecar),
                                        Map.of(),
                                        "secret",
                                        folder.resolve("sidecar.log")),
                                null));
        until(() -> lines("sidecars").size() == 1);
    }

    @AfterEach
    void endAll() {
        pods.close();
    }

    private List<String> lines(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static boolean isAlive(String pid) {
        return Files.exists(Path.of("/proc", pid))
                && !ProcessTree.status(Long.parseLong(pid), "State").startsWith("Z");
    }

    private Process start(String script) throws IOException {
        ProcessBuilder.Redirect nowhere = ProcessBuilder.Redirect.DISCARD;
        return pod.startApp(
                new Pod.Start(
                        List.of("sh", "-c", script),
                        Map.of("GIVEN", "7"),
                        folder,
                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()),
                        nowhere,
                        nowhere));
    }

    @Test
    void theEndOfAProgramIsItsOwn() throws Exception {
        assertThat(start("exit $GIVEN").waitFor()).isEqualTo(7);
        assertThat(start("kill -KILL $$").waitFor()).isEqualTo(137);
        assertThat(start("exec ./no-such-program").waitFor()).isEqualTo(127);
        Process asked = start("trap 'exit 3' TERM; echo $$ >ready; while :; do sleep 0.1; done");
        until(() -> !lines("ready").isEmpty());
        assertThat(asked.pid()).isEqualTo(Long.parseLong(lines("ready").getFirst()));
        asked.destroy();
        assertThat(asked.waitFor()).isEqualTo(3);
    }

    @Test
    void whatAProgramHasLeftRunningEndsWithItWhereverItIs() throws Exception {
        Process app =
                start(
                        "sleep 600 & echo $! >left; (setsid sh -c 'echo $$ >>left; exec sleep 600' &);"
                                + " while [ $(wc -l <left) -lt 2 ]; do sleep 0.01; done");
        assertThat(app.waitFor()).isZero();
        assertThat(lines("left")).hasSize(2).noneMatch(LoopbackPodTest::isAlive);
    }

    @Test
    void closingAsksFirstAndThenKills() throws Exception {
        Process polite =
                start(
                        "trap 'echo asked >polite; exit 0' TERM; echo >p; while :; do sleep 0.05; done");
        Process stubborn = start("trap '' TERM; echo >s; while :; do sleep 0.05; done");
        until(() -> lines("p").size() + lines("s").size() == 2);
        String sidecar = lines("sidecars").getFirst().split(" ", 2)[0];
        pods.removePod(pod, Duration.ofMillis(200));
        assertThat(lines("polite")).containsExactly("asked");
        assertThat(polite.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(stubborn.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(isAlive(sidecar)).isFalse();
    }

    @Test
    void aSidecarIsStartedAgainWithoutItsToken() {
        String first = lines("sidecars").getFirst();
        assertThat(first).endsWith(" secret");
        ProcessHandle.of(Long.parseLong(first.split(" ", 2)[0])).orElseThrow().destroyForcibly();
        until(() -> lines("sidecars").size() == 2);
        assertThat(lines("sidecars").getLast()).endsWith(" ");
    }

    @Test
    void aKeeperThatIsKilledTakesItsSidecarAlong() throws Exception {
        Process app = start("echo $$ >>apps; exec sleep 600");
        until(() -> !lines("apps").isEmpty());
        String sidecar = lines("sidecars").getFirst().split(" ", 2)[0];
        ProcessHandle.of(pod.initPid()).orElseThrow().destroyForcibly();
        until(() -> !pod.isAlive() && !isAlive(sidecar));
        pods.removePod(pod, Duration.ZERO);
        assertThat(app.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(isAlive(lines("apps").getFirst())).isFalse();
    }

    @Test
    void namesAreReplacedAsAWhole() throws IOException {
        pods.updateHosts(Map.of("web", List.of(java.net.InetAddress.ofLiteral("240.88.0.1"))));
        assertThat(pods.hosts()).hasContent("240.88.0.1 web\n");
    }
}
