package io.proa.app.fleet;

/// Whether an application that ended is started again; the words are those of Kubernetes.
public enum RestartPolicy {
    ALWAYS,
    ON_FAILURE,
    NEVER;

    /// @param exitCode how it ended
    boolean after(int exitCode) {
        return switch (this) {
            case ALWAYS -> true;
            case ON_FAILURE -> exitCode != 0;
            case NEVER -> false;
        };
    }
}
