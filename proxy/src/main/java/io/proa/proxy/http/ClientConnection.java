package io.proa.proxy.http;

import io.proa.formats.ChunkData;
import io.proa.formats.Framing;
import io.proa.formats.HeadEdits;
import io.proa.formats.HeadLimits;
import io.proa.formats.KnownHeader;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import io.proa.proxy.tunnel.Tunnel;
import io.proa.traffic.Deadline;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A client's HTTP/1.1 connection: requests arrive one after the other, go through the stack, and
/// their responses leave in the same order. While one is under way the next stays unread behind it.
public final class ClientConnection implements LinkHandler, Reply<UpstreamResponse> {
    /// How patient a connection is.
    ///
    /// @param headNanos from a head's first byte to its last
    /// @param idleNanos between requests
    public record Patience(long headNanos, long idleNanos) {}

    private static final byte[] NOTHING = {};
    private static final int MOST_READS = 16;

    private final Link link;
    private final Loop loop;
    private final HttpTools tools;
    private final Arrival arrival;
    private final Service<ArrivedRequest, UpstreamResponse> service;
    private final ConnectionObserver observer;
    private final Patience patience;
    private final HeadLimits limits;
    private final BodyMeter meter = new BodyMeter();
    private final Timer timer = new Timer();
    private @Nullable MessageHead partialHead;

    /// Where in the input that head begins.
    private int partialAt;

    private @Nullable Exchange exchange;

    /// Bytes at the front of the input that belong to the request's body and have not gone upstream
    /// yet.
    private int metered;

    /// A response made here and how much of it has been handed to the link.
    private byte[] local = NOTHING;

    private int localSent;
    private int version;
    private @Nullable ChunkData unchunked;
    private long lastMoved;
    private boolean keepAlive = true;
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
        this.tools = tools;
        this.arrival = arrival;
        this.service = service;
        this.observer = observer;
        this.patience = patience;
        this.limits = arrival.peer() == null ? tools.limits : tools.meshLimits;
    }

    /// One timer for whatever the connection waits for: a head, the next request, the deadline of
    /// an exchange.
    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            timedOut();
        }
    }

    /// Takes the link over, with what has been read from it already.
    public void start() {
        link.handler(this);
        loop.schedule(timer, patience.idleNanos());
        if (link.in != null) {
            process();
        }
        if (!over) {
            link.resumeRead();
        }
    }

    HttpTools tools() {
        return tools;
    }

    @Nullable Slab input() {
        return link.in;
    }

    @Override
    public void readable() {
        try {
            for (int i = 0; i < MOST_READS; i++) {
                int n = link.fill();
                if (n < 0) {
                    inputEnded();
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
            while (!over && exchange == null && link.in != null && link.canWrite()) {
                if (!readHead(link.in)) {
                    break;
                }
            }
        } finally {
            processing = false;
        }
        if (over) {
            return;
        }
        if (exchange != null) {
            pumpRequest();
        } else if (inputEnded && link.canWrite()) {
            // Nothing will complete what is left.
            end();
        } else {
            // A client that does not read its responses is not read either.
            link.wantRead(!inputEnded && (link.canWrite() || link.in == null));
        }
    }

    /// @return whether a head was complete and its exchange begun
    private boolean readHead(Slab slab) {
        if (slab.isEmpty()) {
            // An empty slab goes back to the pool: a head begun in it would go on in somebody
            // else's bytes.
            return false;
        }
        MessageHead head = partialHead != null ? partialHead : tools.lendRequestHead();
        try {
            if (partialHead == null || partialAt != slab.head) {
                // Also where its beginning has been moved to the front: it is read by index.
                head.reset();
            }
            if (!head.parseRequest(slab.whole(), slab.head, slab.tail, limits)) {
                moreHead(slab, head);
                return false;
            }
        } catch (MalformedHead e) {
            partialHead = null;
            refuse(e);
            return false;
        }
        partialHead = null;
        begin(head);
        return true;
    }

    private void moreHead(Slab slab, MessageHead head) {
        if (partialHead == null) {
            tools.keepRequestHead(head);
            partialHead = head;
            loop.schedule(timer, patience.headNanos());
        }
        partialAt = slab.head;
        if (slab.room() == 0) {
            // A resumed parse goes on at the same offsets, so the head starts over in its new
            // place.
            head.reset();
            partialAt = 0;
            if (slab.head > 0) {
                slab.compact();
            } else if (!link.growInput()) {
                answerAndClose(Reason.HEAD_TOO_LARGE, "more than " + SlabPool.LARGE + " bytes");
            }
        }
    }

    private void refuse(MalformedHead e) {
        answerAndClose(
                e.flaw().status() == 431 ? Reason.HEAD_TOO_LARGE : Reason.BAD_REQUEST,
                e.flaw().sentence());
    }

    /// A request that cannot be understood still is one: it has a record, an answer, and ends the
    /// connection.
    private void answerAndClose(Reason reason, String detail) {
        ExchangeRecord record = new ExchangeRecord(arrival.direction(), loop.now());
        record.method = "OTHER";
        record.reason = reason;
        record.detail = detail;
        record.status = reason.status();
        record.security = arrival.security();
        record.peer = arrival.peer() == null ? null : arrival.peer().id();
        record.endedAt = loop.clock();
        observer.malformed(record);
        keepAlive = false;
        sendAnswer(SidecarAnswer.of(reason, reason.code(), detail, true, false));
        over();
        link.closeLingering();
    }

    private void begin(MessageHead head) {
        ExchangeRecord record = new ExchangeRecord(arrival.direction(), loop.now());
        record.headReadAt = loop.now();
        record.method = head.method().name();
        record.security = arrival.security();
        record.peer = arrival.peer() == null ? null : arrival.peer().id();
        version = head.version();
        keepAlive = head.keepAlive() && !draining;
        lastMoved = loop.now();
        meter.begin(head);
        metered = 0;
        timer.cancel();
        tools.requestEdits.clear();
        Exchange next = new Exchange(this, loop, record, arrival, head);
        exchange = next;
        // Consumed, but still readable in place until the stack has run: nothing is read from the
        // socket before that.
        Objects.requireNonNull(link.in).head = head.end();
        service.apply(new ArrivedRequest(next), this);
    }

    /// Moves the body behind the head where all of it has arrived and is small.
    ///
    /// @return bytes moved
    int moveWholeBody(Slab head, int most) {
        Slab slab = link.in;
        long length = meter.announced();
        if (slab == null
                || length <= 0
                || length > most
                || slab.size() < length
                || head.room() < length) {
            return 0;
        }
        int n = (int) length;
        try {
            meter.advance(slab.whole(), slab.head, slab.head + n);
        } catch (MalformedHead e) {
            throw new IllegalStateException("a body of announced length cannot be malformed", e);
        }
        received(n);
        return head.appendFrom(slab, n);
    }

    private void received(int n) {
        lastMoved = loop.now();
        Objects.requireNonNull(exchange).record.bytesReceived += n;
    }

    /// Sends what there is of the request's body to the upstream connection, as far as that takes
    /// it.
    void pumpRequest() {
        Exchange now = exchange;
        if (now == null) {
            return;
        }
        UpstreamConnection to = now.upstream;
        Slab slab = link.in;
        try {
            if (slab != null && to != null && to.takesBody()) {
                pump(now, to, slab);
            }
        } catch (MalformedHead e) {
            keepAlive = false;
            giveUp(now, Reason.BAD_REQUEST, e.flaw().sentence());
            return;
        } catch (IOException e) {
            Objects.requireNonNull(to).writeFailed(e);
            return;
        }
        if (exchange == now) {
            if (now.headWritten()) {
                link.settle();
            }
            readMore();
        }
    }

    /// What lies behind the body, or cannot be sent on yet, waits in the slab; more is read only
    /// while there is room.
    private void readMore() {
        boolean more = !meter.done() && metered == 0 && !link.inputFull() || link.in == null;
        if (!more || inputEnded) {
            link.wantRead(false);
        } else if (!link.reads()) {
            link.resumeRead();
        }
    }

    private void pump(Exchange now, UpstreamConnection to, Slab slab)
            throws MalformedHead, IOException {
        int end = meter.advance(slab.whole(), slab.head + metered, slab.tail);
        metered = end - slab.head;
        while (metered > 0) {
            int n = to.link().write(slab, slab.head, slab.head + metered);
            if (n == 0) {
                return;
            }
            now.bodyForwarded(slab, n);
            received(n);
            slab.head += n;
            metered -= n;
        }
        link.settle();
    }

    boolean requestComplete(Exchange of) {
        return exchange == of && meter.done() && metered == 0;
    }

    private void inputEnded() {
        inputEnded = true;
        link.wantRead(false);
        Exchange now = exchange;
        if (now == null) {
            process();
        } else if (!meter.done()) {
            gone(now, "ended within the request");
        } else if (now.clientEnded()) {
            gone(now, "ended while a retry was waited for");
        }
        // A client that has ended its direction after its request may still read: it gets the
        // response that is on its way.
    }

    private void gone(Exchange now, String how) {
        keepAlive = false;
        now.record.detail = how;
        now.cancel(new Failure.Refused(Reason.CLIENT_GONE, how));
        if (exchange == now) {
            finish(now, Reason.CLIENT_GONE);
        }
        over();
        link.abort();
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
            loop.schedule(timer, wait);
        }
    }

    private void timedOut() {
        Exchange now = exchange;
        if (now == null) {
            idle();
        } else if (now.deadline().passed(loop.now())) {
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

    private void giveUp(Exchange now, Reason reason, String detail) {
        Failure why = new Failure.Refused(reason, detail);
        now.cancel(why);
        if (exchange == now) {
            failed(why);
        }
    }

    private void idle() {
        if (partialHead != null) {
            answerAndClose(Reason.IDLE_TIMEOUT, "the request's head did not arrive in time");
        } else {
            end();
        }
    }

    /// Between requests. One that is on its way here meets an orderly end, which says that it was
    /// not processed, and no reset.
    private void end() {
        over();
        link.closeLingering();
    }

    /// Whether a response, or a piece of one, may be written now.
    boolean canAnswer() {
        return link.canWrite();
    }

    @Override
    public void answered(UpstreamResponse response) {
        Exchange now = Objects.requireNonNull(exchange);
        now.responseStarted = true;
        UpstreamConnection from = response.connection();
        MessageHead head = from.head();
        lastMoved = loop.now();
        now.record.status = head.status();
        if (response.fromSidecar()) {
            now.record.reason = PeerReason.of(head);
        }
        observer.responding(now);
        boolean tunnel = now.becomesTunnel(head.status());
        decidePersistence(now, head, tunnel);
        Slab out =
                ResponseHeads.write(
                        head,
                        Objects.requireNonNull(from.link().in),
                        responseEdits(head, from, tunnel),
                        loop.slabs());
        int headLength = out.tail;
        now.releaseRequest();
        try {
            if (unchunked == null && !tunnel) {
                from.bodyBehindHead(out);
            }
        } catch (IOException e) {
            out.release();
            now.responseStarted = false;
            failed(from.abandon(String.valueOf(e.getMessage())));
            return;
        }
        try {
            now.record.bytesSent += out.tail - headLength;
            link.send(out);
            now.record.addedNanos += loop.clock() - now.record.firstByteAt;
        } catch (IOException e) {
            broken(e);
            return;
        }
        if (tunnel) {
            becomeTunnel(now, from);
            return;
        }
        try {
            from.readBody();
        } catch (IOException e) {
            from.broken(e);
        }
    }

    private void decidePersistence(Exchange now, MessageHead head, boolean tunnel) {
        unchunked = null;
        if (version == 10 && head.framing() == Framing.CHUNKED) {
            unchunked = new ChunkData();
        }
        if (tunnel
                || draining
                || unchunked != null
                || head.framing() == Framing.UNTIL_CLOSE
                || head.status() >= 400 && !requestComplete(now)) {
            keepAlive = false;
        }
    }

    private HeadEdits responseEdits(MessageHead head, UpstreamConnection from, boolean tunnel) {
        HeadEdits edits = ResponseHeads.edits(tools, from.mesh());
        if (tunnel) {
            edits.keepUpgrade();
        } else if (!keepAlive) {
            edits.connectionClose();
        } else if (version == 10) {
            edits.connectionKeepAlive();
        }
        if (version == 10 && head.has(KnownHeader.TRANSFER_ENCODING)) {
            // Chunks are unknown to the client: it gets the data, and the end by the close.
            edits.remove(KnownHeader.TRANSFER_ENCODING);
            edits.remove(KnownHeader.TRAILER);
        }
        return edits;
    }

    /// From here on these two connections carry something else than HTTP.
    private void becomeTunnel(Exchange now, UpstreamConnection from) {
        timer.cancel();
        Link upstream = from.leave();
        link.wantRead(false);
        new Tunnel(link, upstream, now.record, _ -> tunnelEnded(now, from), now.idleNanos())
                .start();
    }

    private void tunnelEnded(Exchange was, UpstreamConnection from) {
        from.left();
        exchange = null;
        over();
        was.end(loop.clock());
    }

    /// Passes an interim response on (RFC 9110 section 15.2).
    void interim(MessageHead head, Slab from) {
        Exchange now = Objects.requireNonNull(exchange);
        lastMoved = loop.now();
        if (version == 10) {
            // HTTP/1.0 has no interim responses (RFC 9110 section 15.2).
            return;
        }
        now.interimSent |= head.status() != 100;
        try {
            link.send(
                    ResponseHeads.write(
                            head, from, ResponseHeads.edits(tools, false), loop.slabs()));
        } catch (IOException e) {
            broken(e);
        }
    }

    /// @return how many of the body's bytes up to `end` the client took
    int body(Slab from, int end) throws IOException {
        try {
            int n = unchunked == null ? link.write(from, from.head, end) : data(from, end);
            if (n > 0) {
                lastMoved = loop.now();
            }
            Objects.requireNonNull(exchange).record.bytesSent += n;
            return n;
        } catch (IOException e) {
            broken(e);
            return end - from.head;
        }
    }

    /// The body without its chunk lines; the answer counts them all the same.
    private int data(Slab from, int end) throws IOException {
        ChunkData chunks = Objects.requireNonNull(unchunked);
        int at = from.head;
        while (true) {
            at = chunks.skip(from.whole(), at, end);
            int n = chunks.data(end - at);
            int taken = n == 0 ? 0 : link.write(from, at, at + n);
            if (taken == 0) {
                return at - from.head;
            }
            chunks.taken(taken);
            at += taken;
        }
    }

    @Override
    public void failed(Failure failure) {
        Exchange now = exchange;
        if (now == null || over) {
            return;
        }
        now.record.reason = failure.reason();
        now.record.detail = failure.detail();
        if (now.responseStarted) {
            responseBroken(now, failure.reason(), failure.detail());
            return;
        }
        if (failure.reason() == Reason.CLIENT_GONE) {
            finish(now, Reason.CLIENT_GONE);
            return;
        }
        boolean close = !keepAlive || version == 10 || draining || !meter.done() || metered > 0;
        now.record.status = failure.reason().status();
        observer.responding(now);
        boolean sent =
                sendAnswer(
                        SidecarAnswer.of(
                                failure.reason(),
                                observer.tellsSidecars(arrival)
                                        ? PeerReason.encode(failure)
                                        : failure.reason().code(),
                                failure.detail(),
                                close,
                                now.method == Method.HEAD));
        finish(now, failure.reason());
        if (!sent) {
            // An orderly end without an answer would say that nothing was processed.
            over();
            link.abort();
        } else if (close) {
            over();
            link.closeLingering();
        } else {
            next();
        }
    }

    /// Sends a complete response made here: head and body in one piece.
    void answerLocally(Exchange now, int status, byte[] response) {
        if (exchange != now || now.responseStarted) {
            return;
        }
        now.responseStarted = true;
        now.releaseRequest();
        now.record.status = status;
        local = response;
        localSent = 0;
        pumpLocal(now);
    }

    private void pumpLocal(Exchange now) {
        try {
            while (localSent < local.length && link.canWrite()) {
                Slab out = loop.slabs().take(SlabPool.RECORD);
                int n = Math.min(out.capacity(), local.length - localSent);
                out.whole().put(0, local, localSent, n);
                out.tail = n;
                localSent += n;
                link.send(out);
            }
        } catch (IOException e) {
            broken(e);
            return;
        }
        if (localSent == local.length && exchange == now) {
            local = NOTHING;
            responseComplete(now);
        }
    }

    private boolean sendAnswer(byte[] answer) {
        if (!link.canWrite()) {
            return false;
        }
        Slab out = loop.slabs().take(answer.length);
        out.whole().put(0, answer);
        out.tail = answer.length;
        try {
            link.send(out);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    void responseComplete(Exchange was) {
        if (exchange != was) {
            return;
        }
        boolean whole = requestComplete(was);
        finish(was, was.record.reason);
        if (!whole || !keepAlive || draining) {
            end();
        } else {
            next();
        }
    }

    void responseBroken(Exchange was, String detail) {
        responseBroken(was, Reason.UPSTREAM_TRUNCATED, detail);
    }

    /// What is incomplete must not look complete: the connection is reset.
    private void responseBroken(Exchange was, Reason reason, String detail) {
        if (exchange != was) {
            return;
        }
        was.record.detail = detail;
        finish(was, reason);
        over();
        link.abort();
    }

    private void finish(Exchange was, Reason reason) {
        timer.cancel();
        was.record.reason = reason;
        exchange = null;
        was.end(loop.clock());
    }

    /// The connection is free for its next request.
    private void next() {
        if (partialHead == null) {
            loop.schedule(timer, patience.idleNanos());
        }
        link.settle();
        link.wantRead(!inputEnded);
        process();
        if (!over && exchange == null && !inputEnded) {
            link.readBuffered();
        }
    }

    @Override
    public void writable() {
        Exchange now = exchange;
        if (now == null) {
            next();
        } else if (local.length > 0) {
            pumpLocal(now);
        } else if (now.upstream != null) {
            now.upstream.clientWritable();
        }
    }

    @Override
    public void broken(IOException cause) {
        if (over) {
            return;
        }
        Exchange now = exchange;
        if (now != null) {
            gone(now, String.valueOf(cause.getMessage()));
        } else {
            over();
            link.abort();
        }
    }

    /// Ends after the exchange under way, or now where there is none.
    public void drain() {
        draining = true;
        if (exchange == null && !over) {
            end();
        }
    }

    private void over() {
        if (!over) {
            over = true;
            timer.cancel();
            observer.closed(this);
        }
    }
}
