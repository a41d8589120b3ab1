package io.proa.proxy.http;

import io.proa.formats.KnownHeader;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.TlsLink;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.SocketException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection to an endpoint, serving one exchange at a time.
///
/// What is known when it ends decides the [Failure]: nothing sent, sent but unprocessed (a mesh
/// peer's close_notify), lost before a response byte, or broken within the response.
final class UpstreamConnection implements LinkHandler, Cancellable {
    private static final long DISCARD_NANOS = 1_000_000_000L;
    private static final int MOST_READS = 16;

    private enum State {
        CONNECTING,
        IDLE,
        SENDING,
        HEAD_AWAITED,
        BODY,
        DISCARDING,
        TUNNEL
    }

    private final UpstreamPool pool;
    private final Loop loop;
    private final HttpTools tools;
    private final UpstreamResponse response = new UpstreamResponse(this);
    private final BodyMeter meter = new BodyMeter();
    private final Timer timer = new Timer();
    private final long openedAt;
    private @Nullable Link link;
    private State state = State.CONNECTING;
    private @Nullable Exchange exchange;
    private @Nullable Reply<? super UpstreamResponse> reply;
    private int attempt;
    private long tryNanos;
    private int headSent;
    private int replaySent;
    private boolean anySent;

    /// Whether the head, and what earlier attempts had sent of the body, have gone out; only then
    /// may more of the body follow, or another request.
    private boolean caughtUp;

    private boolean anyReceived;
    private int served;
    private int status;
    private boolean fromSidecar;
    private boolean reusable;
    private boolean eof;
    private @Nullable IOException deaf;
    private boolean heldForClient;
    private int metered;
    private boolean counted;
    private boolean gone;

    UpstreamConnection(UpstreamPool pool, Loop loop, HttpTools tools) {
        this.pool = pool;
        this.loop = loop;
        this.tools = tools;
        this.openedAt = loop.now();
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            timedOut();
        }
    }

    long openedAt() {
        return openedAt;
    }

    int status() {
        return status;
    }

    boolean fromSidecar() {
        return fromSidecar;
    }

    Link link() {
        return Objects.requireNonNull(link);
    }

    void assign(
            Exchange next, int number, long tryBound, Reply<? super UpstreamResponse> answerTo) {
        exchange = next;
        attempt = number;
        tryNanos = tryBound;
        reply = answerTo;
        headSent = 0;
        replaySent = 0;
        anySent = false;
        caughtUp = false;
        anyReceived = false;
        eof = false;
        heldForClient = false;
        metered = 0;
        next.upstream = this;
        next.waitFor(this);
    }

    void open(Connector connector, long connectNanos) throws IOException {
        // The head is written before anything is awaited: the client's buffer does not hold still
        // for us.
        current().requestHead(pool.mesh(), attempt, loop.now());
        if (connectNanos > 0) {
            loop.schedule(timer, connectNanos);
        }
        link = connector.connect(pool.target(), "http/1.1", this);
    }

    @Override
    public void established() {
        timer.cancel();
        counted = true;
        pool.established(link());
        sendRequest();
    }

    boolean mesh() {
        return pool.mesh();
    }

    void sendRequest() {
        boolean first = state == State.IDLE && current().record.attempts <= 1;
        state = State.SENDING;
        Exchange now = current();
        long since = first ? now.record.headReadAt : loop.clock();
        if (now.record.direction == ExchangeRecord.Direction.OUTBOUND) {
            // Inbound records speak of the caller, not of the application beside us.
            if (link instanceof TlsLink tls && tls.engine().peer() != null) {
                now.record.peer = Objects.requireNonNull(tls.engine().peer()).id();
            }
            now.record.security = pool.security();
            now.record.remote = pool.target().address();
        }
        if (tryNanos > 0) {
            loop.schedule(timer, tryNanos);
        } else {
            timer.cancel();
        }
        try {
            continueSending();
            if (now.record.sentAt >= since) {
                now.record.addedNanos += now.record.sentAt - since;
            }
        } catch (IOException e) {
            writeFailed(e);
        }
    }

    /// Head, then what earlier attempts had sent of the body, then the body as it comes.
    private void continueSending() throws IOException {
        Exchange now = current();
        // Once its first byte is out the head stays as it is.
        Slab head =
                headSent == 0
                        ? now.requestHead(pool.mesh(), attempt, loop.now())
                        : now.requestHead();
        while (headSent < head.tail) {
            int n = link().write(head, headSent, head.tail);
            if (n == 0) {
                return;
            }
            anySent = true;
            now.sending();
            headSent += n;
        }
        Slab replay = now.replay();
        if (replay != null) {
            while (replaySent < replay.tail) {
                int n = link().write(replay, replaySent, replay.tail);
                if (n == 0) {
                    return;
                }
                replaySent += n;
            }
        }
        caughtUp = true;
        if (state == State.SENDING) {
            state = State.HEAD_AWAITED;
            now.record.sentAt = loop.clock();
        }
        now.client.pumpRequest();
    }

    /// Whether the client's body bytes may follow. Never behind a head that was answered before all
    /// of it had gone out.
    boolean takesBody() {
        return caughtUp && deaf == null && (state == State.HEAD_AWAITED || state == State.BODY);
    }

    /// The endpoint takes no more of the request. It may have answered all the same, and that
    /// answer is what the client needs to see (RFC 9112 section 9.5).
    void writeFailed(IOException cause) {
        if (deaf != null || exchange == null) {
            return;
        }
        deaf = cause;
        reusable = false;
        Exchange was = exchange;
        try {
            int n;
            do {
                n = link().fill();
                if (n > 0) {
                    received();
                }
            } while (n > 0 && exchange == was && !heldForClient);
            if (exchange != was || heldForClient) {
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

    @Override
    public void writable() {
        if (exchange == null) {
            return;
        }
        try {
            if (state == State.SENDING) {
                continueSending();
            } else if (takesBody()) {
                current().client.pumpRequest();
            }
        } catch (IOException e) {
            writeFailed(e);
        }
    }

    @Override
    public void readable() {
        try {
            for (int i = 0; i < MOST_READS; i++) {
                int n = link().fill();
                if (n < 0) {
                    ended();
                    return;
                }
                if (n > 0) {
                    received();
                }
                boolean ours = !gone && state != State.TUNNEL;
                if (n == 0 || !ours || heldForClient || !link().hasBuffered()) {
                    return;
                }
            }
            // The others' turn.
            link().readBuffered();
        } catch (IOException e) {
            broken(e);
        }
    }

    private void received() throws IOException {
        switch (state) {
            case CONNECTING -> {}
            case IDLE -> close();
            case SENDING, HEAD_AWAITED -> {
                anyReceived = true;
                readHead();
            }
            case BODY -> readBody();
            case DISCARDING -> drain();
            case TUNNEL -> {}
        }
    }

    private void readHead() throws IOException {
        Exchange now = current();
        if (!now.client.canAnswer()) {
            hold();
            return;
        }
        Link from = link();
        for (Slab slab = from.in; slab != null; slab = from.in) {
            MessageHead head = tools.responseHead;
            head.reset();
            try {
                if (!head.parseResponse(
                        slab.whole(),
                        slab.head,
                        slab.tail,
                        pool.mesh() ? tools.meshLimits : tools.limits,
                        now.method)) {
                    if (slab.head == 0 && slab.room() == 0 && !from.growInput()) {
                        invalid("response head too large");
                    }
                    return;
                }
            } catch (MalformedHead e) {
                invalid(e.flaw().sentence());
                return;
            }
            slab.head = head.end();
            if (head.status() >= 200 || now.becomesTunnel(head.status())) {
                answer(head);
                return;
            }
            if (head.status() == 101) {
                invalid("101 that nobody asked for");
                return;
            }
            now.client.interim(head, slab);
            if (gone) {
                return;
            }
            from.settle();
            if (!now.client.canAnswer()) {
                hold();
                return;
            }
        }
    }

    private void invalid(String what) {
        fail(protocolError(what));
    }

    private Failure protocolError(String what) {
        return new Failure.Broken(Reason.UPSTREAM_PROTOCOL, pool.target().address(), what);
    }

    /// Gives the response up whose head has been looked at and not been passed on.
    Failure abandon(String why) {
        detach();
        abort();
        return protocolError(why);
    }

    private void answer(MessageHead head) {
        // Whatever goes behind a head that was not sent to its end would belong to it.
        boolean sent = caughtUp;
        state = State.BODY;
        Exchange now = current();
        now.record.firstByteAt = loop.clock();
        timer.cancel();
        status = head.status();
        fromSidecar = pool.mesh() && head.has(KnownHeader.X_PROA_REASON);
        reusable = head.keepAlive() && sent && deaf == null;
        meter.begin(head);
        Reply<? super UpstreamResponse> answerTo = Objects.requireNonNull(reply);
        Failure other = pool.mesh() ? PeerReason.failure(head, pool.target().address()) : null;
        now.record.upstreamStatus = status;
        if (other != null) {
            discard();
            answerTo.failed(other);
        } else {
            answerTo.answered(response);
        }
    }

    /// The client cannot take anything now: what has arrived stays where it is.
    private void hold() {
        heldForClient = true;
        link().wantRead(false);
    }

    /// The client can take bytes again.
    void clientWritable() {
        try {
            if (heldForClient) {
                heldForClient = false;
                link().resumeRead();
            }
            if (state == State.BODY) {
                readBody();
            } else if (link().in != null) {
                readHead();
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    /// Moves what has arrived of the body to the client.
    void readBody() throws IOException {
        Link from = link();
        Slab slab = from.in;
        if (slab != null) {
            int end = meter(slab);
            if (metered > 0) {
                int n = current().client.body(slab, end);
                if (gone) {
                    // The client left within this very write, and took the slab with it.
                    return;
                }
                metered -= n;
                slab.head += n;
                if (metered > 0) {
                    hold();
                }
            }
            from.settle();
        }
        if (gone || metered > 0) {
            return;
        }
        if (meter.done()) {
            complete();
        } else if (eof) {
            endOfBody();
        }
    }

    /// @return end of the bytes that belong to the body
    private int meter(Slab slab) throws IOException {
        try {
            int end = meter.advance(slab.whole(), slab.head + metered, slab.tail);
            metered = end - slab.head;
            return end;
        } catch (MalformedHead e) {
            throw new IOException("response body: " + e.flaw().sentence());
        }
    }

    /// Appends what has arrived of the body to the response's head, so that both leave in one
    /// write.
    void bodyBehindHead(Slab out) throws IOException {
        Slab slab = link().in;
        if (slab == null) {
            return;
        }
        meter(slab);
        metered -= out.appendFrom(slab, metered);
    }

    MessageHead head() {
        return tools.responseHead;
    }

    private void complete() {
        Exchange was = current();
        boolean clean = caughtUp && was.client.requestComplete(was);
        detach();
        endUse(clean);
        was.client.responseComplete(was);
    }

    private void endUse(boolean clean) {
        timer.cancel();
        link().settle();
        if (reusable && clean && link().in == null) {
            served++;
            state = State.IDLE;
            pool.release(this);
        } else {
            close();
        }
    }

    private void detach() {
        Exchange was = exchange;
        if (was != null && was.upstream == this) {
            was.upstream = null;
        }
        exchange = null;
        reply = null;
    }

    /// Throws the response away: a short rest is read off, a long one costs the connection.
    void discard() {
        Exchange was = current();
        boolean clean = caughtUp && was.client.requestComplete(was);
        was.waitFor(null);
        detach();
        if (!clean) {
            close();
            return;
        }
        state = State.DISCARDING;
        loop.schedule(timer, DISCARD_NANOS);
        try {
            drain();
        } catch (IOException _) {
            close();
        }
    }

    private void drain() throws IOException {
        Slab slab = link().in;
        if (slab != null) {
            slab.head = meter(slab);
            metered = 0;
        }
        link().settle();
        if (meter.done()) {
            endUse(true);
        }
    }

    /// Whether nothing has come while it lay idle: an end, or bytes that nobody asked for, must not
    /// meet the next request. The selector may not have come round to telling yet.
    boolean quiet() {
        try {
            return link().fill() == 0 && !gone;
        } catch (IOException _) {
            return false;
        }
    }

    /// Leaves HTTP: whoever takes the link calls [#left] when it is over.
    Link leave() {
        timer.cancel();
        current().waitFor(null);
        detach();
        state = State.TUNNEL;
        return link();
    }

    void left() {
        end();
    }

    void idle(long idleNanos) {
        link().wantRead(true);
        loop.schedule(timer, idleNanos);
    }

    private void timedOut() {
        switch (state) {
            case CONNECTING -> fail(pool.connectTimedOut());
            case IDLE -> close();
            case SENDING, HEAD_AWAITED -> fail(new Failure.TryTimedOut(pool.target().address()));
            case BODY, TUNNEL -> {}
            case DISCARDING -> close();
        }
    }

    /// The endpoint ended its direction in order.
    private void ended() {
        switch (state) {
            case IDLE, DISCARDING -> close();
            case TUNNEL -> {}
            case CONNECTING -> broken(new IOException("closed during the handshake"));
            case SENDING, HEAD_AWAITED -> {
                if (pool.mesh() && !anyReceived) {
                    fail(new Failure.Unprocessed(pool.target().address()));
                } else {
                    lost(Reason.UPSTREAM_CLOSED, "closed before a response byte");
                }
            }
            case BODY -> {
                eof = true;
                reusable = false;
                link().wantRead(false);
                try {
                    readBody();
                } catch (IOException e) {
                    broken(e);
                }
            }
        }
    }

    private void endOfBody() {
        // A reset that a write has met already leaves nothing but an end behind it.
        if (deaf == null && meter.ended()) {
            complete();
        } else {
            broken(new IOException("ended within the response"));
        }
    }

    private void lost(Reason reason, String detail) {
        if (anyReceived) {
            // Whoever has begun to answer has worked: this is past the keep-alive race.
            fail(
                    new Failure.Broken(
                            Reason.UPSTREAM_TRUNCATED,
                            pool.target().address(),
                            "ended within the response's head"));
            return;
        }
        if (anySent) {
            fail(new Failure.Lost(reason, pool.target().address(), served > 0, detail));
        } else {
            fail(new Failure.NotSent(reason, pool.target().address(), detail));
        }
    }

    @Override
    public void broken(IOException cause) {
        switch (state) {
            case CONNECTING -> fail(pool.connectFailed(cause));
            case IDLE, DISCARDING, TUNNEL -> close();
            case SENDING, HEAD_AWAITED ->
                    lost(
                            cause instanceof SocketException
                                    ? Reason.UPSTREAM_RESET
                                    : Reason.UPSTREAM_CLOSED,
                            String.valueOf(cause.getMessage()));
            case BODY -> {
                Exchange was = exchange;
                detach();
                abort();
                if (was != null) {
                    was.client.responseBroken(was, String.valueOf(cause.getMessage()));
                }
            }
        }
    }

    private void fail(Failure failure) {
        Reply<? super UpstreamResponse> answerTo = reply;
        detach();
        abort();
        if (answerTo != null) {
            answerTo.failed(failure);
        }
    }

    @Override
    public void cancel(Failure why) {
        if (state == State.BODY) {
            detach();
            abort();
        } else {
            fail(why);
        }
    }

    void close() {
        end();
        if (link != null) {
            link.close();
        }
    }

    private void abort() {
        end();
        if (link != null) {
            link.abort();
        }
    }

    private void end() {
        timer.cancel();
        if (!gone) {
            gone = true;
            pool.gone(this, counted);
        }
    }

    private Exchange current() {
        return Objects.requireNonNull(exchange, "no exchange is under way");
    }
}
