package io.proa.app.fleet;

import java.time.Duration;

/// Waiting for a condition in small steps, bounded.
final class Waiting {
    /// What is waited for; may throw to end the waiting at once.
    @FunctionalInterface
    interface Condition {
        boolean holds();
    }

    private Waiting() {}

    /// @return false when `patience` was over before the condition held
    static boolean until(Condition condition, Duration step, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(step);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
