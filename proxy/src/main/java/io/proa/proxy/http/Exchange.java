package io.proa.proxy.http;

import io.proa.formats.Framing;
import io.proa.formats.HeadEdits;
import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.formats.StatusLines;
import io.proa.model.IpPort;
import io.proa.model.TimeoutRule;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Slab;
import io.proa.traffic.Deadline;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Failure;
import io.proa.traffic.RequestView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request and its response, from the client's head to the response's last byte.
///
/// While the stack runs for the first time the client's head can be looked at ([RequestView]) and
/// edited. The first attempt writes it, in the form in which it travels on, into a slab of the
/// exchange's own; later attempts send that again with their own number.
public final class Exchange implements RequestView {
    private static final int INLINE_BODY = 1024;

    final ClientExchange client;
    private final Loop loop;
    public final ExchangeRecord record;
    private Arrival arrival;
    final Method method;
    private final boolean grpc;
    private final MessageHead head;
    private final ForwardedHead forwarded;
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
        this.forwarded = new ForwardedHead(loop.slabs());
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
        return Objects.requireNonNull(client.input()).whole();
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
        byte[] response = Arrays.copyOf(start, start.length + (head ? 0 : body.length));
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
        if (forwarded.slab() == null) {
            Slab source = Objects.requireNonNull(client.input());
            Slab written = forwarded.write(head, source, finalEdits(), announce);
            bodyWithHead = client.moveWholeBody(written, INLINE_BODY);
        }
        return forwarded.forAttempt(announce, attempt, deadline, now);
    }

    /// The head as it was for this attempt's first byte.
    Slab requestHead() {
        return Objects.requireNonNull(forwarded.slab());
    }

    boolean headWritten() {
        return forwarded.slab() != null || responseStarted;
    }

    /// With those that every head gets on its way.
    private HeadEdits finalEdits() {
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
        return edits;
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
        String target = forwarded.target();
        if (target != null) {
            record.path = target;
        }
    }

    /// The response has begun: the request's head and body are not needed again.
    void releaseRequest() {
        kept.forget();
        forwarded.release();
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
