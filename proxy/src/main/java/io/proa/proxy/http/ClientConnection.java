package io.proa.proxy.http;

import io.proa.formats.Flaw;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Burden;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.traffic.Reason;
import io.proa.traffic.Service;
import io.proa.traffic.Timeout;
import java.io.IOException;

/// A client's HTTP/1.1 connection: how requests take turns on it, how long it may be silent, and
/// how it ends. What belongs to the one request under way is its [ClientExchange].
///
/// Requests go through the stack one after the other, and their responses leave in the same order:
/// while one is under way the next stays unread behind it.
public final class ClientConnection implements LinkHandler, Burden {
    /// How patient a connection is.
    ///
    /// @param headNanos from a head's first byte to its last
    /// @param idleNanos between requests
    public record Patience(long headNanos, long idleNanos) {}

    private static final int MOST_READS = 4;

    /// How long a client that cannot be told has for one more request.
    private static final long LAST_REQUEST_NANOS = 1_000_000_000L;

    private final Link link;
    private final Loop loop;
    private final Service<ArrivedRequest, UpstreamResponse> service;
    private final ConnectionObserver observer;
    private final Patience patience;
    private final RequestInput input;
    private final ClientExchange turn;
    private final Timer timer = new Timer();

    /// Whether the client is a sidecar, which can tell an end in order from a broken one.
    private final boolean told;

    private long headSince;
    private boolean inputEnded;
    private boolean processing;
    private boolean draining;
    private boolean over;

    public ClientConnection(
            Link link,
            HttpTools tools,
            Arrival arrival,
            Service<ArrivedRequest, UpstreamResponse> service,
            ConnectionObserver observer,
            Patience patience) {
        this.link = link;
        this.loop = link.loop();
        this.service = service;
        this.observer = observer;
        this.patience = patience;
        this.told = arrival.peer() != null;
        this.input =
                new RequestInput(
                        link, tools, arrival.peer() == null ? tools.limits : tools.meshLimits);
        this.turn = new ClientExchange(this, input, link, tools, arrival, observer);
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            timedOut();
        }
    }

    /// The one timer, for whatever the connection waits for: a head, the next request, the deadline
    /// of an exchange.
    ///
    /// @param nanos 0 = nothing is awaited
    void await(long nanos) {
        if (nanos > 0) {
            loop.schedule(timer, nanos);
        } else {
            timer.cancel();
        }
    }

    /// Takes the link over, with what has been read from it already.
    public void start() {
        link.handler(this);
        loop.carry(this);
        await(patience.idleNanos());
        if (link.in != null) {
            process();
        }
        if (!over) {
            link.resumeRead();
        }
    }

    @Override
    public void readable() {
        try {
            for (int i = 0; i < MOST_READS; i++) {
                int n = link.fill();
                if (n < 0) {
                    ended();
                    return;
                }
                if (n > 0) {
                    process();
                }
                if (n == 0 || over || !link.reads() || !link.hasBuffered()) {
                    return;
                }
            }
            // The others' turn.
            link.readBuffered();
        } catch (IOException e) {
            broken(e);
        }
    }

    /// Requests in turn, as far as the input goes; an exchange that ends within calls back in here
    /// and is not entered twice.
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (!over && !turn.underWay() && link.in != null && link.canWrite()) {
                if (!beginNext()) {
                    break;
                }
            }
        } finally {
            processing = false;
        }
        if (over) {
            return;
        }
        if (turn.underWay()) {
            turn.pumpRequest();
        } else if (inputEnded && link.canWrite()) {
            // Nothing will complete what is left.
            end();
        } else {
            // A client that does not read its responses is not read either.
            link.wantRead(!inputEnded && (link.canWrite() || link.in == null));
        }
    }

    /// @return whether a head was complete and its exchange begun
    private boolean beginNext() {
        boolean begun = input.headBegun();
        MessageHead head;
        try {
            head = input.readHead();
        } catch (MalformedHead e) {
            refuse(reason(e.flaw()), e.flaw().sentence());
            return false;
        }
        if (head == null) {
            if (!begun && input.headBegun()) {
                headSince = loop.now();
                await(patience.headNanos());
            }
            return false;
        }
        if (loop.slabs().isShedding()) {
            refuse(Reason.SHED, "no new work is begun for now");
            return false;
        }
        timer.cancel();
        service.apply(new ArrivedRequest(turn.begin(head)), turn);
        return true;
    }

    private void refuse(Reason reason, String detail) {
        turn.refuse(reason, detail);
        end();
    }

    private void ended() {
        inputEnded = true;
        link.wantRead(false);
        if (turn.underWay()) {
            turn.inputEnded();
        } else {
            process();
        }
    }

    boolean inputEnded() {
        return inputEnded;
    }

    /// Records a request of which no more than its flaw is known, where there is no connection of
    /// its own.
    public static void malformed(
            Loop loop, Arrival arrival, ConnectionObserver observer, Flaw flaw) {
        ClientExchange.malformed(loop, arrival, observer, reason(flaw), flaw.sentence());
    }

    /// Like the other, for what is wrong with a connection as a whole.
    public static void malformed(
            Loop loop, Arrival arrival, ConnectionObserver observer, Reason reason, String why) {
        ClientExchange.malformed(loop, arrival, observer, reason, why);
    }

    private static Reason reason(Flaw flaw) {
        return flaw.status() == Reason.HEAD_TOO_LARGE.status()
                ? Reason.HEAD_TOO_LARGE
                : Reason.BAD_REQUEST;
    }

    private void timedOut() {
        if (turn.underWay()) {
            turn.timedOut();
        } else if (input.headBegun()) {
            refuse(Reason.IDLE_TIMEOUT, "the request's head did not arrive in time");
        } else {
            end();
        }
    }

    /// The connection is free for its next request.
    void next() {
        if (!input.headBegun()) {
            await(patience.idleNanos());
        }
        link.settle();
        link.wantRead(!inputEnded);
        process();
        if (!over && !turn.underWay() && !inputEnded) {
            link.readBuffered();
        }
    }

    @Override
    public void writable() {
        if (turn.underWay()) {
            turn.writable();
        } else {
            next();
        }
    }

    @Override
    public void broken(IOException cause) {
        if (over) {
            return;
        }
        if (turn.underWay()) {
            turn.gone(String.valueOf(cause.getMessage()));
        } else {
            abort();
        }
    }

    /// Ends after the exchange under way, where there is one. A sidecar is told by the end itself
    /// that nothing behind it is processed; any other client may be sending its next request
    /// already, and gets that answered, with the word that it is the last.
    public void drain() {
        draining = true;
        if (turn.underWay() || over) {
            return;
        }
        if (told) {
            end();
        } else if (!input.headBegun()) {
            await(LAST_REQUEST_NANOS);
        }
    }

    boolean draining() {
        return draining;
    }

    @Override
    public long quietSince() {
        if (over) {
            return Long.MAX_VALUE;
        }
        return turn.underWay() ? turn.lastMoved() : input.headBegun() ? headSince : Long.MAX_VALUE;
    }

    @Override
    public void shed() {
        if (turn.underWay()) {
            turn.shed();
        } else if (input.headBegun()) {
            refuse(Reason.SHED, "the request's head did not come to its end");
        }
    }

    /// Ends between requests. One that is on its way here meets an orderly end, which says that it
    /// was not processed, and no reset.
    void end() {
        over();
        link.closeLingering();
    }

    void abort() {
        over();
        link.abort();
    }

    /// Like [#abort()], for what happened at the endpoint.
    void abort(IOException cause) {
        over();
        link.abort(cause);
    }

    boolean isOver() {
        return over;
    }

    /// Nothing is served any more, whoever has the link now.
    void over() {
        if (!over) {
            over = true;
            timer.cancel();
            loop.putDown(this);
            observer.closed(this);
        }
    }
}
