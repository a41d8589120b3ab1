package io.proa.proxy.http;

import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.identity.VerifiedPeer;
import io.proa.model.IpPort;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Slab;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import java.io.IOException;
import java.net.SocketException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The endpoint's side of an exchange: one request and its response on an [UpstreamConnection]. One
/// per connection, used again.
///
/// Whoever waits for the response is answered once: with its head, or with a [Failure] that says
/// how far the request had got: nothing sent, sent but unprocessed (a mesh peer's close_notify),
/// lost before a response byte, or broken within the response.
final class UpstreamExchange implements Cancellable {
    private enum Stage {
        NONE,
        SENDING,
        HEAD_AWAITED,
        BODY
    }

    private final UpstreamConnection connection;
    private final Loop loop;
    private final HttpTools tools;
    private final UpstreamPool pool;
    private final RequestOutput output = new RequestOutput();
    private final ResponseInput input;
    private final UpstreamResponse response;
    private Stage stage = Stage.NONE;
    private @Nullable Exchange exchange;
    private @Nullable Reply<? super UpstreamResponse> reply;
    private int attempt;
    private long tryNanos;
    private boolean anyReceived;

    UpstreamExchange(UpstreamConnection connection, UpstreamPool pool, Loop loop, HttpTools tools) {
        this.connection = connection;
        this.pool = pool;
        this.loop = loop;
        this.tools = tools;
        this.input = new ResponseInput(pool.mesh() ? tools.meshLimits : tools.limits);
        this.response = new UpstreamResponse(this, input, tools.responseHead);
    }

    boolean mesh() {
        return pool.mesh();
    }

    Link link() {
        return connection.link();
    }

    Exchange current() {
        return Objects.requireNonNull(exchange, "no exchange is under way");
    }

    private IpPort endpoint() {
        return pool.target().address();
    }

    /// Takes a request on, before there is anywhere to send it.
    void begin(Exchange next, int number, long tryBound, Reply<? super UpstreamResponse> answerTo) {
        exchange = next;
        attempt = number;
        tryNanos = tryBound;
        reply = answerTo;
        stage = Stage.SENDING;
        anyReceived = false;
        output.begin();
        input.begin();
        next.upstream = this;
        next.waitFor(this);
    }

    /// The head is written before anything is awaited: the client's buffer does not hold still for
    /// us.
    void writeHead() {
        current().requestHead(pool.mesh(), attempt, loop.now());
    }

    /// Sends the request.
    ///
    /// @param reused whether the connection stood already
    void send(boolean reused) {
        Exchange now = current();
        boolean first = reused && now.record.attempts <= 1;
        long since = first ? now.record.headReadAt : loop.clock();
        if (now.record.direction == ExchangeRecord.Direction.OUTBOUND) {
            // Inbound records speak of the caller, not of the application beside us.
            VerifiedPeer peer = link().peer();
            if (peer != null) {
                now.record.peer = peer.id();
            }
            now.record.security = pool.security();
            now.record.remote = endpoint();
        }
        connection.await(tryNanos);
        try {
            continueSending();
            if (now.record.sentAt >= since) {
                now.record.addedNanos += now.record.sentAt - since;
            }
        } catch (IOException e) {
            writeFailed(e);
        }
    }

    private void continueSending() throws IOException {
        Exchange now = current();
        if (!output.send(link(), now, pool.mesh(), attempt, loop.now())) {
            return;
        }
        if (stage == Stage.SENDING) {
            stage = Stage.HEAD_AWAITED;
            now.record.sentAt = loop.clock();
        }
        now.client.pumpRequest();
    }

    /// Whether the client's body bytes may follow.
    boolean takesBody() {
        return output.takesBody() && (stage == Stage.HEAD_AWAITED || stage == Stage.BODY);
    }

    /// The endpoint takes no more of the request. It may have answered all the same, and that
    /// answer is what the client needs to see (RFC 9112 section 9.5).
    void writeFailed(IOException cause) {
        if (output.refused() || exchange == null) {
            return;
        }
        output.refuse();
        response.requestRefused();
        Exchange was = exchange;
        try {
            int n;
            do {
                n = link().fill();
                if (n > 0) {
                    received();
                }
            } while (n > 0 && exchange == was && !input.held());
            if (exchange != was || input.held()) {
                return;
            }
            if (n < 0 && pool.mesh()) {
                ended();
            } else {
                broken(cause);
            }
        } catch (IOException e) {
            if (exchange == was) {
                broken(e);
            }
        }
    }

    /// The endpoint takes bytes again.
    void writable() {
        try {
            if (stage == Stage.SENDING) {
                continueSending();
            } else if (takesBody()) {
                current().client.pumpRequest();
            }
        } catch (IOException e) {
            writeFailed(e);
        }
    }

    /// Bytes have come.
    ///
    /// @return whether more may be read now
    boolean received() throws IOException {
        switch (stage) {
            case NONE -> {}
            case SENDING, HEAD_AWAITED -> {
                anyReceived = true;
                readHead();
            }
            case BODY -> response.readBody();
        }
        return !input.held();
    }

    private void readHead() {
        Exchange now = current();
        if (!now.client.canAnswer()) {
            input.hold(link());
            return;
        }
        Link from = link();
        MessageHead head = tools.responseHead;
        for (Slab slab = from.in; slab != null; slab = from.in) {
            try {
                if (!input.readHead(head, from, slab, now.method)) {
                    return;
                }
            } catch (MalformedHead e) {
                fail(protocolError(e.flaw().sentence()));
                return;
            }
            if (head.status() >= 200 || now.becomesTunnel(head.status())) {
                answer(head);
                return;
            }
            if (head.status() == 101) {
                fail(protocolError("101 that nobody asked for"));
                return;
            }
            now.client.interim(head, slab);
            if (exchange != now) {
                return;
            }
            from.settle();
            if (!now.client.canAnswer()) {
                input.hold(from);
                return;
            }
        }
    }

    private Failure protocolError(String what) {
        return new Failure.Broken(Reason.UPSTREAM_PROTOCOL, endpoint(), what);
    }

    private void answer(MessageHead head) {
        // Whatever goes behind a head that was not sent to its end would belong to it.
        response.begin(output.takesBody());
        stage = Stage.BODY;
        Exchange now = current();
        now.record.firstByteAt = loop.clock();
        connection.await(0);
        Reply<? super UpstreamResponse> answerTo = Objects.requireNonNull(reply);
        Failure other = pool.mesh() ? PeerReason.failure(head, endpoint()) : null;
        now.record.upstreamStatus = head.status();
        if (other != null) {
            discard();
            answerTo.failed(other);
        } else {
            answerTo.answered(response);
        }
    }

    /// The client can take bytes again.
    void clientWritable() {
        input.resume(link());
        if (stage == Stage.BODY) {
            response.readBody();
        } else if (link().in != null) {
            readHead();
        }
    }

    /// Whether the endpoint has stopped to take the request.
    boolean takesNoMore() {
        return output.refused();
    }

    private boolean requestWentOut(Exchange of) {
        return output.caughtUp() && of.client.requestComplete(of);
    }

    /// The response's last byte is with the client.
    void complete(boolean reusable) {
        Exchange was = current();
        boolean clean = reusable && requestWentOut(was);
        detach();
        connection.endUse(clean);
        was.client.responseComplete(was);
    }

    private void detach() {
        Exchange was = exchange;
        if (was != null && was.upstream == this) {
            was.upstream = null;
        }
        exchange = null;
        reply = null;
        stage = Stage.NONE;
    }

    /// Throws the response away: a short rest is read off, a long one costs the connection.
    void discard() {
        Exchange was = current();
        boolean clean = requestWentOut(was);
        was.waitFor(null);
        detach();
        if (clean) {
            connection.discard();
        } else {
            connection.close();
        }
    }

    /// The response that is under way, or was last.
    UpstreamResponse response() {
        return response;
    }

    /// Leaves HTTP: whoever takes the link calls [#left] when it is over.
    Link leave() {
        current().waitFor(null);
        detach();
        connection.leave();
        return link();
    }

    void left() {
        connection.left();
    }

    /// The time for one try is over.
    void timedOut() {
        if (stage == Stage.SENDING || stage == Stage.HEAD_AWAITED) {
            fail(new Failure.TryTimedOut(endpoint()));
        }
    }

    /// The endpoint ended its direction in order.
    void ended() {
        if (stage != Stage.BODY) {
            // A stream ends in order before its response only where it was not looked at.
            boolean tells = pool.mesh() || connection.version() == HttpVersion.HTTP2;
            if (tells && !anyReceived) {
                fail(new Failure.Unprocessed(endpoint()));
            } else {
                lost(Reason.UPSTREAM_CLOSED, "closed before a response byte");
            }
            return;
        }
        response.sourceEnded();
    }

    private void lost(Reason reason, String detail) {
        if (anyReceived) {
            // Whoever has begun to answer has worked: this is past the keep-alive race.
            String how = "ended within the response's head";
            fail(new Failure.Broken(Reason.UPSTREAM_TRUNCATED, endpoint(), how));
        } else if (output.begun()) {
            fail(new Failure.Lost(reason, endpoint(), connection.served() > 0, detail));
        } else {
            fail(new Failure.NotSent(reason, endpoint(), detail));
        }
    }

    /// The connection is over, in whatever way.
    void broken(IOException cause) {
        String detail = String.valueOf(cause.getMessage());
        if (stage != Stage.BODY) {
            boolean reset = cause instanceof SocketException;
            lost(reset ? Reason.UPSTREAM_RESET : Reason.UPSTREAM_CLOSED, detail);
            return;
        }
        Exchange was = current();
        detach();
        connection.abort();
        was.client.responseBroken(was, cause);
    }

    /// Gives the response up whose head has been looked at and not been passed on.
    Failure abandon(String why) {
        detach();
        connection.abort();
        return protocolError(why);
    }

    /// Ends it together with its connection.
    void fail(Failure failure) {
        Reply<? super UpstreamResponse> answerTo = reply;
        detach();
        connection.abort();
        if (answerTo != null) {
            answerTo.failed(failure);
        }
    }

    @Override
    public void cancel(Failure why) {
        if (stage == Stage.BODY) {
            detach();
            connection.abort();
        } else {
            fail(why);
        }
    }
}
