package io.proa.proxy.http;

import io.proa.traffic.Failure;

/// Whatever an exchange is waiting for right now: a connection, a response, the end of a backoff.
public interface Cancellable {
    /// Stops waiting and answers with `why`.
    void cancel(Failure why);

    /// Whether only time has to pass, and no answer is on its way.
    default boolean pausing() {
        return false;
    }
}
