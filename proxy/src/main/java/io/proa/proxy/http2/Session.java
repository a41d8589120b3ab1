package io.proa.proxy.http2;

import io.proa.formats.FieldBlocks;
import io.proa.formats.FrameFlaw;
import io.proa.formats.FrameHead;
import io.proa.formats.FrameWriter;
import io.proa.formats.HpackDecoder;
import io.proa.formats.HpackEncoder;
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
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

    /// Of the connection: it does not bound, the streams' windows do.
    private static final int CONNECTION_WINDOW = 16 << 20;

    private static final int MOST_READS = 16;
    static final byte[] NOTHING = {};

    /// The peer's.
    final Http2Settings peer = new Http2Settings();

    private final HpackDecoder decoder = new HpackDecoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    final HpackEncoder encoder = new HpackEncoder(HpackDecoder.DEFAULT_TABLE_SIZE);

    final Link link;
    final Loop loop;
    final Http2Tools tools;
    final FrameOutput output;
    final FrameInput input;
    final LaneTable streams = new LaneTable();
    final Goodwill goodwill;
    private final RecentResets resets = new RecentResets();
    private final ArrayDeque<Lane> waiting = new ArrayDeque<>();
    private final Set<Lane> lanes = new HashSet<>();
    private final Timer timer = new Timer();
    private int sendWindow = STREAM_WINDOW;
    private int receiveWindow = STREAM_WINDOW;

    /// The peer's last stream that we have looked at.
    int lastSeen;

    boolean goingAway;
    boolean over;

    Session(Link link, Http2Tools tools) {
        this.link = link;
        this.loop = link.loop();
        this.tools = tools;
        this.output = new FrameOutput(link);
        this.input = new FrameInput(this);
        this.goodwill = new Goodwill(loop.now());
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            idled();
        }
    }

    /// Says what this side says first.
    final void greet(int mostStreams) throws IOException {
        output.settings(mostStreams, STREAM_WINDOW, tools.mostHeaderBytes());
        output.windowUpdate(0, CONNECTION_WINDOW - STREAM_WINDOW);
        receiveWindow = CONNECTION_WINDOW;
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

    /// Data of a stream.
    ///
    /// @param counted bytes that flow control counts, with padding
    final void data(int stream, ByteBuffer bytes, int at, int n, int counted, boolean ended)
            throws IOException {
        receiveWindow -= counted;
        if (receiveWindow < 0) {
            fail(Http2Error.FLOW_CONTROL_ERROR, "more data than the connection's window allows");
            return;
        }
        if (receiveWindow < CONNECTION_WINDOW / 2
                && output.windowUpdate(0, CONNECTION_WINDOW - receiveWindow)) {
            receiveWindow = CONNECTION_WINDOW;
        }
        Lane lane = streams.get(stream);
        if (lane == null) {
            late(stream);
            return;
        }
        if (lane.inputEnded()) {
            resetByUs(lane, Http2Error.STREAM_CLOSED, "data behind the end");
            return;
        }
        if (n > 0) {
            goodwill.earn(Goodwill.IDLE_FRAME);
        } else if (!ended && !spend(Goodwill.IDLE_FRAME)) {
            return;
        }
        lane.receiveWindow -= counted;
        if (lane.receiveWindow < 0) {
            resetByUs(lane, Http2Error.FLOW_CONTROL_ERROR, "more data than the window allows");
        } else if (n > 0 && !lane.input().allows(n)) {
            resetByUs(lane, Http2Error.PROTOCOL_ERROR, "more data than were announced");
        } else {
            // Padding is nothing that a reader could take.
            lane.receiveWindow += counted - n;
            dataTo(lane, bytes, at, n, counted - n, ended);
        }
    }

    private void dataTo(Lane lane, ByteBuffer bytes, int at, int n, int padding, boolean ended)
            throws IOException {
        if (padding > 0 && !ended) {
            output.windowUpdate(lane.stream, padding);
        }
        if (n > 0) {
            lane.input().data(bytes, at, n);
        }
        if (ended) {
            endInput(lane);
        } else if (n > 0) {
            lane.arrived();
        }
    }

    /// The peer's direction of the stream has come to its end.
    final void endInput(Lane lane) throws IOException {
        boolean tunnel = lane.input().isTunnel();
        if (lane.input().end()) {
            lane.peerEnded(tunnel);
            lane.arrived();
        } else {
            resetByUs(lane, Http2Error.PROTOCOL_ERROR, "less data than were announced");
        }
    }

    /// Part of a message on a stream that is not open.
    final void late(int stream) throws IOException {
        if (hasBegun(stream) && !wasReset(stream)) {
            fail(Http2Error.STREAM_CLOSED, "part of a message on a stream that has ended");
        } else {
            unknownStream(stream);
        }
    }

    /// A frame on a stream that is not open: one that has ended may still be talked of, one that
    /// has not begun may not (section 5.1).
    final void unknownStream(int stream) throws IOException {
        if (hasBegun(stream)) {
            spend(Goodwill.IDLE_FRAME);
        } else {
            fail(Http2Error.PROTOCOL_ERROR, "a frame on a stream that has not begun");
        }
    }

    abstract boolean hasBegun(int stream);

    final void windowUpdate(int stream, int increment) throws IOException {
        if (!spend(Goodwill.IDLE_FRAME)) {
            return;
        }
        if (stream == 0) {
            if (sendWindow > Integer.MAX_VALUE - increment) {
                fail(Http2Error.FLOW_CONTROL_ERROR, "the connection's window overflows");
                return;
            }
            sendWindow += increment;
            resumeWaiting();
            return;
        }
        Lane lane = streams.get(stream);
        if (lane == null) {
            if (!hasBegun(stream)) {
                unknownStream(stream);
            }
        } else if (lane.sendWindow > Integer.MAX_VALUE - increment) {
            resetByUs(lane, Http2Error.FLOW_CONTROL_ERROR, "the stream's window overflows");
        } else {
            lane.sendWindow += increment;
            if (lane.waits && lane.sendWindow > 0) {
                resume(lane);
            }
        }
    }

    /// The peer has changed what a stream may be sent at first: open ones change with it (section
    /// 6.9.2).
    final void initialWindow(int change) throws IOException {
        List<Lane> all = new ArrayList<>();
        streams.forEach(all::add);
        for (Lane lane : all) {
            if (change > 0 && lane.sendWindow > Integer.MAX_VALUE - change) {
                fail(Http2Error.FLOW_CONTROL_ERROR, "a stream's window overflows by a setting");
                return;
            }
            lane.sendWindow += change;
        }
        for (Lane lane : all) {
            if (!over && lane.waits && lane.stream != 0 && lane.sendWindow > 0) {
                resume(lane);
            }
        }
    }

    final void settings(ByteBuffer bytes, int from, int to) throws IOException, MalformedFrame {
        int before = peer.initialWindowSize();
        peer.take(bytes, from, to, !answers());
        encoder.limit(peer.lowestHeaderTableSize(), peer.headerTableSize());
        output.settingsAck();
        initialWindow(peer.initialWindowSize() - before);
        resumeWaiting();
    }

    /// Whether this is the server's end.
    abstract boolean answers();

    abstract void pingAnswered();

    abstract void peerGoesAway(int lastStream, Http2Error error) throws IOException;

    /// Decodes a block into the tools' section.
    ///
    /// @return false where the connection is over by it
    final boolean decode(ByteBuffer block, int from, int to) throws IOException {
        try {
            decoder.decode(block, from, to, true, tools.section);
            return true;
        } catch (MalformedFrame e) {
            malformed(e.flaw());
            return false;
        }
    }

    /// The second field block of a stream's direction (RFC 9113 section 8.1).
    final void trailers(Lane lane, ByteBuffer block, int from, int to, boolean last)
            throws IOException {
        tools.section.beginTrailers(tools.mostHeaderBytes());
        if (!decode(block, from, to)) {
            return;
        }
        if (lane.inputEnded() || !last) {
            resetByUs(
                    lane,
                    lane.inputEnded() ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR,
                    "a field block within a message, or behind it");
            return;
        }
        Slab text = lane.input().endWithTrailers(tools.section.room());
        if (text == null) {
            // HTTP/1.1 has no place for trailers behind a body of announced length.
            endInput(lane);
            return;
        }
        try {
            ByteBuffer to1 = text.space();
            tools.section.trailers(to1, true);
            to1.put((byte) '\r').put((byte) '\n');
            text.tail = to1.position();
        } catch (MalformedHead e) {
            resetByUs(lane, Http2Error.PROTOCOL_ERROR, e.flaw().sentence());
            return;
        }
        lane.peerEnded(false);
        lane.arrived();
    }

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
            unknownStream(stream);
            return;
        }
        if (error == Http2Error.NO_ERROR && lane.inputEnded()) {
            // Section 8.1: it has answered, and does not want the rest of what it was asked.
            lane.stopOutput();
            return;
        }
        streams.remove(stream);
        if (error == Http2Error.REFUSED_STREAM) {
            lane.unprocessed();
        } else {
            lane.lost(new StreamReset(error));
        }
        spend(Goodwill.RESET);
        closeIfDone();
    }

    /// Ends a stream for a fault of the peer's.
    final void resetByUs(Lane lane, Http2Error error, String why) throws IOException {
        int stream = lane.stream;
        streams.remove(stream);
        sayReset(stream, error);
        lane.lost(new IOException("HTTP/2: " + why));
        spend(Goodwill.RESET);
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

    /// Ends the connection for a fault of the peer's.
    final void fail(Http2Error error, String why) throws IOException {
        if (over) {
            return;
        }
        tools.observer.failed(error.name().toLowerCase(Locale.ROOT), why);
        output.goAway(lastSeen, error, why.getBytes(StandardCharsets.US_ASCII));
        output.flush();
        endAll(new IOException("HTTP/2: " + why));
        link.closeLingering();
    }

    // ---- writing

    /// There is no room, or no window, for what the lane has to say.
    final void waiting(Lane lane) {
        if (lane.stream == 0 || lane.sendWindow > 0) {
            waiting.addLast(lane);
        }
    }

    /// A stream more may be open than before.
    final void resumeSoon() {
        if (!waiting.isEmpty()) {
            loop.execute(this::resumeWaiting);
        }
    }

    private void resumeWaiting() {
        for (int n = waiting.size(); n > 0 && !over; n--) {
            Lane lane = waiting.pollFirst();
            if (lane != null && lane.waits && !lane.isClosed()) {
                resume(lane);
            }
        }
    }

    private void resume(Lane lane) {
        try {
            lane.resume();
        } catch (IOException e) {
            lane.fail(e);
        }
    }

    @Override
    public final void writable() {
        try {
            if (output.flush()) {
                streams.forEach(this::creditStream);
                resumeWaiting();
                closeIfDone();
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    /// Its reader has taken something: the peer may send more.
    final void creditStream(Lane lane) {
        if (lane.stream == 0 || lane.inputEnded() || over) {
            return;
        }
        int n = lane.input().claimCredit(STREAM_WINDOW / 4);
        try {
            if (n > 0) {
                if (output.windowUpdate(lane.stream, n)) {
                    lane.receiveWindow += n;
                } else {
                    lane.input().unclaim(n);
                }
            }
        } catch (IOException e) {
            link.fail(e);
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

    private int roomFor(int block) {
        int framed = FrameHead.LENGTH + FrameWriter.roomForBlock(block, peer.maxFrameSize());
        return Math.min(framed, SlabPool.LARGE);
    }

    /// Encodes a head and writes its frames; nothing has been done where that is refused.
    final boolean writeHead(Lane lane, MessageHead head, Slab text, boolean last)
            throws IOException {
        Slab slab = output.room(roomFor(FieldBlocks.room(head, tools.edits)));
        if (slab == null) {
            return false;
        }
        ByteBuffer out = slab.space();
        int begin = out.position();
        out.position(begin + FrameHead.LENGTH);
        encode(head, text.whole(), out);
        FrameWriter.headers(out, begin, lane.stream, last, peer.maxFrameSize());
        slab.tail = out.position();
        return true;
    }

    /// @return bytes sent of `n`
    final int sendData(Lane lane, Slab from, int at, int n, boolean last) throws IOException {
        int most =
                Math.min(Math.min(n, peer.maxFrameSize()), Math.min(lane.sendWindow, sendWindow));
        if (most <= 0 && n > 0) {
            return 0;
        }
        int sent = output.data(lane.stream, from, at, most, last && most == n);
        if (sent <= 0) {
            return 0;
        }
        lane.sendWindow -= sent;
        sendWindow -= sent;
        goodwill.earn(2 * Goodwill.IDLE_FRAME);
        return sent;
    }

    /// Ends our direction of the stream, without data.
    ///
    /// @return false where it cannot be said now
    final boolean sendEnd(Lane lane) throws IOException {
        return output.end(lane.stream);
    }

    final boolean sendTrailers(Lane lane, Slab lines) throws IOException {
        // Without the empty line.
        int end = lines.tail - 2;
        Slab slab = output.room(roomFor(FieldBlocks.roomForTrailers(lines.head, end)));
        if (slab == null) {
            return false;
        }
        ByteBuffer out = slab.space();
        int begin = out.position();
        out.position(begin + FrameHead.LENGTH);
        tools.blocks.trailers(lines.whole(), lines.head, end, encoder, out);
        FrameWriter.headers(out, begin, lane.stream, true, peer.maxFrameSize());
        slab.tail = out.position();
        return true;
    }

    // ---- lanes

    final Lane newLane(LinkHandler owner) {
        timer.cancel();
        Lane lane = new Lane(this, loop, owner);
        lanes.add(lane);
        return lane;
    }

    /// A stream has come to its end in both directions.
    final void finished(Lane lane) {
        streams.remove(lane.stream);
        lane.stream = 0;
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
                link.close();
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
