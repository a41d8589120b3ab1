package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A local pod: what Kubernetes calls so, made of anonymous namespaces on this machine.
///
/// Its processes share a network with two addresses, names, and nothing else of the fleet's. Made
/// by [FleetNetwork#addPod]. Safe for use by several threads, one of which closes it.
public final class Pod implements AppHome, AutoCloseable {
    private final PodSpec spec;
    private final Namespace namespace;
    private final SetupProcess setup;
    private final FleetNetwork.Settings settings;

    Pod(PodSpec spec, Namespace namespace, SetupProcess setup, FleetNetwork.Settings settings) {
        this.spec = spec;
        this.namespace = namespace;
        this.setup = setup;
        this.settings = settings;
    }

    @Override
    public String name() {
        return spec.name();
    }

    /// Process 1 of the pod as seen from outside; whoever has the power enters by it (`nsenter
    /// --target PID --net`).
    @Override
    public long initPid() {
        return namespace.initPid();
    }

    /// Whether the pod, though not necessarily a process in it, is there.
    @Override
    public boolean isAlive() {
        return namespace.isAlive();
    }

    /// Turns the pod's connections to its sidecar, which must listen by now. At most once.
    @Override
    public void applyRedirect(RedirectRules rules) throws IOException {
        synchronized (setup) {
            try {
                setup.run(String.join(" ", rules.command()));
            } catch (IOException e) {
                throw new IOException("redirect rules of pod " + name() + ": " + e.getMessage(), e);
            } finally {
                setup.close();
            }
        }
    }

    /// What to start.
    ///
    /// @param environment added to this process' own
    /// @param input where standard input comes from
    /// @param output where standard output goes
    /// @param errors where standard error goes
    public record Start(
            List<String> command,
            Map<String, String> environment,
            Path workingDirectory,
            ProcessBuilder.Redirect input,
            ProcessBuilder.Redirect output,
            ProcessBuilder.Redirect errors) {
        public Start {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /// It runs without capabilities or a way to gain any, as the pod's user (or the caller, see
    /// [PodSettings]), in process, mount and, for a caller, user namespaces of its own: it sees
    /// neither the sidecar nor the fleet's run directory. It may listen on every port.
    @Override
    public Process startApp(Start start) throws IOException {
        List<String> command = new ArrayList<>();
        if (!start.input().equals(ProcessBuilder.Redirect.INHERIT)) {
            command.add("setsid");
        }
        command.addAll(namespace.entrance(false));
        command.addAll(becoming(start));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectInput(start.input())
                        .redirectOutput(start.output())
                        .redirectError(start.errors());
        builder.environment().putAll(start.environment());
        return ApplicationProcess.startedBy(builder.start());
    }

    /// The command by which another process, outside the user namespace of this one where this one
    /// is in one, becomes an application as [#startApp] makes them, by execve(2): on its own
    /// terminal, in its own process group. It may be root, or the caller. It stays as the parent
    /// that ends as the application does; when it is killed, the application lives on until the pod
    /// is closed.
    ///
    /// @param start its redirects and environment are for the other process to arrange
    public List<String> enter(Start start) {
        List<String> command = new ArrayList<>(namespace.entrance(caller() != null));
        command.addAll(becoming(start));
        return command;
    }

    private PodSpec.@Nullable User caller() {
        return settings.pods().caller();
    }

    /// What `app-start.sh` is to be told.
    private List<String> becoming(Start start) {
        PodSpec.User user = caller() == null ? spec.user() : caller();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("sh", settings.script(PodScript.APP_START).toString(), "enter"));
        command.add(user == null ? "-" : Integer.toString(user.uid()));
        command.add(user == null ? "-" : Integer.toString(user.gid()));
        command.add(caller() == null ? "-" : "mapped");
        // The run directory first: it may lie in one of the others.
        List<Path> hidden = new ArrayList<>(List.of(settings.runDirectory()));
        hidden.addAll(settings.pods().hidden());
        hidden.removeIf(directory -> !Files.isDirectory(directory));
        command.add(Integer.toString(hidden.size()));
        hidden.forEach(directory -> command.add(directory.toString()));
        command.add(start.workingDirectory().toAbsolutePath().toString());
        command.addAll(start.command());
        return command;
    }

    /// Starts a command in the pod as the user and with the power of this process: for captures and
    /// probes. Its streams are pipes.
    public Process exec(List<String> command) throws IOException {
        return ApplicationProcess.enteredBy(new ProcessBuilder(namespace.inside(command)).start());
    }

    /// Ends the applications, giving them the grace of [PodSettings], then the sidecar, giving it a
    /// second, then kills every process of the pod.
    @Override
    public void close() {
        setup.close();
        namespace.close();
    }

    /// The same with another grace, rounded to 50 ms. All the while the sidecar serves the
    /// applications.
    public void close(Duration grace) {
        setup.close();
        namespace.close(grace);
    }
}
