package io.proa.proxy.http2;

import io.proa.traffic.Timeout;
import java.util.ArrayDeque;

/// The requests of a client that does not take the answers it has: they wait, since each of them
/// would hold a window's worth of an answer more, at the cost of everybody else's memory. A
/// connection of HTTP/1.1 is bounded in the same way by having one answer at a time. Loop-confined.
///
/// A client may have its reasons, and need another answer before it takes those: so one request
/// goes on every now and then, slowly enough for `Relief` to find the answers that nobody takes.
final class Admission extends Timeout {
    /// What the answers that one client does not take may hold, of all there is.
    private static final int SHARE = 4;

    private static final int LEAST = 4;
    private static final long ANYWAY_NANOS = 50_000_000L;

    private final Session session;
    private final long most;
    private final ArrayDeque<Lane> waiting = new ArrayDeque<>();
    private boolean soon;

    Admission(Session session) {
        this.session = session;
        long memory = session.loop.slabs().limit();
        this.most = Math.max(LEAST, memory / SHARE / Session.STREAM_WINDOW);
    }

    /// A request has come. Where it may not go on now, its text is not shown to its owner before
    /// its turn.
    void request(Lane lane) {
        if (waiting.isEmpty() && session.outgoing.stalled() < most) {
            session.outgoing.begun(lane);
            return;
        }
        lane.defer();
        waiting.addLast(lane);
        if (!armed()) {
            session.loop.schedule(this, ANYWAY_NANOS);
        }
    }

    /// Some answer goes on again, or has come to its end.
    void look() {
        if (!waiting.isEmpty() && !soon) {
            soon = true;
            session.loop.execute(this::admit);
        }
    }

    private void admit() {
        soon = false;
        while (session.outgoing.stalled() < most && next()) {
            // The next.
        }
    }

    /// @return false where nobody waits
    private boolean next() {
        for (Lane lane = waiting.pollFirst(); lane != null; lane = waiting.pollFirst()) {
            if (lane.stream != 0 && !lane.isClosed()) {
                session.outgoing.begun(lane);
                lane.admit();
                return true;
            }
        }
        return false;
    }

    @Override
    protected void expired(long nowNanos) {
        if (next() && !waiting.isEmpty()) {
            session.loop.schedule(this, ANYWAY_NANOS);
        }
    }

    /// The session is over, and its lanes are.
    void release() {
        cancel();
        waiting.clear();
    }
}
