package io.proa.control.intent;

/// Whether an application that has ended is started again, as in a Kubernetes pod.
public enum RestartPolicy {
    ALWAYS("Always"),
    /// Only where its exit code was not 0.
    ON_FAILURE("OnFailure"),
    NEVER("Never");

    private final String word;

    RestartPolicy(String word) {
        this.word = word;
    }

    /// As it is written in documents.
    public String word() {
        return word;
    }

    /// Whether one that has ended is started again.
    ///
    /// @param exitCode how it ended
    public boolean after(int exitCode) {
        return switch (this) {
            case ALWAYS -> true;
            case ON_FAILURE -> exitCode != 0;
            case NEVER -> false;
        };
    }
}
