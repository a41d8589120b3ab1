package io.proa.app;

import io.proa.host.NamespaceSupport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How an ordinary user gets the power to make pods: the same command once more, as "root" of a
/// user namespace of its own (user_namespaces(7)). A JVM cannot enter one itself, so it starts
/// `unshare` and waits.
public final class UserNamespace {
    /// Set for the inner command, which must not try again.
    private static final String INSIDE = "PROA_INSIDE_USER_NAMESPACE";

    private static final List<String> ENTER = List.of("unshare", "--user", "--map-root-user");

    private UserNamespace() {}

    /// Whether the command has to be run again inside: it lacks the power itself and is not inside
    /// yet.
    public static boolean needed(Map<String, String> environment) {
        return !environment.containsKey(INSIDE) && NamespaceSupport.obstacle().isPresent();
    }

    /// Runs `bin/proa` with `args` inside, on this terminal, and ends as it ends.
    ///
    /// @return its exit code
    /// @throws Fault with the setting that forbids it
    public static int run(Installation installation, List<String> args) {
        refuseWhereForbidden();
        List<String> command = new ArrayList<>(ENTER);
        // The inner command is told when this one is killed (prctl(2), PR_SET_PDEATHSIG).
        command.addAll(List.of("setpriv", "--pdeathsig", "TERM", "--"));
        command.add(installation.program("proa").toString());
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(INSIDE, "1");
        return wait(builder, command);
    }

    /// How to start `bin/proa` with `args` so that it has the power to make pods and outlives this
    /// process: in a session of its own, and inside where that is needed.
    ///
    /// @throws Fault with the setting that forbids it
    public static ProcessBuilder detached(
            Installation installation, List<String> args, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of("setsid"));
        boolean inside = needed(environment);
        if (inside) {
            refuseWhereForbidden();
            command.addAll(ENTER);
            command.add("--");
        }
        command.add(installation.program("proa").toString());
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command);
        if (inside) {
            builder.environment().put(INSIDE, "1");
        }
        return builder;
    }

    private static int wait(ProcessBuilder builder, List<String> command) {
        try {
            Process inner = builder.start();
            SignalHook.set(() -> end(inner));
            return inner.waitFor();
        } catch (IOException e) {
            throw Fault.of(
                    Sysexit.OS,
                    "cannot run " + command.getFirst() + ": " + e.getMessage(),
                    "install util-linux");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Sysexit.OS.code();
        }
    }

    private static void end(Process inner) {
        inner.destroy();
        try {
            inner.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void refuseWhereForbidden() {
        List<String> probe = new ArrayList<>(ENTER);
        // As pods need it: a /proc of one's own is refused where this one is partly covered.
        probe.addAll(List.of("--net", "--mount", "--pid", "--fork", "--mount-proc", "true"));
        String said;
        try {
            Process process = new ProcessBuilder(probe).redirectErrorStream(true).start();
            said =
                    new String(
                                    process.getInputStream().readNBytes(500),
                                    java.nio.charset.StandardCharsets.UTF_8)
                            .strip();
            if (process.waitFor() == 0) {
                return;
            }
        } catch (IOException _) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "the program 'unshare' is in no folder of PATH; pods are made with it",
                    "install util-linux; nothing has been started");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            said = "interrupted";
        }
        throw Fault.of(
                Sysexit.NO_PERMISSION,
                "pods need network namespaces, and this user may not make them ("
                        + said.lines().findFirst().orElse("no reason given")
                        + ")",
                ForbiddenNamespaces.remedy(said)
                        + ". Without namespaces: proa run --explicit, proa up --explicit");
    }
}
