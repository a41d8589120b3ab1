package io.proa.sidecar;

/// The command line cannot be understood: what was seen, what was expected.
final class UsageProblem extends Exception {
    private static final long serialVersionUID = 1;

    UsageProblem(String message) {
        super(message, null, false, false);
    }
}
