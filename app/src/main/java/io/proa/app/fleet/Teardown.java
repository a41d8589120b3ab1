package io.proa.app.fleet;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What has been started, to be undone in reverse order, once, whoever asks first: the end of the
/// command, a failed start or Ctrl-C. One step that fails does not keep the others from being
/// undone.
public final class Teardown implements AutoCloseable {
    /// One thing to undo.
    @FunctionalInterface
    public interface Step {
        void undo() throws Exception;
    }

    private record Named(String what, Step step) {}

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long STEP_MILLIS = 100;

    private final Deque<Named> steps = new ArrayDeque<>();
    private final List<String> failures = new ArrayList<>();
    private boolean starting;
    private boolean closed;
    private boolean done;

    /// Remembers how to undo what has just been started. Once undoing has begun, what comes late is
    /// undone at once and the start is told to stop.
    ///
    /// @throws IllegalStateException when undoing has begun
    public void add(String what, Step step) {
        synchronized (this) {
            if (!closed) {
                steps.push(new Named(what, step));
                return;
            }
        }
        undo(new Named(what, step));
        throw new IllegalStateException("stopping: " + what + " came too late");
    }

    /// From now on a start is on its way in another thread than that which may close this. What was
    /// added first, and all else stands on, is undone when the start has come to its end.
    ///
    /// @throws IllegalStateException when undoing has begun
    synchronized void starting() {
        if (closed) {
            throw new IllegalStateException("stopping: nothing is started any more");
        }
        starting = true;
    }

    /// The start has come to its end, a good or a bad one.
    synchronized void started() {
        starting = false;
        notifyAll();
    }

    /// Whether undoing has begun.
    public synchronized boolean closing() {
        return closed;
    }

    /// Undoes everything; the second caller waits until the first has finished.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                awaitDone();
                return;
            }
            closed = true;
        }
        for (Named next = pop(); next != null; next = pop()) {
            undo(next);
        }
        synchronized (this) {
            done = true;
            notifyAll();
        }
    }

    /// What could not be undone, one sentence each.
    public synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    private void awaitDone() {
        boolean interrupted = false;
        synchronized (this) {
            while (!done) {
                try {
                    wait();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Bounded: whoever pressed Ctrl-C does not wait for a start that does not notice.
    private synchronized void awaitStarted() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (starting && System.nanoTime() < deadline) {
                wait(STEP_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Named pop() {
        if (steps.size() <= 1) {
            awaitStarted();
        }
        return steps.poll();
    }

    private void undo(Named named) {
        try {
            named.step().undo();
        } catch (Exception e) {
            synchronized (this) {
                failures.add(named.what() + ": " + e);
            }
        }
    }
}
