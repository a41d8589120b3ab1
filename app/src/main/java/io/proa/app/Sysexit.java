package io.proa.app;

/// Exit codes, as `sysexits.h` names them; scripts can tell a wrong flag from a wrong file from a
/// missing program.
public enum Sysexit {
    OK(0),
    /// The work was done and the answer is no (`demo --once` whose numbers do not hold).
    NOT_OK(1),
    /// Wrong flags or arguments.
    USAGE(64),
    /// A document with mistakes in it.
    DATA(65),
    /// A file that is not there or cannot be read.
    NO_INPUT(66),
    /// A program, port or service that is needed is not to be had.
    UNAVAILABLE(69),
    /// A mistake of Proa itself.
    SOFTWARE(70),
    /// The operating system refused something.
    OS(71),
    /// An output file or folder cannot be made.
    CANT_CREATE(73),
    /// What was to be printed could not be.
    IO(74),
    /// Not allowed.
    NO_PERMISSION(77);

    private final int code;

    Sysexit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
