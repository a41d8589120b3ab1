package io.proa.proxy.http;

import io.proa.formats.Framing;
import io.proa.formats.HeadEdits;
import io.proa.formats.HeadWriter;
import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.formats.StatusLines;
import io.proa.model.IpPort;
import io.proa.model.TimeoutRule;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import io.proa.traffic.Deadline;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.RequestView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the client's head to the response's last byte.
///
/// While the stack runs for the first time the client's head can be looked at ([RequestView]) and
/// edited. The first attempt writes it, in the form in which it travels on, into a slab of the
/// exchange's own; later attempts send that again with their own number.
public final class Exchange implements RequestView {
    /// The lines only sidecars see, of fixed width, so that an attempt's own can be written over
    /// its predecessor's.
    private static final byte[] ATTEMPT =
            "x-proa-attempt: 01\r\nx-proa-deadline-ms: 0000000000\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private static final int ATTEMPT_AT = 16;
    private static final int DEADLINE_AT = 40;
    private static final int DEADLINE_DIGITS = 10;
    private static final int HEAD_SLACK = 384;
    private static final int INLINE_BODY = 1024;

    final ClientExchange client;
    private final Loop loop;
    public final ExchangeRecord record;
    private Arrival arrival;
    final Method method;
    private final boolean grpc;
    private final MessageHead head;
    private @Nullable Slab requestHead;

    /// Where the lines of [#ATTEMPT] are, or belong.
    private int attemptBlock;

    private boolean announcing;
    private final KeptBody kept;
    private int bodyWithHead;
    private boolean sending;
    private boolean upgrading;
    private boolean otherUpgrades;
    private Deadline deadline = Deadline.NONE;
    private long idleNanos;
    private long tunnelIdleNanos;
    private @Nullable Cancellable waitingFor;
    @Nullable UpstreamExchange upstream;
    private @Nullable ExchangeEnd observer;
    boolean responseStarted;
    boolean interimSent;
    private boolean over;
    private boolean clientEnded;

    /// Keys under which the caller's attempt and deadline are kept while the application works; 0 =
    /// none.
    public long traceKey;

    public long requestKey;

    Exchange(
            ClientExchange client,
            Loop loop,
            ExchangeRecord record,
            Arrival arrival,
            MessageHead head) {
        this.client = client;
        this.loop = loop;
        this.record = record;
        this.arrival = arrival;
        this.head = head;
        this.method = head.method();
        this.grpc = arrival.version() == HttpVersion.HTTP2 && isGrpc(head);
        this.kept =
                new KeptBody(
                        loop.slabs(), head.framing() == Framing.LENGTH ? head.contentLength() : -1);
    }

    private static boolean isGrpc(MessageHead head) {
        int at = head.find(KnownHeader.CONTENT_TYPE);
        return at >= 0 && head.value(at).startsWith("application/grpc");
    }

    /// Whether the caller speaks gRPC.
    public boolean isGrpc() {
        return grpc;
    }

    public Loop loop() {
        return loop;
    }

    /// How the request came.
    public Arrival arrival() {
        return arrival;
    }

    HttpVersion version() {
        return arrival.version();
    }

    /// Where it is meant to go, where the request says so and not its connection.
    public void readdress(IpPort destination, Object target) {
        arrival =
                new Arrival(
                        arrival.direction(),
                        arrival.security(),
                        arrival.version(),
                        arrival.peer(),
                        arrival.remote(),
                        destination,
                        target);
        edits().remove(KnownHeader.PROXY_AUTHORIZATION);
    }

    /// Host and port of a target that is a whole URI or, with CONNECT, nothing else; empty where
    /// there are none.
    public String authority() {
        return head.text(head.authorityStart(), head.authorityEnd());
    }

    /// Whether the target is an `https` URI, which only a tunnel can reach.
    public boolean wantsTls() {
        return head.authorityStart() - head.targetStart() == "https://".length();
    }

    public boolean isConnect() {
        return method == Method.CONNECT;
    }

    /// Keeps the client's head readable beyond the present call, until it is first written. The
    /// edits are not kept.
    public void keepHead() {
        client.tools().keepRequestHead(head);
    }

    /// Takes the client's connection over, with what has come behind the head; nothing has been
    /// answered. The exchange is over and leaves no record.
    public Link takeLink() {
        over = true;
        waitingFor = null;
        releaseRequest();
        return client.leave();
    }

    /// The edits made to the head before it is first written.
    public HeadEdits edits() {
        return client.tools().requestEdits;
    }

    /// The client's head; only until the first attempt has written it.
    public MessageHead head() {
        return head;
    }

    /// The bytes the head's offsets refer to; only until the first attempt has written it.
    public ByteBuffer headBytes() {
        return java.util.Objects.requireNonNull(client.input()).whole();
    }

    @Override
    public String method() {
        return method == Method.OTHER
                ? head.text(head.methodStart(), head.methodEnd())
                : method.name();
    }

    /// Without scheme and authority, also where the target is a whole URI: rules are about paths.
    @Override
    public String path() {
        if (method == Method.CONNECT) {
            return head.text(head.targetStart(), head.targetEnd());
        }
        return head.pathEnd() > head.pathStart()
                ? head.text(head.pathStart(), head.pathEnd())
                : "/";
    }

    @Override
    public @Nullable String header(String name) {
        return head.headerValue(name);
    }

    public boolean idempotent() {
        return method.idempotent();
    }

    /// Answers from here, without any upstream.
    public void answer(int status, String contentType, byte[] body) {
        boolean head = method == Method.HEAD;
        byte[] start =
                ("HTTP/1.1 "
                                + status
                                + ' '
                                + StatusLines.phrase(status)
                                + "\r\ncontent-type: "
                                + contentType
                                + "\r\ncontent-length: "
                                + body.length
                                + "\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] response = java.util.Arrays.copyOf(start, start.length + (head ? 0 : body.length));
        if (!head) {
            System.arraycopy(body, 0, response, start.length, body.length);
        }
        client.answerLocally(this, status, response);
    }

    public void observe(ExchangeEnd next) {
        observer = next;
    }

    /// Bounds the whole exchange; an earlier bound stays.
    public void deadline(Deadline bound, TimeoutRule timeouts) {
        deadline = deadline.earlier(bound);
        idleNanos = timeouts.idle().toNanos();
        tunnelIdleNanos = timeouts.tcpIdle().toNanos();
        client.armTimer(this);
    }

    /// What the caller's own deadline leaves; loop time, `Long.MAX_VALUE` = unbounded.
    public void callerDeadline(long atNanos) {
        if (atNanos != Long.MAX_VALUE) {
            deadline = deadline.earlier(new Deadline(atNanos));
        }
    }

    /// Bounds the exchange by the caller's deadline alone, and by its silence.
    public void startCallerDeadline(long idle) {
        idleNanos = idle;
        client.armTimer(this);
    }

    public Deadline deadline() {
        return deadline;
    }

    long idleNanos() {
        return idleNanos;
    }

    /// Once it has left HTTP.
    long tunnelIdleNanos() {
        return tunnelIdleNanos;
    }

    /// Keeps body bytes for another attempt, up to `bytes`.
    public void keepBody(int bytes) {
        kept.limit(bytes);
    }

    public boolean bodyReplayable() {
        return (!sending || kept.allows(bodyWithHead)) && kept.isWhole();
    }

    /// A byte of the request goes upstream: from now on another attempt is a repetition.
    void sending() {
        sending = true;
    }

    /// The client has ended its direction, and may be gone.
    ///
    /// @return whether there is nothing under way that it might still wait for
    boolean clientEnded() {
        clientEnded = true;
        Cancellable waiting = waitingFor;
        return waiting != null && waiting.pausing();
    }

    /// Whether it is uncertain that the client is still there.
    public boolean clientMayBeGone() {
        return clientEnded;
    }

    /// Whether anything of a response, be it an interim one, has gone to the client.
    public boolean responseStarted() {
        return responseStarted || interimSent;
    }

    public boolean isOver() {
        return over;
    }

    /// Who must be told when the exchange is given up.
    public void waitFor(@Nullable Cancellable next) {
        waitingFor = next;
    }

    /// Gives the exchange up: whoever it waits for answers with `why`.
    public void cancel(Failure why) {
        Cancellable waiting = waitingFor;
        waitingFor = null;
        if (waiting != null) {
            waiting.cancel(why);
        }
    }

    /// Writes the head as it travels on, once; later calls only renew the attempt's own lines.
    ///
    /// @param announce whether the other end is a sidecar of the mesh, which is told attempt and
    ///   deadline
    /// @return what is to be sent, from its beginning
    Slab requestHead(boolean announce, int attempt, long now) {
        Slab slab = requestHead;
        if (slab == null) {
            slab = writeHead(announce);
        } else if (announce != announcing) {
            slab = announce ? withAttempt(slab) : withoutAttempt(slab);
        }
        requestHead = slab;
        if (announcing) {
            renewAttempt(slab, attempt, now);
        }
        return slab;
    }

    /// The head as it was for this attempt's first byte.
    Slab requestHead() {
        return java.util.Objects.requireNonNull(requestHead);
    }

    boolean headWritten() {
        return requestHead != null || responseStarted;
    }

    private Slab writeHead(boolean announce) {
        Slab source = java.util.Objects.requireNonNull(client.input());
        int length = head.end() - head.start();
        Slab slab = loop.slabs().take(Math.min(length + HEAD_SLACK, SlabPool.LARGE));
        HeadEdits edits = edits();
        edits.remove(KnownHeader.X_PROA_ATTEMPT);
        edits.remove(KnownHeader.X_PROA_DEADLINE_MS);
        edits.remove(KnownHeader.X_PROA_REASON);
        edits.originForm();
        edits.keepTrailerAllowance();
        if (version() == HttpVersion.HTTP1) {
            // In a stream's text they speak for HTTP/2; here somebody else has written them.
            edits.remove(KnownHeader.X_PROA_CONTENT);
            edits.remove(KnownHeader.X_PROA_SCHEME);
        }
        if (head.version() == 10) {
            // We speak for ourselves (RFC 9112 section 2.3), and in HTTP/1.1 nobody goes without a
            // Host.
            edits.version11();
            edits.hostIfAbsent(host().getBytes(StandardCharsets.ISO_8859_1));
        }
        upgrading = asksForTunnel();
        if (upgrading) {
            edits.keepUpgrade();
        }
        if (!HeadWriter.forwardRequest(head, source.whole(), slab.space(), edits)) {
            slab.release();
            slab = loop.slabs().take(SlabPool.LARGE);
            if (!HeadWriter.forwardRequest(head, source.whole(), slab.space(), edits)) {
                throw new IllegalStateException(
                        "a head within the limits fits into the largest slab");
            }
        }
        slab.tail = slab.buffer.position();
        attemptBlock = slab.tail - 2;
        announcing = announce;
        if (announce) {
            slab.whole().put(attemptBlock, ATTEMPT);
            slab.tail = attemptBlock + ATTEMPT.length;
        }
        bodyWithHead = client.moveWholeBody(slab, INLINE_BODY);
        return slab;
    }

    /// The next attempt goes to a sidecar, and those before did not.
    private Slab withAttempt(Slab slab) {
        Slab roomy = slab;
        int more = ATTEMPT.length - 2;
        if (slab.room() < more) {
            if (slab.capacity() == SlabPool.LARGE) {
                return slab; // it is told nothing, which is no worse than an unknown caller
            }
            roomy = loop.slabs().take(Math.min(slab.tail + more, SlabPool.LARGE));
            roomy.appendFrom(slab, slab.size());
            slab.release();
        }
        int rest = attemptBlock + 2;
        roomy.whole().put(rest + more, roomy.buffer, rest, roomy.tail - rest);
        roomy.buffer.put(attemptBlock, ATTEMPT);
        roomy.tail += more;
        announcing = true;
        return roomy;
    }

    /// The next attempt goes to somebody outside the mesh, and those before did not.
    private Slab withoutAttempt(Slab slab) {
        int less = ATTEMPT.length - 2;
        int rest = attemptBlock + less;
        slab.whole().put(attemptBlock, slab.buffer, rest, slab.tail - rest);
        slab.tail -= less;
        announcing = false;
        return slab;
    }

    private String host() {
        if (head.authorityEnd() > head.authorityStart()) {
            return head.text(head.authorityStart(), head.authorityEnd());
        }
        return record.service == null ? "" : record.service.name();
    }

    /// Passes upgrades to other protocols than WebSocket on: no rule looks at requests here that
    /// could be gone round by what follows. Before the head is first written.
    public void passOtherUpgrades() {
        otherUpgrades = true;
    }

    /// WebSocket is passed on, and where no rule is in the way whatever else is asked for by one
    /// name; an upgrade to HTTP/2 never is, since it would carry requests past us unread. A request
    /// whose Upgrade is left out is an ordinary one.
    private boolean asksForTunnel() {
        if (method == Method.CONNECT) {
            return true;
        }
        if (head.framing() != Framing.NONE || !head.upgrade()) {
            return false;
        }
        if (head.upgradeTokenIs("websocket")) {
            return method == Method.GET;
        }
        return otherUpgrades
                && (method == Method.GET || method == Method.POST)
                && head.hasOneUpgradeToken()
                && !head.upgradeTokenIs("h2c")
                && !head.upgradeTokenIs("h2");
    }

    /// Whether this final or interim status ends HTTP on both connections.
    boolean becomesTunnel(int status) {
        return upgrading && (method == Method.CONNECT ? status / 100 == 2 : status == 101);
    }

    private void renewAttempt(Slab slab, int attempt, long now) {
        slab.whole();
        slab.buffer.put(attemptBlock + ATTEMPT_AT, (byte) ('0' + attempt / 10));
        slab.buffer.put(attemptBlock + ATTEMPT_AT + 1, (byte) ('0' + attempt % 10));
        long millis =
                deadline.equals(Deadline.NONE)
                        ? 0
                        : Math.max(1, deadline.remaining(now) / 1_000_000);
        for (int i = DEADLINE_DIGITS - 1; i >= 0; i--) {
            slab.buffer.put(attemptBlock + DEADLINE_AT + i, (byte) ('0' + millis % 10));
            millis /= 10;
        }
    }

    /// Body bytes `[from.head, from.head + n)` have gone upstream: they are kept while another
    /// attempt may need them.
    void bodyForwarded(Slab from, int n) {
        if (!responseStarted) {
            kept.forwarded(from, n);
        }
    }

    @Nullable Slab replay() {
        return kept.slab();
    }

    /// Notes in the record what was asked for, for the log; does nothing once the response has
    /// begun.
    public void describe() {
        Slab slab = requestHead;
        if (slab == null) {
            return;
        }
        slab.whole();
        int space = indexOf(slab, (byte) ' ', 0);
        int end = indexOf(slab, (byte) ' ', space + 1);
        byte[] target = new byte[Math.min(end - space - 1, 1024)];
        slab.buffer.get(space + 1, target);
        record.path = new String(target, StandardCharsets.ISO_8859_1);
    }

    private static int indexOf(Slab slab, byte wanted, int from) {
        int i = from;
        while (i < slab.tail && slab.buffer.get(i) != wanted) {
            i++;
        }
        return i;
    }

    /// The response has begun: the request's head and body are not needed again.
    void releaseRequest() {
        kept.forget();
        if (requestHead != null) {
            requestHead.release();
            requestHead = null;
        }
    }

    void end(long now) {
        if (over) {
            return;
        }
        over = true;
        waitingFor = null;
        record.endedAt = now;
        releaseRequest();
        if (observer != null) {
            observer.ended(this);
        }
    }
}
