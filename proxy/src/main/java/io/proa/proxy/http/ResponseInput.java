package io.proa.proxy.http;

import io.proa.formats.HeadLimits;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What has come of a response and not gone to the client: a head under way, then the body as far
/// as it is known where that ends.
///
/// The first `metered` bytes of the link's input belong to the body of the response under way; what
/// lies behind them is not looked at before they are gone.
final class ResponseInput {
    private final HeadLimits limits;
    private final BodyMeter meter = new BodyMeter();
    private int metered;
    private boolean held;
    private boolean sourceEnded;

    ResponseInput(HeadLimits limits) {
        this.limits = limits;
    }

    /// Another response is awaited.
    void begin() {
        metered = 0;
        held = false;
        sourceEnded = false;
    }

    /// Parses into `head`.
    ///
    /// @param of the method that is answered
    /// @return false where more bytes are needed
    boolean readHead(MessageHead head, Link from, Slab slab, Method of) throws MalformedHead {
        head.reset();
        if (head.parseResponse(slab.whole(), slab.head, slab.tail, limits, of)) {
            slab.head = head.end();
            return true;
        }
        if (slab.head == 0 && slab.room() == 0 && !from.growInput()) {
            throw new IllegalStateException("a head within the limits fits into the largest slab");
        }
        return false;
    }

    void beginBody(MessageHead head) {
        meter.begin(head);
        metered = 0;
    }

    /// @return end of the bytes that belong to the body
    int measure(Slab slab) throws IOException {
        try {
            int end = meter.advance(slab.whole(), slab.head + metered, slab.tail);
            metered = end - slab.head;
            return end;
        } catch (MalformedHead e) {
            throw new IOException("response body: " + e.flaw().sentence());
        }
    }

    /// So many bytes have gone to the client.
    void taken(Slab slab, int bytes) {
        metered -= bytes;
        slab.head += bytes;
    }

    /// Appends what has arrived of the body to the response's head, so that both leave in one
    /// write.
    void appendTo(Slab out, @Nullable Slab slab) throws IOException {
        if (slab != null) {
            measure(slab);
            metered -= out.appendFrom(slab, metered);
        }
    }

    /// Throws away what has arrived of the body.
    void drop(@Nullable Slab slab) throws IOException {
        if (slab != null) {
            slab.head = measure(slab);
            metered = 0;
        }
    }

    /// Whether bytes of the body wait for the client.
    boolean waits() {
        return metered > 0;
    }

    boolean done() {
        return meter.done();
    }

    /// The client cannot take anything now: what has arrived stays where it is.
    void hold(Link from) {
        held = true;
        from.wantRead(false);
    }

    void resume(Link from) {
        if (held) {
            held = false;
            from.resumeRead();
        }
    }

    boolean held() {
        return held;
    }

    /// The endpoint has ended its direction in order.
    void endSource(Link from) {
        sourceEnded = true;
        from.wantRead(false);
    }

    boolean sourceEnded() {
        return sourceEnded;
    }

    /// @return whether that end completes the body
    boolean completedByEnd() {
        return meter.ended();
    }
}
