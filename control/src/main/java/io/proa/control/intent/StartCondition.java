package io.proa.control.intent;

/// What must be true of another service before one that starts after it is started; of all its
/// replicas.
public enum StartCondition {
    /// Its process runs.
    STARTED,
    /// It accepts connections on its port: `healthy` where it has no health check.
    LISTENING,
    /// Its health check has succeeded.
    HEALTHY,
    /// It has ended with exit code 0.
    COMPLETED
}
