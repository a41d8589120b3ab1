package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

/// What an application must not be able to do to its pod. Each attempt is also made by whoever made
/// the pod, for whom it works, so that none fails for another reason than that it is forbidden.
@ParameterizedClass
@EnumSource(PodKeeper.Kind.class)
@Execution(ExecutionMode.SAME_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class AppIsolationTest {
    private static final String SIDECAR = "997";

    // Set before every test.
    @Parameter private PodKeeper.Kind kind = PodKeeper.Kind.ROOT;

    private @Nullable PodKeeper keeper;

    @BeforeParameterizedClassInvocation
    void makesAPod(PodKeeper.Kind which) throws Exception {
        keeper = PodKeeper.open(which);
        keeper.tell("pod", "pod", "9", "sleep", SIDECAR);
        await(() -> !sidecar().isEmpty());
    }

    @AfterParameterizedClassInvocation
    void endsIt() throws Exception {
        if (keeper != null) {
            keeper.close();
        }
    }

    @Test
    void itsProcessesHaveNoCapabilityAndGainNone() {
        assertThat(app("grep -hE '^(Cap|NoNew)' /proc/1/status /proc/self/status").lines())
                .hasSize(12)
                .allMatch(line -> line.matches("Cap.*:\t0000000000000000|NoNewPrivs:\t1"));
        assertThat(power("grep ^CapEff /proc/self/status")).doesNotContain("\t0000000000000000");
    }

    @Test
    void itIsTheUserWhoStartedTheLauncher() {
        String id = kind == PodKeeper.Kind.ROOT ? "0\n" : PodKeeper.UID + "\n";
        assertThat(app("id -u; id -g")).isEqualTo(id + id);
        assertThat(power("id -u; id -g")).isEqualTo("0\n0\n");
    }

    @Test
    void itsHostNameIsThePodsAndStaysSo() throws Exception {
        String machine = Files.readString(Path.of("/proc/sys/kernel/hostname"));
        String change = "echo other 2>/dev/null >/proc/sys/kernel/hostname; uname -n";
        assertThat(app("uname -n; getent hosts $(uname -n) | grep -c pod; " + change))
                .isEqualTo("pod\n1\npod\n");
        assertThat(power("uname -n")).isEqualTo("pod\n");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname"))).isEqualTo(machine);
    }

    @Test
    void itCannotMarkItsSockets() {
        assertThat(attempt("mark")).isEqualTo("refused\n");
        assertThat(powerfulAttempt("mark")).isEqualTo("did it\n");
    }

    @Test
    void itCannotAddAnAddress() {
        assertThat(attempt("address", "10.99.0.1/32")).startsWith("refused");
        assertThat(inNamespaceOfItsOwn(attemptCommand("address", "10.99.0.1/32")))
                .startsWith("refused");
        assertThat(powerfulAttempt("address", "10.99.0.1/32")).isEqualTo("did it\n");
    }

    @Test
    void itCannotRemoveTheRules() {
        assertThat(attempt("redirect", "remove")).endsWith("refused\n");
        assertThat(inNamespaceOfItsOwn(attemptCommand("redirect", "remove"))).endsWith("refused\n");
        assertThat(powerfulAttempt("redirect", "remove")).endsWith("did it\n");
        assertThat(powerfulAttempt("redirect", "apply")).endsWith("did it\n");
    }

    @Test
    void itSeesNoProcessButItsOwn() {
        String all = "for p in /proc/[0-9]*; do cat $p/cmdline; done | tr '\\0' ' '";
        assertThat(app(all)).contains("proa-app").doesNotContain(SIDECAR);
        // Not by a look at the same from a user namespace of its own either.
        assertThat(inNamespaceOfItsOwn(all + "; unshare -pf --mount-proc sh -c true; " + all))
                .doesNotContain("sleep " + SIDECAR);
        assertThat(power(all)).contains("sleep " + SIDECAR);
    }

    @Test
    void itCannotReadTheSidecarsEnvironment() {
        String read = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep SIDECAR_SECRET";
        assertThat(app(read)).isEmpty();
        assertThat(power(read)).contains(PodKeeperMain.SECRET);
    }

    @Test
    void itCannotOpenTheSidecarsMemory() {
        assertThat(app(opening("mem"))).isEmpty();
        assertThat(inNamespaceOfItsOwn(opening("mem"))).isEmpty();
        assertThat(power(opening("mem"))).isEqualTo("opened\n");
    }

    @Test
    void itCannotListTheSidecarsDescriptors() {
        String list = "ls /proc/" + sidecar() + "/fd 2>/dev/null";
        assertThat(app(list)).isEmpty();
        assertThat(power(list)).contains("0\n1\n2\n");
    }

    @Test
    void itCannotTraceTheSidecar() {
        assertThat(attempt("trace", sidecar(), seenFromOutside())).isEqualTo("refused\n");
        assertThat(powerfulAttempt("trace", sidecar())).isEqualTo("did it\n");
    }

    @Test
    void itCannotEndTheSidecar() throws Exception {
        String before = sidecar();
        for (String victims : List.of(before, seenFromOutside(), "-1", "1", "0")) {
            app("kill -9 " + victims + " 2>&1");
        }
        assertThat(inNamespaceOfItsOwn("kill -9 " + seenFromOutside() + " 2>&1")).contains("kill");
        Thread.sleep(100);
        assertThat(sidecar()).isEqualTo(before);
        power("kill -9 " + before);
        await(() -> !sidecar().isEmpty() && !sidecar().equals(before));
    }

    @Test
    void itCannotConnectToTheSocketsOfFleetAndSidecar() {
        Path run = there().run();
        for (String socket : List.of("launcher.sock", "control.sock", "pods/pod/admin.sock")) {
            String path = run.resolve(socket).toString();
            assertThat(attempt("connect", path)).contains("refused").contains("No such file");
            assertThat(attempt("connect", "/proc/1/root" + path)).contains("refused");
            assertThat(powerfulAttempt("connect", path)).isEqualTo("did it\n");
        }
    }

    @Test
    void itCannotUncoverTheRunDirectory() {
        Path run = there().run();
        String look =
                "(umount %s; umount -l %s) 2>/dev/null; ls -A %s /proc/[0-9]*/root%s /proc/[0-9]*/cwd%s 2>/dev/null"
                        .replace("%s", run.toString());
        assertThat(app(look + " | grep -v :$")).isBlank();
        assertThat(inNamespaceOfItsOwn(look + " | grep -v :$")).isBlank();
        assertThat(power("ls -A " + run)).contains("launcher.sock", "pods");
    }

    @Test
    void itCannotReadTheIdentityFolder() {
        String read = "cat " + there().run().resolve("pods/pod/state/key.pem") + " 2>&1";
        assertThat(app(read)).contains("No such file");
        assertThat(inNamespaceOfItsOwn(read)).contains("No such file");
        assertThat(power(read)).isEqualTo(PodKeeperMain.SECRET + "\n");
    }

    @Test
    void itCannotRewriteItsHostsFile() {
        String write = "(echo x >>/etc/hosts) 2>/dev/null && echo did it";
        String replace =
                "(echo x >/tmp/h.$$; mv /tmp/h.$$ /etc/hosts; rm -f /tmp/h.$$) 2>/dev/null";
        String before = app("cat /etc/hosts");
        String remount = "mount -o remount,bind,rw /etc/hosts 2>/dev/null; ";
        assertThat(app(write)).isEmpty();
        assertThat(inNamespaceOfItsOwn("umount /etc/hosts 2>/dev/null; " + remount + write))
                .isEmpty();
        app(replace);
        assertThat(app("cat /etc/hosts")).isEqualTo(before);
        assertThat(power(remount + write)).isEqualTo("did it\n");
        assertThat(app("cat /etc/hosts")).isEqualTo(before + "x\n");
        power("mount -o remount,bind,ro /etc/hosts");
    }

    @Test
    void itCannotChangeKernelSettings() {
        // One that the kernel itself guards by file permissions alone.
        String write = "(echo 61 >/proc/sys/net/ipv4/tcp_fin_timeout) 2>&1 && echo did it";
        String remount = "mount -o remount,bind,rw /proc/sys 2>/dev/null; ";
        assertThat(app(write)).contains("Read-only file system").doesNotContain("did it");
        assertThat(inNamespaceOfItsOwn(remount + "umount /proc/sys 2>/dev/null; " + write))
                .contains("Read-only file system")
                .doesNotContain("did it");
        assertThat(power(write)).isEqualTo("did it\n");
    }

    @Test
    void itCannotEnterTheNamespacesOfItsPod() {
        String enter =
                "for p in /proc/[0-9]*; do nsenter --target ${p#/proc/} --net --mount --pid"
                        + " sh -c 'cat /proc/sys/net/ipv4/ip_forward >/dev/null && grep"
                        + " ^CapEff.*[1-9a-f] /proc/self/status'; done 2>/dev/null";
        assertThat(app(enter)).isEmpty();
        assertThat(power(enter)).contains("CapEff");
    }

    @Test
    void itsNumberIsTheOneItsCallerKnows() {
        long app = Long.parseLong(there().tell("start", "pod", "sleep", "996").value());
        String numbers = ProcessTree.status(app, "NSpid");
        long entrance = parent(parent(parent(app)));
        assertThat(read(Path.of("/proc/" + entrance + "/cmdline"))).contains("enter");
        assertThat(numbers).startsWith(app + "\t").endsWith("\t" + entrance);
        assertThat(there().tell("terminate", Long.toString(app)).value()).isEqualTo("143");
    }

    private static long parent(long pid) {
        return Long.parseLong(ProcessTree.status(pid, "PPid"));
    }

    private PodKeeper there() {
        return Objects.requireNonNull(keeper);
    }

    private String app(String script) {
        return there().app("pod", script).said();
    }

    private String power(String script) {
        return there().power("pod", script).said();
    }

    private String attempt(String... words) {
        return there().tell("app", "pod", there().attempt(words)).said();
    }

    private String powerfulAttempt(String... words) {
        return there().tell("power", "pod", there().attempt(words)).said();
    }

    private String attemptCommand(String... words) {
        return String.join(" ", there().attempt(words));
    }

    /// With all capabilities of a user namespace that the application makes, which it may. Root
    /// without CAP_SETFCAP may not map itself into one, so there it stays nobody.
    private String inNamespaceOfItsOwn(String script) {
        boolean mapped = kind == PodKeeper.Kind.ORDINARY;
        List<String> command = new ArrayList<>(List.of("unshare", "--user", "--mount"));
        command.add(mapped ? "--map-root-user" : "--keep-caps");
        String proof = "grep -o 'CapEff:.*ffff$' /proc/self/status; ";
        command.addAll(List.of("sh", "-c", proof + script));
        String said = there().tell("app", "pod", command).said();
        assertThat(said).startsWith("CapEff:").contains("ffff\n");
        return said.substring(said.indexOf('\n') + 1);
    }

    /// In the pod's numbers; empty while it is being started again.
    private String sidecar() {
        return ProcessTree.status(outside(), "NSpid").replaceAll(".*\t", "");
    }

    private String seenFromOutside() {
        return Long.toString(outside());
    }

    private long outside() {
        long init = Long.parseLong(there().tell("init", "pod").value());
        return ProcessTree.children(init).stream()
                .filter(pid -> read(Path.of("/proc/" + pid + "/cmdline")).startsWith("sleep"))
                .findFirst()
                .orElse(0L);
    }

    private String opening(String file) {
        return "for p in "
                + sidecar()
                + " "
                + seenFromOutside()
                + "; do (exec 3</proc/$p/"
                + file
                + " && echo opened) 2>/dev/null; done; true";
    }

    /// A condition that becomes true within ten seconds.
    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException _) {
            return "";
        }
    }
}
