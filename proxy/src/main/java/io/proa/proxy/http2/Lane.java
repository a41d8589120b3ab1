package io.proa.proxy.http2;

import io.proa.formats.Http2Error;
import io.proa.identity.VerifiedPeer;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Shed;
import io.proa.proxy.loop.Slab;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// A link that is one stream after the other of an HTTP/2 connection and speaks the text of
/// HTTP/1.1: to whoever owns it, it is a connection of HTTP/1.1 that stays open between requests.
///
/// So there is one path for a request whatever it came in, and what a stream can do that a
/// connection cannot stays here: a lane is idle while it has no stream; the end of a message is a
/// flag on its last frame; a lane that is given up within a message resets its stream.
final class Lane extends Link {
    /// How long the end of a stream may come behind the end of its message.
    private static final long MOST_LATE_NANOS = 1_000_000_000L;

    /// How long a peer may take for our last words.
    private static final long CLOSING_NANOS = 30_000_000_000L;

    private final Session session;
    private final LaneInput input;
    private final LaneOutput output;

    /// The stream under way; 0 = none.
    int stream;

    /// What the peer allows to send; may be negative (RFC 9113 section 6.9.2).
    int sendWindow;

    /// What the peer may still send.
    int receiveWindow;

    /// When the stream began.
    long begunAt;

    /// When its reader last took something.
    long takenAt;

    /// Capacity of the input slab in the reader's hand.
    private int inHand;

    /// Whether the head of a final response has come.
    boolean answered;

    /// Whether it waits for room in a window or in the connection's output.
    boolean waits;

    /// Whether its data wait for the peer's window, or will when they are here.
    boolean stalled;

    /// Whether it will be told in its turn.
    boolean queued;

    private @Nullable Slab backlog;

    /// What is said of a stream that is given up.
    private Http2Error why = Http2Error.INTERNAL_ERROR;

    private @Nullable Timeout closingTimer;
    private boolean reads = true;
    private boolean deferred;
    private boolean inputEnded;
    private boolean endToTell;
    private boolean closed;
    private boolean closing;
    private boolean endWanted;

    Lane(Session session, Loop loop, LinkHandler handler) {
        super(loop, handler);
        this.session = session;
        this.input = new LaneInput(loop.slabs(), session.incoming);
        this.output = new LaneOutput(this, session);
    }

    LaneInput input() {
        return input;
    }

    LaneOutput output() {
        return output;
    }

    LinkHandler owner() {
        return handler();
    }

    /// A stream begins, at whichever end.
    void begin(int id, int mayReceive, int maySend) {
        stream = id;
        receiveWindow = mayReceive;
        sendWindow = maySend;
        inputEnded = false;
        begunAt = loop.now();
        takenAt = begunAt;
    }

    /// Something has been put into the input.
    void arrived() {
        if (reads && !closed && !deferred) {
            handler().readable();
        }
    }

    /// Its stream is to wait before its owner is shown anything of it.
    void defer() {
        deferred = true;
    }

    /// Its turn has come.
    void admit() {
        deferred = false;
        arrived();
    }

    /// The peer's direction of the stream is over.
    void peerEnded(boolean tunnel) {
        inputEnded = true;
        endToTell |= tunnel;
        finishStream();
    }

    /// Our direction of the stream is over.
    void weEnded() {
        finishStream();
    }

    /// The peer has answered and wants nothing more of what we say. No stream follows, since what
    /// is left of that message must not be taken for the next.
    void stopOutput() {
        stream = 0;
        output.stop();
        endToTell = true;
        arrived();
    }

    boolean inputEnded() {
        return inputEnded;
    }

    /// Whether something lies here that its reader has not taken.
    boolean holdsInput() {
        return !input.isEmpty() || inHand > 0;
    }

    private void finishStream() {
        if (stream != 0 && inputEnded && output.ended()) {
            output.idle();
            session.finished(this);
        }
    }

    /// No stream will follow: like the end of an idle connection.
    void retire() {
        if (stream == 0 && !closed) {
            endToTell = true;
            arrived();
        }
    }

    /// The stream, or the connection, is gone without an end.
    void lost(IOException cause) {
        stream = 0;
        fail(cause);
    }

    /// The stream was not processed by the peer, who says so: like an end before any byte.
    void unprocessed() {
        stream = 0;
        input.release();
        endToTell = true;
        arrived();
    }

    @Override
    public int fill() {
        if (closed) {
            return endToTell ? -1 : 0;
        }
        if (deferred) {
            return 0;
        }
        int n = 0;
        Slab slab = in;
        if (slab == null) {
            slab = input.take();
            if (slab != null) {
                in = slab;
                inHand = slab.capacity();
                n = slab.size();
            }
        } else {
            if (slab.isEmpty()) {
                slab.head = 0;
                slab.tail = 0;
            } else if (slab.room() < slab.capacity() / 4) {
                slab.compact();
            }
            n = input.moveTo(slab);
        }
        if (n > 0) {
            takenAt = loop.now();
            session.outgoing.creditStream(this);
            return n;
        }
        return endToTell && input.isEmpty() ? -1 : 0;
    }

    @Override
    protected void settled() {
        takenAt = loop.now();
        letGo();
    }

    private void letGo() {
        int n = inHand;
        inHand = 0;
        session.incoming.released(n);
    }

    @Override
    public boolean hasBuffered() {
        return !closed && !deferred && (!input.isEmpty() || endToTell);
    }

    @Override
    public int write(Slab from, int start, int end) throws IOException {
        if (backlog != null || closed || start == end) {
            return 0;
        }
        int n = output.take(from, start, end);
        if (n < end - start) {
            session.outgoing.waitFor(this, output.needsWindow());
            if (output.ended()) {
                awaitEnd();
            }
        }
        return n;
    }

    /// The next message waits for the end of the stream before, whose message is complete.
    private void awaitEnd() {
        int late = stream;
        loop.schedule(
                new Timeout() {
                    @Override
                    protected void expired(long nowNanos) {
                        if (stream == late && !closed) {
                            session.abandoned(Lane.this, true, Http2Error.CANCEL);
                            output.idle();
                            session.outgoing.resumeSoon();
                        }
                    }
                },
                MOST_LATE_NANOS);
    }

    @Override
    public void send(Slab slab) throws IOException {
        backlog = slab;
        flush();
    }

    /// There is room again.
    void resume() throws IOException {
        waits = false;
        if (backlog != null) {
            flush();
        }
        if (backlog == null && !closed && tellEnd()) {
            if (closing) {
                release();
            } else {
                handler().writable();
            }
        }
    }

    private void flush() throws IOException {
        Slab slab = backlog;
        if (slab == null) {
            return;
        }
        slab.head += output.take(slab, slab.head, slab.tail);
        if (slab.isEmpty()) {
            if (backlog == slab) {
                slab.release();
                backlog = null;
            }
        } else if (!closed) {
            session.outgoing.waitFor(this, output.needsWindow());
        }
    }

    @Override
    public boolean canWrite() {
        return backlog == null && !closed;
    }

    @Override
    public int sendable() {
        return session.outgoing.sendable(this);
    }

    @Override
    public void endOutput() throws IOException {
        endWanted = true;
        if (backlog == null && !closed) {
            tellEnd();
        }
    }

    /// @return whether nothing is left to be told
    private boolean tellEnd() throws IOException {
        if (endWanted && !output.endTunnel()) {
            session.outgoing.waitFor(this, false);
            return false;
        }
        return true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void wantRead(boolean wanted) {
        reads = wanted;
    }

    @Override
    public boolean reads() {
        return reads;
    }

    @Override
    public void close() {
        if (closed || closing) {
            return;
        }
        // A body that only an end can end has ended now.
        endWanted = stream != 0;
        try {
            if (backlog == null && tellEnd()) {
                release();
                return;
            }
        } catch (IOException _) {
            abort();
            return;
        }
        closing = true;
        reads = false;
        handler(LinkHandler.NOBODY);
        Timeout bound = new Closing();
        closingTimer = bound;
        loop.schedule(bound, CLOSING_NANOS);
    }

    private final class Closing extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            release();
        }
    }

    @Override
    public void closeLingering() {
        close();
    }

    @Override
    public void abort() {
        release();
    }

    /// A reset is passed on as what it was.
    @Override
    public void abort(IOException cause) {
        if (cause instanceof StreamReset reset) {
            why = reset.error();
        } else if (cause instanceof Shed) {
            why = Http2Error.ENHANCE_YOUR_CALM;
        }
        release();
    }

    /// Whatever of the stream is unfinished is reset; a message of ours that has gone out to its
    /// end stays valid (RFC 9113 section 8.1).
    private void release() {
        if (closed) {
            return;
        }
        closed = true;
        if (closingTimer != null) {
            closingTimer.cancel();
        }
        output.release();
        if (stream != 0) {
            session.abandoned(this, output.ended(), why);
        }
        input.release();
        if (in != null) {
            in.release();
            in = null;
        }
        letGo();
        if (backlog != null) {
            backlog.release();
            backlog = null;
        }
        session.left(this);
    }

    @Override
    public @Nullable VerifiedPeer peer() {
        return session.peer();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return session.remoteAddress();
    }
}
