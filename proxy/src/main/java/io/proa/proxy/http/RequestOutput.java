package io.proa.proxy.http;

import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import java.io.IOException;

/// How far a request has gone to its endpoint: the head, then what earlier attempts had sent of the
/// body, then the body as it comes from the client.
///
/// The order is what it keeps: nothing of the body leaves before the head and the repeated part are
/// out, and nothing more leaves once the endpoint has stopped to take it.
final class RequestOutput {
    private int headSent;
    private int replaySent;
    private boolean caughtUp;
    private boolean refused;

    void begin() {
        headSent = 0;
        replaySent = 0;
        caughtUp = false;
        refused = false;
    }

    /// Sends what can be sent now of the head and of what has to be repeated.
    ///
    /// @param announce whether the other end is a sidecar, see [Exchange#requestHead]
    /// @return whether all of that is out, so that the body may follow
    boolean send(Link to, Exchange of, boolean announce, int attempt, long now) throws IOException {
        // Once its first byte is out the head stays as it is.
        Slab head = headSent == 0 ? of.requestHead(announce, attempt, now) : of.requestHead();
        while (headSent < head.tail) {
            int n = to.write(head, headSent, head.tail);
            if (n == 0) {
                return false;
            }
            of.sending();
            headSent += n;
        }
        Slab replay = of.replay();
        if (replay != null) {
            while (replaySent < replay.tail) {
                int n = to.write(replay, replaySent, replay.tail);
                if (n == 0) {
                    return false;
                }
                replaySent += n;
            }
        }
        caughtUp = true;
        return true;
    }

    /// Whether anything has left, so that the endpoint may have worked on it.
    boolean begun() {
        return headSent > 0;
    }

    /// Whether only the client's own bytes are still to come.
    boolean caughtUp() {
        return caughtUp;
    }

    /// The endpoint takes no more.
    void refuse() {
        refused = true;
    }

    boolean refused() {
        return refused;
    }

    /// Whether the client's body bytes may follow. Never behind a head that was answered before all
    /// of it had gone out.
    boolean takesBody() {
        return caughtUp && !refused;
    }
}
