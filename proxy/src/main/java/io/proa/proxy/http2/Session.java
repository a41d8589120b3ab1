package io.proa.proxy.http2;

import io.proa.formats.FrameFlaw;
import io.proa.formats.HeadLimits;
import io.proa.formats.Http2Error;
import io.proa.formats.Http2Settings;
import io.proa.formats.MalformedFrame;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.identity.VerifiedPeer;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.Shed;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 connection (RFC 9113): its streams as lanes, its windows, its beginning and end.
/// Loop-confined.
///
/// A server's session makes a lane for each stream that the client opens, or gives an idle one the
/// next stream; a client's session makes lanes for its pool and numbers a stream when the lane
/// sends a head.
public abstract sealed class Session implements LinkHandler permits ServerSession, ClientSession {
    static final int MOST_STREAMS = 1000;
    static final int MOST_TRAILER_BYTES = 16 * 1024;

    /// What a stream may be sent before it is read (section 6.9.2: what holds without a word).
    static final int STREAM_WINDOW = 65_535;

    /// What a head may need in a slab, where something may stand before it.
    static final int MOST_HEAD_ROOM = SlabPool.LARGE - 128;

    /// A stream that lasts so long is bounded by how many there may be.
    private static final long SHORT_NANOS = 1_000_000_000L;

    private static final int MOST_READS = 4;
    static final byte[] NOTHING = {};

    /// The peer's.
    final Http2Settings peer = new Http2Settings();

    /// On the heads that come; bytes of names and values, and 32 for each field (section 6.5.2).
    final HeadLimits limits;

    final Link link;
    final Loop loop;
    final Http2Tools tools;
    final FrameOutput output;
    final FrameInput input;
    final Incoming incoming;
    final Outgoing outgoing;
    final LaneTable streams = new LaneTable();
    final Goodwill goodwill;
    private final RecentResets resets = new RecentResets();
    private final Set<Lane> lanes = new HashSet<>();
    private final Timer timer = new Timer();

    /// The peer's last stream that we have looked at.
    int lastSeen;

    boolean goingAway;
    boolean over;

    /// @param mesh whether the peer is a sidecar, who may have added lines to a head
    Session(Link link, Http2Tools tools, boolean mesh) {
        this.limits = mesh ? tools.meshLimits : tools.limits;
        this.link = link;
        this.loop = link.loop();
        this.tools = tools;
        this.output = new FrameOutput(link);
        this.input = new FrameInput(this);
        this.incoming = new Incoming(this);
        this.outgoing = new Outgoing(this);
        this.goodwill = new Goodwill(loop.now(), mesh);
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            idled();
        }
    }

    /// Says what this side says first.
    final void greet(int mostStreams) throws IOException {
        output.settings(mostStreams, STREAM_WINDOW, limits.maxBytes());
        incoming.open();
    }

    final @Nullable VerifiedPeer peer() {
        return link.peer();
    }

    final @Nullable SocketAddress remoteAddress() {
        return link.remoteAddress();
    }

    // ---- reading

    @Override
    public final void readable() {
        try {
            for (int i = 0; i < MOST_READS; i++) {
                int n = link.fill();
                if (n < 0) {
                    ended();
                    return;
                }
                if (n > 0) {
                    input.process();
                }
                if (n == 0 || over || !link.hasBuffered()) {
                    return;
                }
            }
            // The others' turn.
            link.readBuffered();
        } catch (IOException e) {
            broken(e);
        }
    }

    /// A block of fields is complete.
    abstract void head(int stream, ByteBuffer block, int from, int to, boolean ended)
            throws IOException;

    abstract boolean hasBegun(int stream);

    final void settings(ByteBuffer bytes, int from, int to) throws IOException, MalformedFrame {
        int before = peer.initialWindowSize();
        peer.take(bytes, from, to, !answers());
        outgoing.encoder.limit(peer.lowestHeaderTableSize(), peer.headerTableSize());
        output.settingsAck();
        outgoing.initialWindow(peer.initialWindowSize() - before);
        outgoing.resumeWaiting();
    }

    /// Whether this is the server's end.
    abstract boolean answers();

    abstract void pingAnswered();

    abstract void peerGoesAway(int lastStream, Http2Error error) throws IOException;

    /// Says that a stream ends before its time.
    private void sayReset(int stream, Http2Error error) throws IOException {
        output.reset(stream, error);
        resets.add(stream);
    }

    final void refuse(int stream) throws IOException {
        sayReset(stream, Http2Error.REFUSED_STREAM);
    }

    final boolean wasReset(int stream) {
        return resets.contains(stream);
    }

    final void reset(int stream, Http2Error error) throws IOException {
        Lane lane = streams.get(stream);
        if (lane == null) {
            incoming.unknownStream(stream);
            return;
        }
        streams.remove(stream);
        boolean hasty = answers() && loop.now() - lane.begunAt < SHORT_NANOS;
        if (error == Http2Error.NO_ERROR && !answers() && lane.inputEnded()) {
            // Section 8.1: it has answered, and does not want the rest of what it was asked.
            lane.stopOutput();
        } else if (error == Http2Error.REFUSED_STREAM && !answers()) {
            lane.unprocessed();
        } else {
            lane.lost(new StreamReset(error));
        }
        if (hasty) {
            spend(Goodwill.RESET);
        }
        closeIfDone();
    }

    /// Ends a stream for a fault of the peer's.
    final void resetByUs(Lane lane, Http2Error error, String why) throws IOException {
        int stream = lane.stream;
        streams.remove(stream);
        sayReset(stream, error);
        lane.lost(new IOException("HTTP/2: " + why));
        if (answers()) {
            spend(Goodwill.RESET);
        }
        closeIfDone();
    }

    /// Streams hold all that they may hold together.
    void crowded() {}

    /// A stream that waited for the peer's windows does so no longer.
    void moved() {}

    /// Ends a stream whose reader does not take what has come.
    final void shed(Lane lane) throws IOException {
        int stream = lane.stream;
        streams.remove(stream);
        sayReset(stream, Http2Error.CANCEL);
        lane.lost(new Shed("the reader takes nothing while others wait for the connection"));
        closeIfDone();
    }

    /// @return false where the peer has lost its connection by it
    final boolean spend(int points) throws IOException {
        if (goodwill.spend(points, loop.now())) {
            return true;
        }
        fail(Http2Error.ENHANCE_YOUR_CALM, "too many frames that lead nowhere");
        return false;
    }

    final void malformed(FrameFlaw flaw) throws IOException {
        fail(flaw.error(), flaw.sentence());
    }

    /// The connection ends for a fault of the peer's; told once.
    void faulted(Http2Error error, String why) {}

    /// Ends the connection for a fault of the peer's.
    final void fail(Http2Error error, String why) throws IOException {
        if (over) {
            return;
        }
        faulted(error, why);
        output.goAway(lastSeen, error, why.getBytes(StandardCharsets.US_ASCII));
        output.flush();
        endAll(new IOException("HTTP/2: " + why));
        link.closeLingering();
    }

    // ---- writing

    @Override
    public final void writable() {
        try {
            if (output.flush()) {
                incoming.replenish();
                streams.forEach(outgoing::creditStream);
                outgoing.resumeWaiting();
                closeIfDone();
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    /// The head that a lane's text is parsed into.
    final MessageHead headToSend() {
        MessageHead head = tools.sent;
        head.reset();
        return head;
    }

    abstract boolean parse(MessageHead head, ByteBuffer text, int from, int to, Method answered)
            throws MalformedHead;

    /// Sends a head; a client's begins its stream by that.
    ///
    /// @return false where it cannot be sent now
    abstract boolean sendHead(Lane lane, MessageHead head, Slab text, boolean last)
            throws IOException;

    abstract void encode(MessageHead head, ByteBuffer text, ByteBuffer out);

    // ---- lanes

    final Lane newLane(LinkHandler owner) {
        Lane lane = new Lane(this, loop, owner);
        lanes.add(lane);
        return lane;
    }

    /// A stream has come to its end in both directions.
    final void finished(Lane lane) {
        streams.remove(lane.stream);
        lane.stream = 0;
        outgoing.goesOn(lane);
        goodwill.earn(Goodwill.RESET);
        if (goingAway) {
            lane.retire();
        } else {
            keep(lane);
        }
        closeIfDone();
    }

    /// A lane is ready for its next stream.
    abstract void keep(Lane lane);

    /// A lane gives its stream up.
    ///
    /// @param said whether our message went out to its end
    final void abandoned(Lane lane, boolean said, Http2Error why) {
        int stream = lane.stream;
        streams.remove(stream);
        lane.stream = 0;
        if (!over) {
            try {
                sayReset(stream, abandonment(said, why));
            } catch (IOException e) {
                link.fail(e);
            }
        }
    }

    abstract Http2Error abandonment(boolean said, Http2Error why);

    /// A lane is closed.
    final void left(Lane lane) {
        lanes.remove(lane);
        outgoing.forget(lane);
        forget(lane);
        closeIfDone();
    }

    abstract void forget(Lane lane);

    // ---- the end

    final int lanes() {
        return lanes.size();
    }

    /// Nobody uses it for so long: it ends.
    final void await(long nanos) {
        if (nanos > 0) {
            loop.schedule(timer, nanos);
        } else {
            timer.cancel();
        }
    }

    /// The time given to [#await] is over.
    abstract void idled();

    /// Takes no stream more, and ends when those under way have ended.
    final void goAway() {
        if (!goingAway && !over) {
            goingAway = true;
            try {
                output.goAway(lastSeen, Http2Error.NO_ERROR, NOTHING);
            } catch (IOException e) {
                broken(e);
                return;
            }
            retireIdle();
        }
        closeIfDone();
    }

    final void tellLanes(Consumer<Lane> told) {
        new ArrayList<>(lanes).forEach(told);
    }

    /// Lanes without a stream will not get one.
    final void retireIdle() {
        new ArrayList<>(lanes).forEach(Lane::retire);
    }

    final void closeIfDone() {
        if (over || streams.size() > 0 || !done()) {
            return;
        }
        try {
            if (output.flush()) {
                endAll(null);
                // Of what the client still says it has nothing to hear, but a reset would take our
                // last words away.
                link.closeLingering();
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    /// Whether nothing is left to be done once no stream is open.
    abstract boolean done();

    /// The peer has ended its direction.
    private void ended() {
        boolean orderly = streams.size() == 0;
        try {
            output.flush();
        } catch (IOException _) {
            // It had ended anyway.
        }
        endAll(orderly ? null : new IOException("the connection ended within a stream"));
        if (orderly) {
            link.close();
        } else {
            link.abort();
        }
    }

    @Override
    public void broken(IOException cause) {
        if (!over) {
            endAll(cause);
            link.abort();
        }
    }

    private void endAll(@Nullable IOException cause) {
        if (over) {
            return;
        }
        over = true;
        timer.cancel();
        output.release();
        input.release();
        incoming.release();
        List<Lane> all = new ArrayList<>();
        streams.forEach(all::add);
        for (Lane lane : all) {
            streams.remove(lane.stream);
            lane.lost(cause == null ? new IOException("the connection ended") : cause);
        }
        retireIdle();
        gone();
    }

    /// It is over.
    abstract void gone();
}
