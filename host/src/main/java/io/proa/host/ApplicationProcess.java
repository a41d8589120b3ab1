package io.proa.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process inside a pod, handled as if it were a direct child.
///
/// The direct child is `nsenter`, which waits outside for the process inside and ends as that does,
/// but does not pass signals on; so they are sent to the process inside itself. Whoever stops that
/// by SIGSTOP must continue both: `nsenter` stops itself along with it.
final class ApplicationProcess extends Process {
    private static final Duration START = Duration.ofSeconds(1);

    private final Process entrance;

    ApplicationProcess(Process entrance) {
        this.entrance = entrance;
    }

    /// The process inside, or the entrance as long as there is none.
    private ProcessHandle target() {
        long deadline = System.nanoTime() + START.toNanos();
        while (entrance.isAlive() && System.nanoTime() - deadline < 0) {
            Optional<ProcessHandle> inside = entrance.children().findFirst();
            if (inside.isPresent()) {
                return inside.get();
            }
            Thread.onSpinWait();
        }
        return entrance.toHandle();
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
