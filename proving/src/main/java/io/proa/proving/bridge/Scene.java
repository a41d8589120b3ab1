package io.proa.proving.bridge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What every act of the proof needs.
///
/// @param hub on the bridge, where strangers stand
/// @param canary the word that applications and strangers say
/// @param work a folder for files
record Scene(BridgeFleet fleet, Commands.Place hub, String canary, Path work, Evidence evidence) {
    /// Begins something that takes a while.
    static <T> FutureTask<T> begin(Callable<T> act) {
        FutureTask<T> task = new FutureTask<>(act);
        Thread.ofVirtual().start(task);
        return task;
    }

    /// Its result.
    static <T> T join(FutureTask<T> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
