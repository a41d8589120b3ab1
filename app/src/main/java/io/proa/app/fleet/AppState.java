package io.proa.app.fleet;

/// How an application is.
public enum AppState {
    /// Not there yet.
    STARTING,
    RUNNING,
    /// It runs, but its health check fails.
    UNHEALTHY,
    /// It ended and will be started again.
    PAUSED,
    /// It ended and stays so.
    ENDED,
    /// It was told to end.
    STOPPED
}
