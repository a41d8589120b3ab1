package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Several steps at the same time, each on a virtual thread.
final class Together {
    /// One of them.
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }

    private Together() {}

    /// Waits for all, also when one fails, so that whatever was started is known to whoever undoes
    /// it.
    ///
    /// @throws Fault the first failure in the order of `tasks`
    static void run(List<Task> tasks) {
        List<FutureTask<@Nullable Void>> futures = new ArrayList<>();
        for (Task task : tasks) {
            FutureTask<@Nullable Void> future =
                    new FutureTask<>(() -> {
                        task.run();
                        return null;
                    });
            futures.add(future);
            Thread.ofVirtual().start(future);
        }
        @Nullable Fault failure = null;
        for (FutureTask<@Nullable Void> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                failure = failure == null ? fault(e.getCause()) : failure;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                failure =
                        failure == null
                                ? Fault.of(Sysexit.UNAVAILABLE, "interrupted while starting", "")
                                : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static Fault fault(@Nullable Throwable cause) {
        return switch (cause) {
            case Fault fault -> fault;
            case java.io.IOException refused ->
                    Fault.of(Sysexit.UNAVAILABLE, String.valueOf(refused.getMessage()), "");
            case RuntimeException mistake -> throw mistake;
            case null, default -> throw new IllegalStateException(cause);
        };
    }
}
