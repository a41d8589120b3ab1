package io.proa.sidecar;

/// The snapshot or identity given cannot be used.
final class BadSource extends Exception {
    private static final long serialVersionUID = 1;

    BadSource(String message) {
        super(message, null, false, false);
    }
}
