package io.proa.app.fleet;

import java.time.Duration;

/// An application at one moment.
///
/// @param restarts how often it was started again
/// @param exitCode of its last life; 0 before the first has ended
/// @param pid as seen from outside its pod; 0 while it is not running
/// @param age in its present state
public record AppFacts(AppState state, int restarts, int exitCode, long pid, Duration age) {
    /// Of a pod whose application is still to be started.
    static final AppFacts NONE = new AppFacts(AppState.STARTING, 0, 0, 0, Duration.ZERO);
}
