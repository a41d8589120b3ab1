package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import io.proa.app.fleet.LastNote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FleetsTest {
    @TempDir private Path folder;

    @Test
    void tellsOnceOfALauncherThatWasKilledAndRemovesItsFiles() throws IOException {
        Path base = Files.createDirectory(folder.resolve("proa"));
        Files.createDirectories(base.resolve("demo/pods/a-1"));
        Files.writeString(base.resolve("demo.lock"), "123");
        Files.writeString(
                base.resolve("demo.last"),
                "{\"pid\":123,\"since\":\"2026-01-02T03:04:05Z\",\"pods\":[\"a-1\",\"b-1\"],\"ended\":\"\"}");
        Fleets fleets = new Fleets(base);

        assertThat(told(fleets))
                .contains("fleet 'demo' had ended: its launcher, process 123 since ")
                .contains("was killed, and its pods with it (a-1, b-1); nothing of it is left");
        assertThat(base).doesNotExist();
        assertThat(told(fleets)).isEmpty();
    }

    @Test
    void tellsOfASecondInterruptAndOfExplicitMode() throws IOException {
        Path base = Files.createDirectory(folder.resolve("proa"));
        Files.writeString(base.resolve("demo.lock"), "123");
        Files.writeString(
                base.resolve("demo.last"),
                "{\"pid\":123,\"since\":\"2026-01-02T03:04:05Z\",\"pods\":[],\"ended\":\"\",\"explicit\":true}");
        LastNote.end(base, "demo", "a second Ctrl-C ended its launcher at once");

        assertThat(told(new Fleets(base)))
                .contains("fleet 'demo' had ended: a second Ctrl-C ended its launcher at once; ")
                .contains("nothing of it is left but programs that have left their parents");
    }

    @Test
    void saysThatALauncherIsStopped() throws Exception {
        Process stopped = new ProcessBuilder("sleep", "60").start();
        try {
            signal(stopped, "STOP", true);
            Files.writeString(folder.resolve("demo.lock"), Long.toString(stopped.pid()));
            assertThatThrownBy(() -> new Fleets(folder).client("demo"))
                    .isInstanceOf(Fault.class)
                    .hasMessage(
                            "fleet 'demo' does not answer: its launcher, process "
                                    + stopped.pid()
                                    + ", is stopped");

            signal(stopped, "CONT", false);
            assertThat(new Fleets(folder).client("demo").socket()).doesNotExist();
        } finally {
            stopped.destroyForcibly();
        }
    }

    /// A process stops when it runs next, which may be after `kill` has ended.
    private static void signal(Process process, String name, boolean stops) throws Exception {
        String pid = Long.toString(process.pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (Fleets.isStopped(process.pid()) != stops) {
            assertThat(System.nanoTime()).as(name).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void saysThatNothingRuns() {
        assertThatThrownBy(() -> new Fleets(folder).chosen(null))
                .isInstanceOf(Fault.class)
                .hasMessage("no fleet is running");
        assertThatThrownBy(() -> new Fleets(folder).chosen("demo"))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("fleet 'demo' is not running");
    }

    @Test
    void meansTheOneFleetThatHasPrograms() {
        List<String> running = List.of("idle", "local", "shop");
        assertThat(Fleets.only(running, "local"::equals)).isEqualTo("local");
        assertThatThrownBy(() -> Fleets.only(running, name -> !name.equals("idle")))
                .isInstanceOf(Fault.class)
                .hasMessage(
                        "several fleets are running (local, shop); expected --fleet to name one");
        assertThatThrownBy(() -> Fleets.only(running, _ -> false))
                .hasMessageContaining("(idle, local, shop)");
    }

    @Test
    void asksALauncherWhetherItHasPrograms() throws IOException {
        Fleets fleets = new Fleets(folder);
        assertThat(fleets.hasPrograms("ended")).isFalse();
        try (LauncherServer _ = launcher("local", List.of());
                LauncherServer _ = launcher("shop", List.of(Map.of("pod", "web-1")))) {
            assertThat(fleets.hasPrograms("local")).isFalse();
            assertThat(fleets.hasPrograms("shop")).isTrue();
        }
    }

    private LauncherServer launcher(String fleet, List<Object> pods) throws IOException {
        Path socket = Files.createDirectory(folder.resolve(fleet)).resolve(LauncherClient.SOCKET);
        return LauncherServer.open(socket, _ -> Map.of("pods", pods));
    }

    private static String told(Fleets fleets) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        fleets.tellOfTheDead(new PrintStream(said, true, StandardCharsets.UTF_8));
        return said.toString(StandardCharsets.UTF_8);
    }
}
