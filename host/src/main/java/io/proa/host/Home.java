package io.proa.host;

import java.io.IOException;

/// Where a program and its sidecar share a network: a pod made for them, the machine's own
/// (explicit mode), or the network that the program had.
public sealed interface Home permits AppHome, Attachment {
    String name();

    /// The parent of the sidecar, process 1 of its namespace where it has one, as seen from
    /// outside; whoever has the power enters the network by it (`nsenter --target PID --net`).
    long initPid();

    /// Whether all that was made is there, though not necessarily the program.
    boolean isAlive();

    /// Turns connections to the sidecar, which must listen by now. At most once.
    void applyRedirect(RedirectRules rules) throws IOException;
}
