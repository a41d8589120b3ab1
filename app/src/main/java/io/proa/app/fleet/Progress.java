package io.proa.app.fleet;

/// Who is told how far a start has come, and later what happened to the running fleet.
@FunctionalInterface
public interface Progress {
    /// @param sentence without a full stop
    void say(String sentence);
}
