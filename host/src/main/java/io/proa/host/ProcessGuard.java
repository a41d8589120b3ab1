package io.proa.host;

/// Protects the memory of a process that holds keys.
public final class ProcessGuard {
    private static final int PR_SET_DUMPABLE = 4;

    private ProcessGuard() {}

    /// Forbids core dumps and attaching, also to processes of the same user without CAP_SYS_PTRACE;
    /// the files below `/proc/self` become root's (prctl(2), PR_SET_DUMPABLE). Lasts until the next
    /// `exec`.
    ///
    /// @return false where the kernel refused
    public static boolean forbidInspection() {
        return CLibrary.call(CLibrary.PRCTL, PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    }
}
