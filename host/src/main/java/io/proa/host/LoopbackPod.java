package io.proa.host;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A pod without namespaces: a sidecar and applications as plain processes that share the machine's
/// network (explicit mode). Nothing turns their connections, and nothing keeps an application from
/// what its user may do.
///
/// They are held together by a variable that all processes of an application inherit, so that also
/// those are found that have left its session (`loopback-pod.sh`). Made by [LoopbackPods#addPod].
/// Safe for use by several threads, one of which closes it.
public final class LoopbackPod implements AppHome, AutoCloseable {
    /// The variable by which the processes of a pod are known.
    public static final String MARK = "PROA_POD";

    private static final long SWEEP_SECONDS = 5;

    private final String name;
    private final PodSpec.@Nullable User user;
    private final Path script;
    private final String mark;
    private final HelperProcess keeper;
    private final AtomicInteger started = new AtomicInteger();

    /// A pod to be made.
    ///
    /// @param name unique in the fleet
    /// @param sidecar its sidecar, which is started again whenever it ends
    /// @param user whom applications run as, which is for root to choose; null = the user of this
    ///   process
    public record Spec(String name, PodSpec.Sidecar sidecar, PodSpec.@Nullable User user) {}

    private LoopbackPod(Spec spec, Path script, String mark, HelperProcess keeper) {
        this.name = spec.name();
        this.user = spec.user();
        this.script = script;
        this.mark = mark;
        this.keeper = keeper;
    }

    /// @param grace how long applications may take to end when this process dies
    static LoopbackPod start(Spec spec, Path script, Duration grace, Duration patience)
            throws IOException {
        String mark =
                spec.name()
                        + "."
                        + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        List<String> command = new ArrayList<>();
        // In a session of its own: what a terminal sends to this process' group is not meant for
        // it.
        command.addAll(List.of("setsid", "sh", script.toString(), "keep", spec.name(), mark));
        command.add(Long.toString(grace.toMillis()));
        command.addAll(spec.sidecar().command());
        Path log = spec.sidecar().log();
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectError(
                                log == null
                                        ? ProcessBuilder.Redirect.INHERIT
                                        : ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(spec.sidecar().environment());
        HelperProcess keeper = HelperProcess.start(builder);
        try {
            String word = keeper.next(patience);
            if (!word.equals("ready")) {
                throw new IOException("its keeper said '" + word + "'");
            }
            keeper.tell(spec.sidecar().token());
            return new LoopbackPod(spec, script, mark, keeper);
        } catch (IOException e) {
            keeper.close();
            throw new IOException("pod " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long initPid() {
        return keeper.process().pid();
    }

    @Override
    public boolean isAlive() {
        return keeper.process().isAlive();
    }

    /// Does nothing: here nothing can be turned.
    @Override
    public void applyRedirect(RedirectRules rules) {}

    @Override
    public Process startApp(Pod.Start start) throws IOException {
        List<String> command = new ArrayList<>();
        if (!start.input().equals(ProcessBuilder.Redirect.INHERIT)) {
            command.add("setsid");
        }
        command.addAll(List.of("sh", script.toString(), "app"));
        command.add(mark + "." + started.incrementAndGet());
        command.add(user == null ? "-" : Integer.toString(user.uid()));
        command.add(user == null ? "-" : Integer.toString(user.gid()));
        command.addAll(start.command());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(start.workingDirectory().toFile())
                        .redirectInput(start.input())
                        .redirectOutput(start.output())
                        .redirectError(start.errors());
        builder.environment().putAll(start.environment());
        return ApplicationProcess.enteredBy(builder.start());
    }

    /// The value of [#MARK] for a process that becomes an application of this pod by itself. It is
    /// killed with the pod, and so is what it starts.
    public String markOfGuest() {
        return mark + ".guest";
    }

    /// Ends the applications, giving them the grace that it was made with, then the sidecar, then
    /// kills every process of the pod.
    @Override
    public void close() {
        close(Duration.ZERO, false);
    }

    /// The same with another grace, rounded to 50 ms. All the while the sidecar serves the
    /// applications.
    public void close(Duration grace) {
        close(grace, true);
    }

    private void close(Duration grace, boolean told) {
        if (told) {
            try {
                keeper.tell("grace " + grace.toMillis());
            } catch (IOException _) {
                // it has ended already
            }
        }
        keeper.close(grace);
        sweep();
    }

    /// Where the keeper was killed nobody else has done it.
    private void sweep() {
        try {
            Process sweeping =
                    new ProcessBuilder("sh", script.toString(), "end", mark)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!sweeping.waitFor(SWEEP_SECONDS, TimeUnit.SECONDS)) {
                sweeping.destroyForcibly();
            }
        } catch (IOException _) {
            // The machine has no process left to give; the keeper has had its turn.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
