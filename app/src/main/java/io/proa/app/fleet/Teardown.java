package io.proa.app.fleet;

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

    private final Deque<Named> steps = new ArrayDeque<>();
    private final List<String> failures = new ArrayList<>();
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

    private synchronized @Nullable Named pop() {
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
