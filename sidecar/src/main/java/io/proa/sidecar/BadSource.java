package io.proa.sidecar;

/// The snapshot or identity given cannot be used.
final class BadSource extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean missing;

    private BadSource(String message, boolean missing) {
        super(message, null, false, false);
        this.missing = missing;
    }

    /// What is there is wrong.
    BadSource(String message) {
        this(message, false);
    }

    /// There is nothing that could be read.
    static BadSource missing(String message) {
        return new BadSource(message, true);
    }

    boolean isMissing() {
        return missing;
    }
}
