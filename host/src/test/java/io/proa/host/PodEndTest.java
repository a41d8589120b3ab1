package io.proa.host;

import static io.proa.host.AppIsolationTest.await;
import static io.proa.host.AppIsolationTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// How pods change, end and fail, on a machine of their own: namespaces in which there is nothing
/// but the launcher and what it makes, so that "as before" can be asked exactly.
@ParameterizedClass
@EnumSource(PodKeeper.Kind.class)
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(180)
final class PodEndTest {
    private static final List<String> MACHINE =
            List.of(
                    "unshare",
                    "--net",
                    "--mount",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "sh",
                    "-c",
                    "exec 3<&0; \"$@\" <&3 3<&- & wait; read -r end <&3",
                    "machine");

    // Says when it is asked to end.
    private static final String SIDECAR =
            "trap 'echo sidecar asked; exit' TERM; echo sidecar up; while :; do sleep 0.05; done";

    private final PodKeeper.Kind kind;
    private @Nullable PodKeeper keeper;

    PodEndTest(PodKeeper.Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void makesAMachine() throws Exception {
        assumeTrue(PodKeeper.isRoot(), "a machine of its own takes root");
        keeper = PodKeeper.open(kind, MACHINE);
    }

    @AfterEach
    void endsIt() throws Exception {
        if (keeper != null) {
            keeper.close();
        }
    }

    @Test
    void aDeadSidecarIsThereAgainWithinASecond() throws Exception {
        pod("pod", "9", SIDECAR);
        there().tell("start", "pod", "sleep", "991");
        for (int death = 0; death < 5; death++) {
            long before = sidecar("pod");
            long start = System.nanoTime();
            ProcessHandle.of(before).orElseThrow().destroyForcibly();
            await(() -> sidecar("pod") != before && sidecar("pod") != 0);
            long millis = (System.nanoTime() - start) / 1_000_000;
            System.out.println(kind + ": sidecar started again after " + millis + " ms");
            assertThat(millis).isLessThan(1000);
        }
        assertThat(processes()).anyMatch(p -> p.equals("sleep 991"));
    }

    @Test
    void theSidecarIsAskedToEndWhenTheApplicationIsGone() throws Exception {
        pod("pod", "9", SIDECAR);
        app("pod", "trap 'echo app asked; sleep 0.5; echo app gone; exit' TERM; echo app up");
        there().tell("remove", "pod", "5000");
        assertThat(log("pod")).isEqualTo("sidecar up,app up,app asked,app gone,sidecar asked");
    }

    @Test
    void anApplicationThatStaysIsKilledWhenTheGraceIsOver() throws Exception {
        pod("pod", "9", SIDECAR);
        app("pod", "trap 'echo app asked' TERM; echo app up");
        long start = System.nanoTime();
        there().tell("remove", "pod", "400");
        assertThat((System.nanoTime() - start) / 1_000_000).isBetween(400L, 2500L);
        assertThat(log("pod")).isEqualTo("sidecar up,app up,app asked,sidecar asked");
    }

    @Test
    void aStoppedApplicationIsContinuedToEnd() throws Exception {
        pod("pod", "9", SIDECAR);
        app("pod", "trap 'echo app asked; exit' TERM; echo app up; kill -STOP $$");
        there().tell("remove", "pod", "5000");
        assertThat(log("pod")).isEqualTo("sidecar up,app up,app asked,sidecar asked");
    }

    @Test
    void whatAnApplicationLeftRunningEndsWithIt() throws Exception {
        pod("pod", "9", SIDECAR);
        there().app(
                        "pod",
                        "setsid sleep 992 >/dev/null 2>&1 & setsid -f sleep 993 >/dev/null 2>&1");
        await(() -> processes().stream().noneMatch(p -> p.matches("sleep 99[23]")));
    }

    @Test
    void everyPodResolvesNewNamesAtOnce() throws Exception {
        pod("pod", "9", SIDECAR);
        String held = "exec 3</etc/hosts; ";
        assertThat(there().app("pod", "cat /etc/hosts").said()).doesNotContain("shop");
        there().tell("hosts", "a-rather-long-name-of-a-shop", "10.88.0.7");
        there().tell("hosts", "shop", "10.88.0.7");
        pod("late", "10", SIDECAR);
        for (String pod : List.of("pod", "late")) {
            assertThat(there().app(pod, held + "cat <&3").said())
                    .endsWith("10.88.0.7\tshop\n")
                    .doesNotContain("long", "\n\n")
                    .contains("10.87.0.");
        }
    }

    @Test
    void aRemovedPodsAddressesServeItsSuccessorAtOnce() throws Exception {
        pod("caller", "9", SIDECAR);
        for (int round = 0; round < 3; round++) {
            pod("pod" + round, "10", SIDECAR);
            for (String address : List.of("10.87.0.10", "fd50:a0a::10")) {
                List<String> reach = there().attempt("reach", address);
                assertThat(there().tell("power", "caller", reach).said())
                        .as(address + " of round " + round)
                        .isEqualTo("did it\n");
            }
            there().tell("remove", "pod" + round, "0");
        }
    }

    @Test
    void nothingIsLeftWhicheverProcessOfAPodIsKilled() throws Exception {
        Machine before = settled(null);
        for (String victim :
                List.of(
                        "application",
                        "application's process 1",
                        "between",
                        "entrance",
                        "sidecar",
                        "pod's process 1",
                        "pod's holder")) {
            there().tell("pod", "pod", "9", "sleep", "997");
            String app = there().tell("start", "pod", "sh", "-c", "sleep 994 & sleep 995").value();
            await(() -> processes().containsAll(List.of("sleep 994", "sleep 995")));
            assertThat(there().tell("victim", "pod", victim, app).value()).isEqualTo("true");
            if (victim.startsWith("application") || victim.startsWith("pod's")) {
                await(() -> processes().stream().noneMatch(p -> p.startsWith("sleep 99[45]")));
            }
            there().tell("remove", "pod", "0");
            assertThat(settled(before)).as("after the " + victim).isEqualTo(before);
        }
    }

    @Test
    void nothingIsLeftOfAKilledLauncher() throws Exception {
        there().tell("pod", "pod", "9", "sleep", "997");
        there().tell("start", "pod", "sh", "-c", "sleep 994 & sleep 995");
        await(() -> processes().containsAll(List.of("sleep 997", "sleep 994", "sleep 995")));

        ProcessHandle.of(launcher()).orElseThrow().destroyForcibly();

        await(() -> processes().size() == 1);
        await(() -> Machine.links(machine()).equals(List.of("lo")));
        assertThat(Machine.mounts(machine())).noneMatch(m -> m.contains(there().run().toString()));
    }

    /// What there is on the machine.
    ///
    /// @param namespaces in which any process is
    /// @param mounts of the machine itself
    /// @param links of the machine, then of the hub
    record Machine(
            List<String> processes,
            TreeSet<String> namespaces,
            List<String> mounts,
            List<String> links,
            List<String> hubLinks) {
        static List<String> links(long pid) {
            return read(Path.of("/proc/" + pid + "/net/dev"))
                    .lines()
                    .filter(line -> line.contains(":"))
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .sorted()
                    .toList();
        }

        static List<String> mounts(long pid) {
            return read(Path.of("/proc/" + pid + "/mounts")).lines().sorted().toList();
        }
    }

    /// Links go a moment after their namespace.
    private Machine settled(@Nullable Machine expected) throws Exception {
        Machine seen = look();
        for (int i = 0; i < 250 && !seen.equals(expected); i++) {
            Thread.sleep(20);
            Machine next = look();
            if (expected == null && next.equals(seen)) {
                return seen;
            }
            seen = next;
        }
        return seen;
    }

    private Machine look() throws IOException {
        TreeSet<String> namespaces = new TreeSet<>();
        for (long pid : pids()) {
            for (String name : List.of("net", "mnt", "pid", "uts", "user")) {
                Path link = Path.of("/proc/" + pid + "/ns/" + name);
                try {
                    namespaces.add(Files.readSymbolicLink(link).toString());
                } catch (IOException _) {
                    // ended meanwhile
                }
            }
        }
        return new Machine(
                processes(),
                namespaces,
                Machine.mounts(machine()),
                Machine.links(machine()),
                Machine.links(hub()));
    }

    /// Process 1 of the machine; everything in it is its descendant, whatever its parent did.
    private long machine() {
        return ProcessTree.child(there().process().pid()).orElseThrow();
    }

    private long launcher() {
        return ProcessTree.children(machine()).stream()
                .filter(pid -> commandLine(pid).contains(PodKeeperMain.class.getName()))
                .findFirst()
                .orElseThrow();
    }

    private long hub() {
        return fromMachine(there().hub());
    }

    private long fromMachine(long number) {
        return pids().stream()
                .filter(pid ->
                        (ProcessTree.status(pid, "NSpid") + "\t")
                                .startsWith(pid + "\t" + number + "\t"))
                .findFirst()
                .orElseThrow();
    }

    private List<Long> pids() {
        try (Stream<ProcessHandle> all =
                Stream.concat(
                        ProcessHandle.of(machine()).stream(),
                        ProcessHandle.of(machine()).stream().flatMap(ProcessHandle::descendants))) {
            return all.map(ProcessHandle::pid).toList();
        }
    }

    private List<String> processes() {
        List<String> lines = new ArrayList<>();
        for (long pid : pids()) {
            lines.add(commandLine(pid));
        }
        lines.removeIf(String::isEmpty);
        return lines.stream().sorted().toList();
    }

    private static String commandLine(long pid) {
        return read(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ').strip();
    }

    private PodKeeper there() {
        return Objects.requireNonNull(keeper);
    }

    private void pod(String name, String address, String sidecar) throws Exception {
        there().tell("pod", name, address, "sh", "-c", "exec >>" + file(name) + "; " + sidecar);
        await(() -> log(name).contains("sidecar up"));
    }

    /// It ends by a signal only.
    private void app(String pod, String script) throws Exception {
        String loop = "; while :; do sleep 0.05; done";
        there().tell("start", pod, "sh", "-c", "exec >>" + file(pod) + "; " + script + loop);
        await(() -> log(pod).contains("app up"));
    }

    private Path file(String pod) {
        return there().shared().resolve(pod + ".log");
    }

    /// What both said, in one line.
    private String log(String pod) {
        return String.join(",", read(file(pod)).lines().toList());
    }

    /// Its number as this process sees it; 0 while there is none.
    private long sidecar(String pod) {
        long init = fromMachine(Long.parseLong(there().tell("init", pod).value()));
        return ProcessTree.children(init).stream()
                .filter(pid -> commandLine(pid).startsWith("sh -c exec"))
                .findFirst()
                .orElse(0L);
    }
}
