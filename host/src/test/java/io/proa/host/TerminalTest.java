package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A process that becomes an application by [Pod#enter], on a real terminal under a shell's job
/// control, which `terminal.py` plays: what it says is what that shell and the terminal's user see.
@ParameterizedClass
@EnumSource(PodKeeper.Kind.class)
@Execution(ExecutionMode.SAME_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class TerminalTest {
    // Set before every test.
    @Parameter private PodKeeper.Kind kind = PodKeeper.Kind.ROOT;

    private @Nullable PodKeeper keeper;

    @BeforeParameterizedClassInvocation
    void makesAPod(PodKeeper.Kind which) throws Exception {
        assumeTrue(hasPython(), "needs python3");
        keeper = PodKeeper.open(which);
        keeper.tell("pod", "pod", "9", "sleep", "997");
    }

    @AfterParameterizedClassInvocation
    void endsIt() throws Exception {
        if (keeper != null) {
            keeper.close();
        }
    }

    @Test
    void exitCodesPass() throws Exception {
        assertThat(terminal("exit 7", "wait")).endsWith("exited 7\n");
        assertThat(terminal("kill -9 $$", "wait")).endsWith("exited 137\n");
        assertThat(terminal("kill -TERM $$", "wait")).endsWith("exited 143\n");
    }

    @Test
    void standardInputAndItsEndPass() throws Exception {
        assertThat(
                        terminal(
                                "echo up; cat; echo end",
                                "expect:up",
                                "type:typed\\n",
                                "expect:typed",
                                "type:\\x04",
                                "wait"))
                .contains("end")
                .endsWith("exited 0\n");
    }

    @Test
    void ctrlCReachesTheApplicationWhichDecides() throws Exception {
        String stubborn =
                "trap 'echo got; sleep 0.2; exit 3' INT; echo up; while :; do sleep 0.1; done";
        assertThat(terminal(stubborn, "expect:up", "type:\\x03", "expect:got", "wait"))
                .endsWith("exited 3\n");
        assertThat(terminal("echo up; exec sleep 60", "expect:up", "type:\\x03", "wait"))
                .endsWith("exited 130\n");
        assertThat(terminal("echo up; exec sleep 60", "expect:up", "type:\\x1c", "wait"))
                .endsWith("exited 131\n");
    }

    @Test
    void ctrlZStopsItAndForegroundContinuesIt() throws Exception {
        assertThat(
                        terminal(
                                "echo up; read x; echo \"read $x\"; exit 4",
                                "expect:up",
                                "type:\\x1a",
                                "stopped",
                                "continue",
                                "type:again\\n",
                                "expect:read again",
                                "wait"))
                .endsWith("exited 4\n");
    }

    @Test
    void aProgramThatStopsItsGroupStopsAsUsual() throws Exception {
        assertThat(
                        terminal(
                                "kill -STOP 0; echo on; exit 5",
                                "stopped",
                                "continue",
                                "expect:on",
                                "wait"))
                .endsWith("exited 5\n");
    }

    @Test
    void windowSizesPassAtTheStartAndWhenTheyChange() throws Exception {
        assertThat(
                        terminal(
                                "stty size; trap 'stty size; exit 6' WINCH; echo up; while :; do sleep 0.1; done",
                                "expect:33 99",
                                "expect:up",
                                "size:44:111",
                                "expect:44 111",
                                "wait"))
                .endsWith("exited 6\n");
    }

    @Test
    void aShellInItHasJobControl() throws Exception {
        assumeTrue(Files.exists(Path.of("/bin/bash")), "needs bash; dash asks for more at its end");
        assertThat(
                        terminal(
                                "exec bash --norc -i",
                                "type:sleep 60\\n",
                                "pause",
                                "type:\\x1a",
                                "pause",
                                "type:jobs\\n",
                                "expect:Stopped",
                                "type:fg\\n",
                                "pause",
                                "type:\\x03",
                                "pause",
                                "type:exit 8\\n",
                                "wait"))
                .doesNotContain("job control turned off")
                .endsWith("exited 8\n");
    }

    @Test
    void whatIsLeftOfItWhenItsEntranceIsKilledEndsWithThePod() throws Exception {
        PodKeeper there = Objects.requireNonNull(keeper);
        there.tell("pod", "other", "10", "sleep", "997");
        List<String> entering = new ArrayList<>(PodKeeper.asOwner(kind));
        entering.addAll(
                List.of(there.tell("enter", "other", "sleep", "995").value().split("\t", -1)));
        Process entrance = new ProcessBuilder(entering).start();
        String running = "grep -lzx '99[5]' /proc/[0-9]*/cmdline 2>/dev/null";
        AppIsolationTest.await(() -> !there.power("other", running).said().isEmpty());
        String app = there.power("other", running).said();

        entrance.destroyForcibly().waitFor();

        // More may have come since: those that prepare it have its command line, too.
        assertThat(there.power("other", running).said().lines()).containsAll(app.lines().toList());
        there.tell("remove", "other", "500");
        AppIsolationTest.await(TerminalTest::nobodySleeps);
    }

    private static boolean nobodySleeps() {
        return ProcessHandle.allProcesses()
                .noneMatch(p ->
                        AppIsolationTest.read(Path.of("/proc/" + p.pid() + "/cmdline"))
                                .startsWith("sleep\u0000995"));
    }

    /// @param steps see terminal.py
    /// @return everything seen
    private String terminal(String script, String... steps)
            throws IOException, InterruptedException {
        List<String> entering = new ArrayList<>(PodKeeper.asOwner(kind));
        PodKeeper there = Objects.requireNonNull(keeper);
        entering.addAll(
                List.of(there.tell("enter", "pod", "sh", "-c", script).value().split("\t", -1)));
        List<String> command =
                new ArrayList<>(List.of("python3", "-c", python(), Integer.toString(steps.length)));
        command.addAll(List.of(steps));
        command.addAll(entering);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(seen).isZero();
        return seen;
    }

    private static String python() throws IOException {
        try (InputStream text = TerminalTest.class.getResourceAsStream("terminal.py")) {
            return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import pty").start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
