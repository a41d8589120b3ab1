package io.proa.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A process inside a pod, handled as if it were a direct child.
///
/// The direct child, the *entrance*, waits outside for the process inside and ends as that does,
/// but does not pass signals on; so they are sent to the process inside itself.
final class ApplicationProcess extends Process {
    private static final Duration START = Duration.ofSeconds(10);
    private static final long STEP_MILLIS = 1;

    private final Process entrance;
    private final LongFunction<Optional<Long>> way;
    private volatile @Nullable ProcessHandle inside;

    private ApplicationProcess(Process entrance, LongFunction<Optional<Long>> way) {
        this.entrance = entrance;
        this.way = way;
    }

    /// Of `nsenter`, which forks once.
    static Process enteredBy(Process nsenter) {
        return new ApplicationProcess(nsenter, ProcessTree::child);
    }

    /// Of `app-start.sh enter`.
    static Process startedBy(Process script) {
        return new ApplicationProcess(script, ApplicationProcess::application);
    }

    /// Entrance, `between`, process 1 of the application's namespace, the application. Process 1
    /// has other children only before it gives up its power, and orphans after.
    private static Optional<Long> application(long entrance) {
        return ProcessTree.child(entrance)
                .flatMap(ProcessTree::child)
                .filter(pid -> ProcessTree.status(pid, "NoNewPrivs").equals("1"))
                .flatMap(ProcessTree::child);
    }

    /// The process inside; the entrance where that has ended before there was any.
    private ProcessHandle target() {
        ProcessHandle known = inside;
        long deadline = System.nanoTime() + START.toNanos();
        while (known == null && entrance.isAlive() && System.nanoTime() - deadline < 0) {
            known = way.apply(entrance.pid()).flatMap(ProcessHandle::of).orElse(null);
            if (known == null && !pause()) {
                break;
            }
        }
        inside = known;
        return known == null ? entrance.toHandle() : known;
    }

    private static boolean pause() {
        try {
            Thread.sleep(STEP_MILLIS);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return entrance.getOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return entrance.getInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return entrance.getErrorStream();
    }

    @Override
    public int waitFor() throws InterruptedException {
        return entrance.waitFor();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        return entrance.waitFor(timeout, unit);
    }

    @Override
    public int exitValue() {
        return entrance.exitValue();
    }

    @Override
    public boolean isAlive() {
        return entrance.isAlive();
    }

    /// Sends SIGTERM.
    @Override
    public void destroy() {
        target().destroy();
    }

    /// Sends SIGKILL.
    @Override
    public Process destroyForcibly() {
        target().destroyForcibly();
        return this;
    }

    @Override
    public boolean supportsNormalTermination() {
        return true;
    }

    /// The number of the process inside, as seen from outside.
    @Override
    public long pid() {
        return target().pid();
    }

    @Override
    public ProcessHandle toHandle() {
        return target();
    }

    @Override
    public ProcessHandle.Info info() {
        return target().info();
    }

    @Override
    public Stream<ProcessHandle> children() {
        return target().children();
    }

    @Override
    public Stream<ProcessHandle> descendants() {
        return target().descendants();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return entrance.onExit().thenApply(_ -> this);
    }

    @Override
    public String toString() {
        return "pod process by " + entrance;
    }
}
