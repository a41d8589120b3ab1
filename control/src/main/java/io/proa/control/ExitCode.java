package io.proa.control;

/// The codes of sysexits.h that a control plane ends with.
final class ExitCode {
    static final int OK = 0;
    static final int USAGE = 64;
    static final int DATA = 65;
    static final int NO_INPUT = 66;
    static final int UNAVAILABLE = 69;
    static final int IO_ERROR = 74;
    static final int CONFIG = 78;

    private ExitCode() {}
}
