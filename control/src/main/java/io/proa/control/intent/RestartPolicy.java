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
}
