package io.proa.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A local pod: what Kubernetes calls so, made of anonymous namespaces on this machine.
///
/// Its processes share a network with two addresses, names, and nothing else of the fleet's. Made
/// by [FleetNetwork#addPod]. Safe for use by several threads, one of which closes it.
public final class Pod implements AutoCloseable {
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

    public String name() {
        return spec.name();
    }

    /// Process 1 of the pod as seen from outside; whoever has the power enters by it (`nsenter
    /// --target PID --net`).
    public long initPid() {
        return namespace.initPid();
    }

    /// Whether the pod, though not necessarily a process in it, is there.
    public boolean isAlive() {
        return namespace.isAlive();
    }

    /// Turns the pod's connections to its sidecar, which must listen by now. At most once.
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

    /// Starts an application in the pod: without capabilities or a way to gain any, as the pod's
    /// user, and unable to see the fleet's run directory. It may listen on every port.
    ///
    /// @return its end, exit code (128 + signal where one ended it), streams and signals are the
    ///   application's own; exit code 127 is "not found", 126 "not executable"
    public Process startApp(Start start) throws IOException {
        PodSpec.@Nullable User user = spec.user();
        List<String> command = new ArrayList<>();
        command.addAll(List.of("unshare", "--mount", "--", "sh"));
        command.add(settings.script(FleetNetwork.APP_START).toString());
        command.add(settings.runDirectory().toString());
        command.add(start.workingDirectory().toAbsolutePath().toString());
        command.add(user == null ? "-" : Integer.toString(user.uid()));
        command.add(user == null ? "-" : Integer.toString(user.gid()));
        command.addAll(start.command());
        ProcessBuilder builder =
                new ProcessBuilder(namespace.inside(command))
                        .redirectInput(start.input())
                        .redirectOutput(start.output())
                        .redirectError(start.errors());
        builder.environment().putAll(start.environment());
        return new ApplicationProcess(builder.start());
    }

    /// Starts a command in the pod as the user and with the power of this process: for captures and
    /// probes. Its streams are pipes.
    public Process exec(List<String> command) throws IOException {
        return new ApplicationProcess(new ProcessBuilder(namespace.inside(command)).start());
    }

    /// Ends the sidecar, giving it a second, then kills every process of the pod.
    @Override
    public void close() {
        setup.close();
        namespace.close();
    }
}
