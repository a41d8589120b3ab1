package io.proa.host;

import java.io.IOException;

/// A home in which programs are started, rather than one that a running program had.
public sealed interface AppHome extends Home permits Pod, LoopbackPod {
    /// Starts an application beside the sidecar, in a session of its own unless it shares this
    /// process' terminal. What it has left running when it ends is killed.
    ///
    /// @return its end, exit code (128 + signal where one ended it), streams and signals are the
    ///   application's own; exit code 127 is "not found", 126 "not executable", 69 "could not be
    ///   prepared"
    Process startApp(Pod.Start start) throws IOException;
}
