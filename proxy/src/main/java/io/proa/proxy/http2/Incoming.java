package io.proa.proxy.http2;

import io.proa.formats.Flaw;
import io.proa.formats.HpackDecoder;
import io.proa.formats.Http2Error;
import io.proa.formats.MalformedFrame;
import io.proa.formats.MalformedHead;
import io.proa.proxy.loop.Slab;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The messages that come on a session's streams: their bodies and ends, and what the peer may
/// still send of them (RFC 9113 sections 5.1, 5.2 and 8.1).
final class Incoming {
    /// What all streams of the connection may hold together, in slabs: at first, and after its
    /// readers have shown that they take it.
    private static final int FIRST_WINDOW = 512 * 1024;

    /// Dozens of readers may pause at a time: a stream's own window is at most 64 KB.
    private static final int LARGEST_WINDOW = 2 << 20;

    /// A reader that takes nothing for so long while others wait for the largest window. Readers
    /// that pause are common; that so many do, with the others waiting, is not.
    private static final long MOST_QUIET_NANOS = 10_000_000_000L;

    /// Less is not worth a frame; less, too, than is open before a word.
    private static final int LEAST_CREDIT = 32 * 1024;

    private static final long LOOK_NANOS = 500_000_000L;

    private final Session session;
    private final HpackDecoder decoder = new HpackDecoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    private final Timeout looking =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    endQuiet();
                }
            };
    private int receiveWindow = Session.STREAM_WINDOW;

    /// Capacity of all slabs that streams hold.
    private int held;

    private int window = FIRST_WINDOW;
    private boolean awaited;

    /// Not before: nothing may be said before the preface.
    private boolean opened;

    Incoming(Session session) {
        this.session = session;
    }

    /// A stream has taken a slab more, or a negative number of bytes less.
    void holds(int bytes) {
        held += bytes;
    }

    /// A reader has given its slab back, or an end has.
    void released(int bytes) {
        held -= bytes;
        if (!session.over) {
            try {
                replenish();
            } catch (IOException e) {
                session.link.fail(e);
            }
        }
    }

    /// Whether nothing more can come on any stream before something is taken.
    boolean isCrowded() {
        return receiveWindow < LEAST_CREDIT;
    }

    void release() {
        looking.cancel();
    }

    /// Tells the peer how much it may send at all.
    void open() throws IOException {
        opened = true;
        session.output.windowUpdate(0, FIRST_WINDOW - receiveWindow);
        receiveWindow = FIRST_WINDOW;
    }

    /// Lets the peer go on, as far as there is room for what it may send, and where that is worth
    /// telling and can be told now.
    void replenish() throws IOException {
        if (!opened) {
            return;
        }
        int more = window - held - receiveWindow;
        boolean half = more >= window / 2;
        boolean worth = half || more >= LEAST_CREDIT && receiveWindow < 2 * LEAST_CREDIT;
        if (worth && session.output.windowUpdate(0, more)) {
            receiveWindow += more;
            if (half) {
                window = Math.min(LARGEST_WINDOW, 2 * window);
            }
        }
        if (isCrowded() && !awaited) {
            awaited = true;
            session.crowded();
            session.loop.schedule(looking, LOOK_NANOS);
        }
    }

    /// Nothing more can come on any stream. The connection may hold more while there is memory;
    /// after that readers that take nothing are given up, those first who have waited longest, so
    /// that the others can go on.
    private void endQuiet() {
        awaited = false;
        if (session.over || session.answers() || !isCrowded()) {
            return;
        }
        if (window < LARGEST_WINDOW && !session.loop.slabs().isShedding()) {
            window = 2 * window;
        }
        long now = session.loop.now();
        List<Lane> quiet = new ArrayList<>();
        session.streams.forEach(lane -> {
            if (now - lane.takenAt >= MOST_QUIET_NANOS && lane.holdsInput()) {
                quiet.add(lane);
            }
        });
        quiet.sort((a, b) -> Long.compare(a.takenAt - b.takenAt, 0));
        try {
            for (Lane lane : quiet) {
                if (held <= window / 2 || session.over) {
                    break;
                }
                session.shed(lane);
            }
            if (!session.over) {
                replenish();
            }
        } catch (IOException e) {
            session.link.fail(e);
        }
    }

    /// Data of a stream.
    ///
    /// @param counted bytes that flow control counts, with padding
    void data(int stream, ByteBuffer bytes, int at, int n, int counted, boolean ended)
            throws IOException {
        receiveWindow -= counted;
        if (receiveWindow < 0) {
            session.fail(
                    Http2Error.FLOW_CONTROL_ERROR, "more data than the connection's window allows");
            return;
        }
        replenish();
        Lane lane = session.streams.get(stream);
        if (lane == null) {
            late(stream);
            return;
        }
        if (lane.inputEnded()) {
            session.resetByUs(lane, Http2Error.STREAM_CLOSED, "data behind the end");
            return;
        }
        if (n > 0) {
            session.goodwill.earn(Goodwill.IDLE_FRAME);
        } else if (!ended && !session.spend(Goodwill.IDLE_FRAME)) {
            return;
        }
        lane.receiveWindow -= counted;
        if (lane.receiveWindow < 0) {
            session.resetByUs(
                    lane, Http2Error.FLOW_CONTROL_ERROR, "more data than the window allows");
        } else if (n > 0 && !lane.input().allows(n)) {
            session.resetByUs(lane, Http2Error.PROTOCOL_ERROR, "more data than were announced");
        } else {
            dataTo(lane, bytes, at, n, counted - n, ended);
        }
    }

    private void dataTo(Lane lane, ByteBuffer bytes, int at, int n, int padding, boolean ended)
            throws IOException {
        if (padding > 0 && !ended) {
            // Nothing that a reader could take.
            lane.input().unclaim(padding);
            session.outgoing.creditStream(lane);
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
    void endInput(Lane lane) throws IOException {
        boolean tunnel = lane.input().isTunnel();
        if (lane.input().end()) {
            lane.peerEnded(tunnel);
            lane.arrived();
        } else {
            session.resetByUs(lane, Http2Error.PROTOCOL_ERROR, "less data than were announced");
        }
    }

    /// The second field block of a stream's direction (RFC 9113 section 8.1).
    void trailers(Lane lane, ByteBuffer block, int from, int to, boolean last) throws IOException {
        session.tools.section.beginTrailers(session.limits.maxBytes());
        if (!decode(block, from, to)) {
            return;
        }
        if (lane.inputEnded() || !last) {
            session.resetByUs(
                    lane,
                    lane.inputEnded() ? Http2Error.STREAM_CLOSED : Http2Error.PROTOCOL_ERROR,
                    "a field block within a message, or behind it");
            return;
        }
        if (session.tools.section.room() > Session.MOST_HEAD_ROOM) {
            session.resetByUs(lane, Http2Error.PROTOCOL_ERROR, Flaw.TRAILERS_TOO_LARGE.sentence());
            return;
        }
        if (!lane.input().isWhole()) {
            session.resetByUs(lane, Http2Error.PROTOCOL_ERROR, "less data than were announced");
            return;
        }
        Slab text = lane.input().endWithTrailers(session.tools.section.room());
        if (text == null) {
            // Behind a tunnel, or an answer that can have no body.
            endInput(lane);
            return;
        }
        try {
            ByteBuffer lines = text.space();
            session.tools.section.trailers(lines, true);
            lines.put((byte) '\r').put((byte) '\n');
            text.tail = lines.position();
        } catch (MalformedHead e) {
            session.resetByUs(lane, Http2Error.PROTOCOL_ERROR, e.flaw().sentence());
            return;
        }
        lane.peerEnded(false);
        lane.arrived();
    }

    /// Decodes a block into the tools' section.
    ///
    /// @return false where the connection is over by it
    boolean decode(ByteBuffer block, int from, int to) throws IOException {
        try {
            decoder.decode(block, from, to, true, session.tools.section);
            return true;
        } catch (MalformedFrame e) {
            session.malformed(e.flaw());
            return false;
        }
    }

    /// Part of a message on a stream that is not open.
    void late(int stream) throws IOException {
        if (session.hasBegun(stream) && !session.wasReset(stream)) {
            session.fail(Http2Error.STREAM_CLOSED, "part of a message on a stream that has ended");
        } else {
            unknownStream(stream);
        }
    }

    /// A frame on a stream that is not open: one that has ended may still be talked of, one that
    /// has not begun may not (section 5.1).
    void unknownStream(int stream) throws IOException {
        if (session.hasBegun(stream)) {
            session.spend(Goodwill.IDLE_FRAME);
        } else {
            session.fail(Http2Error.PROTOCOL_ERROR, "a frame on a stream that has not begun");
        }
    }
}
