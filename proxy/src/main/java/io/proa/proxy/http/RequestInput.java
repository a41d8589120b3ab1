package io.proa.proxy.http;

import io.proa.formats.HeadLimits;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What has come of a request and not gone on: a head under way, then the body as far as it is
/// known where that ends.
///
/// Once a head is complete the first `metered` bytes of the link's input belong to its body; what
/// lies behind the body is the next request, and is not looked at before its turn.
final class RequestInput {
    private final Link link;
    private final HttpTools tools;
    private final HeadLimits limits;
    private final BodyMeter meter = new BodyMeter();
    private @Nullable MessageHead partialHead;

    /// Where in the input that head begins.
    private int partialAt;

    private int metered;

    RequestInput(Link link, HttpTools tools, HeadLimits limits) {
        this.link = link;
        this.tools = tools;
        this.limits = limits;
    }

    /// The link's input as it is; null where nothing is waiting.
    @Nullable Slab slab() {
        return link.in;
    }

    /// Whether a head has begun and is not complete.
    boolean headBegun() {
        return partialHead != null;
    }

    /// Reads the next request's head. It is consumed, but can still be read in place until more is
    /// read from the socket.
    ///
    /// @return null where more bytes are needed
    @Nullable MessageHead readHead() throws MalformedHead {
        Slab slab = link.in;
        if (slab == null || slab.isEmpty()) {
            // An empty slab goes back to the pool: a head begun in it would go on in somebody
            // else's bytes.
            return null;
        }
        MessageHead head = partialHead != null ? partialHead : tools.lendRequestHead();
        if (partialHead == null || partialAt != slab.head) {
            // Also where its beginning has been moved to the front: it is read by index.
            head.reset();
        }
        boolean complete;
        try {
            complete = head.parseRequest(slab.whole(), slab.head, slab.tail, limits);
        } catch (MalformedHead e) {
            partialHead = null;
            throw e;
        }
        if (!complete) {
            moreHead(slab, head);
            return null;
        }
        partialHead = null;
        slab.head = head.end();
        meter.begin(head);
        metered = 0;
        return head;
    }

    private void moreHead(Slab slab, MessageHead head) {
        if (partialHead == null) {
            tools.keepRequestHead(head);
            partialHead = head;
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
                throw new IllegalStateException(
                        "a head within the limits fits into the largest slab");
            }
        }
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
        return head.appendFrom(slab, n);
    }

    /// Sends what there is of the body, as far as it is taken.
    ///
    /// @return bytes sent
    int pump(Exchange of, Link to) throws MalformedHead, IOException {
        Slab slab = Objects.requireNonNull(link.in);
        int end = meter.advance(slab.whole(), slab.head + metered, slab.tail);
        metered = end - slab.head;
        int sent = 0;
        while (metered > 0) {
            int n = to.write(slab, slab.head, slab.head + metered);
            if (n == 0) {
                return sent;
            }
            of.bodyForwarded(slab, n);
            slab.head += n;
            metered -= n;
            sent += n;
        }
        link.settle();
        return sent;
    }

    /// Whether the whole body has come, sent on or not.
    boolean arrived() {
        return meter.done();
    }

    /// Whether the whole body has gone on.
    boolean done() {
        return meter.done() && metered == 0;
    }

    /// Whether to read from the socket within a request. What lies behind its body, or cannot be
    /// sent on yet, waits where it is; more is read only while there is room.
    boolean wantsMore() {
        return link.in == null || !meter.done() && metered == 0 && !link.inputFull();
    }
}
