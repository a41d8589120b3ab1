package io.proa.proxy.http2;

import io.proa.formats.FieldBlocks;
import io.proa.formats.FrameHead;
import io.proa.formats.FrameWriter;
import io.proa.formats.HpackDecoder;
import io.proa.formats.HpackEncoder;
import io.proa.formats.Http2Error;
import io.proa.formats.MessageHead;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The messages that go out on a session's streams, within the windows that the peer has opened
/// (RFC 9113 section 5.2). Lanes that cannot go on wait in turn.
final class Outgoing {
    private static final int MOST_UPDATES_DUE = 1 << 20;

    final HpackEncoder encoder = new HpackEncoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    private final Session session;
    private final ArrayDeque<Lane> waiting = new ArrayDeque<>();
    private int sendWindow = Session.STREAM_WINDOW;
    private int stalled;

    /// Windows that the peer may give back one by one: the stream's and the connection's for each
    /// frame of data, whenever it comes to that. Goodwill would not do, which is full while all
    /// goes well.
    private int updatesDue;

    Outgoing(Session session) {
        this.session = session;
    }

    void windowUpdate(int stream, int increment) throws IOException {
        if (updatesDue > 0) {
            updatesDue--;
        } else if (!session.spend(Goodwill.IDLE_FRAME)) {
            return;
        }
        if (stream == 0) {
            if (sendWindow > Integer.MAX_VALUE - increment) {
                session.fail(Http2Error.FLOW_CONTROL_ERROR, "the connection's window overflows");
                return;
            }
            sendWindow += increment;
            resumeWaiting();
            return;
        }
        Lane lane = session.streams.get(stream);
        if (lane == null) {
            if (!session.hasBegun(stream)) {
                session.incoming.unknownStream(stream);
            }
        } else if (lane.sendWindow > Integer.MAX_VALUE - increment) {
            session.resetByUs(lane, Http2Error.FLOW_CONTROL_ERROR, "the stream's window overflows");
        } else {
            lane.sendWindow += increment;
            opened(lane);
        }
    }

    /// Perhaps: its own window has grown.
    private void opened(Lane lane) {
        if (lane.sendWindow > 0) {
            if (lane.waits) {
                resume(lane);
            } else {
                goesOn(lane);
            }
        }
    }

    /// The peer has changed what a stream may be sent at first: open ones change with it (section
    /// 6.9.2).
    void initialWindow(int change) throws IOException {
        List<Lane> all = new ArrayList<>();
        session.streams.forEach(all::add);
        for (Lane lane : all) {
            if (change > 0 && lane.sendWindow > Integer.MAX_VALUE - change) {
                session.fail(
                        Http2Error.FLOW_CONTROL_ERROR, "a stream's window overflows by a setting");
                return;
            }
            lane.sendWindow += change;
        }
        for (Lane lane : all) {
            if (!session.over && lane.stream != 0) {
                opened(lane);
            }
        }
    }

    /// There is no room, or no window, for what the lane has to say. One that has used up its own
    /// window is told when that grows.
    void waitFor(Lane lane, boolean needsWindow) {
        lane.waits = true;
        if (needsWindow && sendable(lane) == 0) {
            stall(lane);
        }
        if (!lane.queued && (!needsWindow || lane.sendWindow > 0)) {
            lane.queued = true;
            waiting.addLast(lane);
        }
    }

    /// A stream begins: one that may be sent nothing will have to wait with what it is sent.
    void begun(Lane lane) {
        if (lane.sendWindow <= 0) {
            stall(lane);
        }
    }

    private void stall(Lane lane) {
        if (!lane.stalled) {
            lane.stalled = true;
            stalled++;
        }
    }

    /// Lanes whose data wait for the peer's windows, or will.
    int stalled() {
        return stalled;
    }

    /// It does not wait for the peer's windows.
    void goesOn(Lane lane) {
        if (lane.stalled) {
            lane.stalled = false;
            stalled--;
            session.moved();
        }
    }

    /// The lane is closed.
    void forget(Lane lane) {
        goesOn(lane);
        if (lane.queued) {
            waiting.remove(lane);
        }
    }

    /// A stream more may be open than before.
    void resumeSoon() {
        if (!waiting.isEmpty()) {
            session.loop.execute(this::resumeWaiting);
        }
    }

    /// One round: whoever is told and cannot go on is the last in the next.
    void resumeWaiting() {
        for (int n = waiting.size(); n > 0 && !session.over; n--) {
            Lane lane = waiting.pollFirst();
            if (lane != null) {
                lane.queued = false;
                if (lane.waits && !lane.isClosed()) {
                    resume(lane);
                }
            }
        }
    }

    private void resume(Lane lane) {
        goesOn(lane);
        try {
            lane.resume();
        } catch (IOException e) {
            lane.fail(e);
        }
    }

    /// Its reader has taken something: the peer may send more.
    void creditStream(Lane lane) {
        if (lane.stream == 0 || lane.inputEnded() || session.over) {
            return;
        }
        int n = lane.input().claimCredit(Session.STREAM_WINDOW / 4);
        try {
            if (n > 0) {
                if (session.output.windowUpdate(lane.stream, n)) {
                    lane.receiveWindow += n;
                } else {
                    lane.input().unclaim(n);
                }
            }
        } catch (IOException e) {
            session.link.fail(e);
        }
    }

    /// Encodes a head and writes its frames; nothing has been done where that is refused.
    boolean writeHead(Lane lane, MessageHead head, Slab text, boolean last) throws IOException {
        Slab slab = session.output.room(roomFor(FieldBlocks.room(head, session.tools.edits)));
        if (slab == null) {
            return false;
        }
        ByteBuffer out = slab.space();
        int begin = out.position();
        out.position(begin + FrameHead.LENGTH);
        session.encode(head, text.whole(), out);
        FrameWriter.headers(out, begin, lane.stream, last, session.peer.maxFrameSize());
        slab.tail = out.position();
        return true;
    }

    private int roomFor(int block) {
        int framed =
                FrameHead.LENGTH + FrameWriter.roomForBlock(block, session.peer.maxFrameSize());
        return Math.min(framed, SlabPool.LARGE);
    }

    /// What both windows allow.
    int sendable(Lane lane) {
        return Math.max(0, Math.min(lane.sendWindow, sendWindow));
    }

    /// @return bytes sent of `n`
    int sendData(Lane lane, Slab from, int at, int n, boolean last) throws IOException {
        int most =
                Math.min(
                        Math.min(n, session.peer.maxFrameSize()),
                        Math.min(lane.sendWindow, sendWindow));
        if (most <= 0 && n > 0) {
            return 0;
        }
        int sent = session.output.data(lane.stream, from, at, most, last && most == n);
        if (sent <= 0) {
            return 0;
        }
        lane.sendWindow -= sent;
        sendWindow -= sent;
        updatesDue = Math.min(MOST_UPDATES_DUE, updatesDue + 2);
        session.goodwill.earn(Goodwill.IDLE_FRAME);
        return sent;
    }

    /// Ends our direction of the stream, without data.
    ///
    /// @return false where it cannot be said now
    boolean sendEnd(Lane lane) throws IOException {
        return session.output.end(lane.stream);
    }

    boolean sendTrailers(Lane lane, Slab lines) throws IOException {
        // Without the empty line.
        int end = lines.tail - 2;
        Slab slab = session.output.room(roomFor(FieldBlocks.roomForTrailers(lines.head, end)));
        if (slab == null) {
            return false;
        }
        ByteBuffer out = slab.space();
        int begin = out.position();
        out.position(begin + FrameHead.LENGTH);
        session.tools.blocks.trailers(lines.whole(), lines.head, end, encoder, out);
        FrameWriter.headers(out, begin, lane.stream, true, session.peer.maxFrameSize());
        slab.tail = out.position();
        return true;
    }
}
