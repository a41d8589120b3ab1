package io.proa.proxy.http;

import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import io.proa.traffic.Failure;
import java.io.IOException;
import java.util.Objects;

/// The head of a response has arrived; its body waits behind it. One per connection, valid until
/// its exchange ends.
///
/// Whoever is given it passes it on, throws it away ([#discard]) or takes the connection
/// ([#leave]); only a response that ended where its framing said leaves its connection for another
/// request.
public final class UpstreamResponse {
    private final UpstreamExchange use;
    private final ResponseInput input;
    private final MessageHead head;
    private int status;
    private int outcome;
    private boolean fromSidecar;
    private boolean reusable;

    UpstreamResponse(UpstreamExchange use, ResponseInput input, MessageHead head) {
        this.use = use;
        this.input = input;
        this.head = head;
    }

    /// The head has been parsed.
    ///
    /// @param requestOut whether nothing of the request's head is still to be sent
    void begin(boolean requestOut) {
        status = head.status();
        outcome = use.current().isGrpc() ? grpcOutcome() : status;
        fromSidecar = use.mesh() && head.has(KnownHeader.X_PROA_REASON);
        reusable = head.keepAlive() && requestOut;
        input.beginBody(head);
    }

    /// 200 to 599.
    public int status() {
        return status;
    }

    /// How it went with the request, as a status of HTTP: of a gRPC response that has nothing but
    /// trailers it is what its own status stands for.
    public int outcome() {
        return outcome;
    }

    private int grpcOutcome() {
        int at = head.find(KnownHeader.GRPC_STATUS);
        return at < 0 ? status : GrpcStatus.http(head.value(at));
    }

    /// Whether the other sidecar made it, not its application.
    public boolean fromSidecar() {
        return fromSidecar;
    }

    /// Whether a sidecar of the mesh is at the other end.
    boolean fromMesh() {
        return use.mesh();
    }

    /// Valid only within the call that hands the response over.
    MessageHead head() {
        return head;
    }

    /// What the head's offsets refer to.
    Slab headBytes() {
        return Objects.requireNonNull(use.link().in);
    }

    /// Appends what has arrived of the body to the response's head, so that both leave in one
    /// write.
    void bodyBehindHead(Slab out) throws IOException {
        input.appendTo(out, use.link().in);
    }

    /// Moves what has arrived of the body to the client.
    void readBody() {
        try {
            if (passOn()) {
                if (input.done()) {
                    use.complete(reusable);
                } else if (input.sourceEnded()) {
                    endOfBody();
                }
            }
        } catch (IOException e) {
            use.broken(e);
        }
    }

    /// @return whether all that has arrived is with the client
    private boolean passOn() throws IOException {
        Exchange now = use.current();
        Link from = use.link();
        Slab slab = from.in;
        if (slab == null) {
            return true;
        }
        int end = input.measure(slab);
        if (input.waits()) {
            int n = now.client.body(slab, end);
            if (now.isOver()) {
                // The client left within this very write, and took the slab with it.
                return false;
            }
            input.taken(slab, n);
            if (input.waits()) {
                input.hold(from);
            }
        }
        from.settle();
        return !input.waits();
    }

    private void endOfBody() throws IOException {
        // A reset that a write has met already leaves nothing but an end behind it.
        if (!use.takesNoMore() && input.completedByEnd()) {
            use.complete(false);
        } else {
            throw new IOException("ended within the response");
        }
    }

    /// The endpoint has ended its direction in order.
    void sourceEnded() {
        reusable = false;
        input.endSource(use.link());
        readBody();
    }

    /// The endpoint has stopped to take the request.
    void requestRefused() {
        reusable = false;
    }

    /// Throws the response away, so that another attempt may be made.
    public void discard() {
        use.discard();
    }

    /// Drops what has arrived of a response that was thrown away.
    ///
    /// @return whether that was the rest of it
    boolean dropped() throws IOException {
        input.drop(use.link().in);
        return input.done();
    }

    /// Whether the connection may serve another request after this response.
    boolean reusable() {
        return reusable;
    }

    /// Leaves HTTP: whoever takes the link calls [#left] when it is over.
    Link leave() {
        return use.leave();
    }

    void left() {
        use.left();
    }

    /// Gives it up: its head has been looked at and not been passed on.
    Failure abandon(String why) {
        return use.abandon(why);
    }
}
