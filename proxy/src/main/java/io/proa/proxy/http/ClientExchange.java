package io.proa.proxy.http;

import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Shed;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.tunnel.Tunnel;
import io.proa.traffic.Deadline;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The client's side of an exchange: sends the request's body on and the response back. One per
/// [ClientConnection], used again.
///
/// Every request gets one response, and what is incomplete never looks complete: a response that
/// has begun ends where its framing says, or the connection is reset. Whether another request may
/// follow is decided before the response's head leaves.
final class ClientExchange implements Reply<UpstreamResponse> {
    private final ClientConnection connection;
    private final Link link;
    private final Loop loop;
    private final HttpTools tools;
    private final Arrival arrival;
    private final ConnectionObserver observer;
    private final RequestInput input;
    private final ResponseOutput output;
    private @Nullable Exchange exchange;
    private long lastMoved;
    private boolean keepAlive = true;

    ClientExchange(
            ClientConnection connection,
            RequestInput input,
            Link link,
            HttpTools tools,
            Arrival arrival,
            ConnectionObserver observer) {
        this.connection = connection;
        this.input = input;
        this.link = link;
        this.loop = link.loop();
        this.tools = tools;
        this.arrival = arrival;
        this.observer = observer;
        this.output = new ResponseOutput(link, tools);
    }

    HttpTools tools() {
        return tools;
    }

    @Nullable Slab input() {
        return input.slab();
    }

    boolean underWay() {
        return exchange != null;
    }

    /// Begins an exchange for the request whose head has just been read.
    Exchange begin(MessageHead head) {
        ExchangeRecord record = record();
        record.headReadAt = loop.now();
        record.method = head.method().name();
        output.begin(head.version());
        keepAlive = head.keepAlive() && !connection.draining();
        lastMoved = loop.now();
        tools.requestEdits.clear();
        Exchange next = new Exchange(this, loop, record, arrival, head);
        exchange = next;
        return next;
    }

    private ExchangeRecord record() {
        return record(loop, arrival);
    }

    private static ExchangeRecord record(Loop loop, Arrival arrival) {
        ExchangeRecord record = new ExchangeRecord(arrival.direction(), loop.now());
        record.security = arrival.security();
        record.peer = arrival.peer() == null ? null : arrival.peer().id();
        record.remote = arrival.remote();
        return record;
    }

    /// A request that cannot be understood still is one: it has a record and an answer.
    void refuse(Reason reason, String detail) {
        malformed(loop, arrival, observer, reason, detail);
        output.answer(SidecarAnswer.of(reason, reason.code(), detail, true, false));
    }

    static void malformed(
            Loop loop, Arrival arrival, ConnectionObserver observer, Reason reason, String detail) {
        ExchangeRecord record = record(loop, arrival);
        record.method = "OTHER";
        record.reason = reason;
        record.detail = detail;
        record.status = reason.status();
        record.endedAt = loop.clock();
        observer.malformed(record);
    }

    /// Moves the body behind the head where all of it has arrived and is small.
    ///
    /// @return bytes moved
    int moveWholeBody(Slab head, int most) {
        int n = input.moveWholeBody(head, most);
        received(n);
        return n;
    }

    private void received(int n) {
        if (n > 0) {
            lastMoved = loop.now();
            Objects.requireNonNull(exchange).record.bytesReceived += n;
        }
    }

    /// Sends what there is of the request's body to the endpoint, as far as that takes it.
    void pumpRequest() {
        Exchange now = exchange;
        if (now == null) {
            return;
        }
        UpstreamExchange to = now.upstream;
        if (to != null && link.in != null && to.takesBody()) {
            try {
                received(input.pump(now, to.link()));
            } catch (MalformedHead e) {
                keepAlive = false;
                giveUp(now, Reason.BAD_REQUEST, e.flaw().sentence());
                return;
            } catch (IOException e) {
                to.writeFailed(e);
                return;
            }
        }
        if (!now.headWritten()) {
            // Nothing may come over it where it lies.
            link.wantRead(false);
            return;
        }
        link.settle();
        if (!input.wantsMore() || connection.inputEnded()) {
            link.wantRead(false);
        } else if (!link.reads()) {
            link.resumeRead();
        }
    }

    boolean requestComplete(Exchange of) {
        return exchange == of && input.done();
    }

    /// The client has ended its direction. One that has sent its whole request may still read: it
    /// gets the response that is on its way.
    void inputEnded() {
        Exchange now = Objects.requireNonNull(exchange);
        if (!input.arrived()) {
            gone("ended within the request");
        } else if (now.clientEnded()) {
            gone("ended while a retry was waited for");
        }
    }

    /// Nobody is there for the response any more.
    void gone(String how) {
        Exchange now = Objects.requireNonNull(exchange);
        now.record.detail = how;
        now.cancel(new Failure.Refused(Reason.CLIENT_GONE, how));
        if (exchange == now) {
            finish(now, Reason.CLIENT_GONE);
        }
        connection.abort();
    }

    /// Waits for the exchange's deadline or for the end of its patience, whichever is nearer. The
    /// latter is looked at again when it comes, not re-armed with every byte.
    void armTimer(Exchange of) {
        long wait = Long.MAX_VALUE;
        if (!of.deadline().equals(Deadline.NONE)) {
            wait = Math.max(0, of.deadline().remaining(loop.now()));
        }
        if (of.idleNanos() > 0) {
            wait = Math.min(wait, Math.max(0, lastMoved + of.idleNanos() - loop.now()));
        }
        if (wait != Long.MAX_VALUE) {
            connection.await(Math.max(1, wait));
        }
    }

    void timedOut() {
        Exchange now = Objects.requireNonNull(exchange);
        if (now.deadline().passed(loop.now())) {
            long millis = (loop.now() - now.record.startedAt) / 1_000_000;
            giveUp(now, Reason.DEADLINE, "after " + millis + " ms");
        } else if (now.idleNanos() > 0 && loop.now() - lastMoved >= now.idleNanos()) {
            // Whom we waited for decides what it is called.
            boolean client = !requestComplete(now) || now.responseStarted;
            String quiet = "no byte for " + now.idleNanos() / 1_000_000 + " ms";
            giveUp(now, client ? Reason.IDLE_TIMEOUT : Reason.DEADLINE, quiet);
        } else {
            armTimer(now);
        }
    }

    long lastMoved() {
        return lastMoved;
    }

    /// Memory is short, and nothing has moved for longer than elsewhere.
    void shed() {
        Exchange now = Objects.requireNonNull(exchange);
        long millis = (loop.now() - lastMoved) / 1_000_000;
        giveUp(now, Reason.SHED, "nothing moved for " + millis + " ms");
    }

    private void giveUp(Exchange now, Reason reason, String detail) {
        Failure why = new Failure.Refused(reason, detail);
        now.cancel(why);
        if (exchange == now) {
            failed(why);
        }
    }

    /// Whether a response, or a piece of one, may be written now.
    boolean canAnswer() {
        return link.canWrite();
    }

    @Override
    public void answered(UpstreamResponse response) {
        Exchange now = Objects.requireNonNull(exchange);
        now.responseStarted = true;
        MessageHead head = response.head();
        lastMoved = loop.now();
        now.record.status = head.status();
        if (response.fromSidecar()) {
            now.record.reason = PeerReason.of(head);
        }
        observer.responding(now);
        boolean tunnel = now.becomesTunnel(head.status());
        boolean endIsTold = output.frame(head);
        if (tunnel
                || connection.draining()
                || !endIsTold
                || head.status() >= 400 && !requestComplete(now)) {
            keepAlive = false;
        }
        Slab out = output.head(response, tunnel, keepAlive);
        int headLength = out.tail;
        now.releaseRequest();
        try {
            if (output.bodyAsItComes() && !tunnel) {
                response.bodyBehindHead(out);
            }
        } catch (IOException e) {
            out.release();
            now.responseStarted = false;
            failed(response.abandon(String.valueOf(e.getMessage())));
            return;
        }
        try {
            now.record.bytesSent += out.tail - headLength;
            link.send(out);
            now.record.addedNanos += loop.clock() - now.record.firstByteAt;
        } catch (IOException e) {
            connection.broken(e);
            return;
        }
        if (tunnel) {
            becomeTunnel(now, response);
        } else {
            response.readBody();
        }
    }

    /// The connection leaves HTTP; whoever takes the link answers.
    Link leave() {
        exchange = null;
        connection.over();
        link.wantRead(false);
        link.settle();
        return link;
    }

    /// From here on these two connections carry something else than HTTP.
    private void becomeTunnel(Exchange now, UpstreamResponse from) {
        connection.await(0);
        Link upstream = from.leave();
        link.wantRead(false);
        link.keepAlive();
        upstream.keepAlive();
        new Tunnel(link, upstream, now.record, _ -> tunnelEnded(now, from), now.tunnelIdleNanos())
                .start();
    }

    private void tunnelEnded(Exchange was, UpstreamResponse from) {
        from.left();
        exchange = null;
        connection.over();
        was.end(loop.clock());
    }

    /// Passes an interim response on.
    void interim(MessageHead head, Slab from) {
        Exchange now = Objects.requireNonNull(exchange);
        lastMoved = loop.now();
        now.interimSent |= head.status() != 100 && !output.http10();
        try {
            output.interim(head, from);
        } catch (IOException e) {
            connection.broken(e);
        }
    }

    /// @return how many of the body's bytes up to `end` the client took
    int body(Slab from, int end) {
        Exchange now = Objects.requireNonNull(exchange);
        try {
            int n = output.body(from, end);
            if (n > 0) {
                lastMoved = loop.now();
            }
            now.record.bytesSent += n;
            return n;
        } catch (IOException e) {
            connection.broken(e);
            return end - from.head;
        }
    }

    @Override
    public void failed(Failure failure) {
        Exchange now = exchange;
        if (now == null || connection.isOver()) {
            return;
        }
        now.record.reason = failure.reason();
        now.record.detail = failure.detail();
        if (now.responseStarted) {
            now.record.detail = failure.detail();
            finish(now, failure.reason());
            if (failure.reason() == Reason.SHED) {
                connection.abort(new Shed(failure.detail()));
            } else {
                connection.abort();
            }
            return;
        }
        if (failure.reason() == Reason.CLIENT_GONE) {
            finish(now, Reason.CLIENT_GONE);
            return;
        }
        boolean close = !keepAlive || output.http10() || connection.draining() || !input.done();
        now.record.status = failure.reason().status();
        observer.responding(now);
        boolean sent = output.answer(answer(now, failure, close));
        finish(now, failure.reason());
        if (!sent) {
            // An orderly end without an answer would say that nothing was processed.
            connection.abort();
        } else if (close) {
            connection.end();
        } else {
            connection.next();
        }
    }

    private byte[] answer(Exchange now, Failure failure, boolean close) {
        Reason reason = failure.reason();
        String detail = failure.detail();
        boolean head = now.method == Method.HEAD;
        String code = observer.tellsSidecars(arrival) ? PeerReason.encode(failure) : reason.code();
        return now.isGrpc()
                ? SidecarAnswer.ofGrpc(reason, code, detail)
                : SidecarAnswer.of(reason, code, detail, close, head);
    }

    /// Sends a complete response made here: head and body in one piece.
    void answerLocally(Exchange now, int status, byte[] response) {
        if (exchange == now && !now.responseStarted) {
            now.responseStarted = true;
            now.releaseRequest();
            now.record.status = status;
            output.page(response);
            pumpPage(now);
        }
    }

    private void pumpPage(Exchange now) {
        try {
            if (output.pumpPage()) {
                responseComplete(now);
            }
        } catch (IOException e) {
            connection.broken(e);
        }
    }

    /// The client takes bytes again.
    void writable() {
        Exchange now = Objects.requireNonNull(exchange);
        if (output.hasPage()) {
            pumpPage(now);
        } else if (now.upstream != null) {
            now.upstream.clientWritable();
        }
    }

    void responseComplete(Exchange was) {
        if (exchange != was) {
            return;
        }
        boolean whole = requestComplete(was);
        finish(was, was.record.reason);
        if (!whole || !keepAlive || connection.draining()) {
            connection.end();
        } else {
            connection.next();
        }
    }

    /// What is incomplete must not look complete: the connection is reset.
    void responseBroken(Exchange was, IOException cause) {
        if (exchange == was) {
            was.record.detail = String.valueOf(cause.getMessage());
            finish(was, cause instanceof Shed ? Reason.SHED : Reason.UPSTREAM_TRUNCATED);
            connection.abort(cause);
        }
    }

    private void finish(Exchange was, Reason reason) {
        connection.await(0);
        was.record.reason = reason;
        exchange = null;
        was.end(loop.clock());
    }
}
