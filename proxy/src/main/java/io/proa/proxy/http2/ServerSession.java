package io.proa.proxy.http2;

import io.proa.formats.Flaw;
import io.proa.formats.Http2Error;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.formats.StatusLines;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Slab;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The end that answers: each stream of the client is a request on a lane.
public final class ServerSession extends Session {
    /// Who serves the requests of a session.
    public interface Clients {
        /// Takes a new lane over, as it would a connection of HTTP/1.1.
        void accept(Link lane);

        /// A request did not come to be one.
        void malformed(Flaw flaw);

        /// A request was turned away because memory is short.
        void shed();

        /// The connection ends for a fault of the client's.
        ///
        /// @param flood whether it did nothing wrong but too much of it
        void faulted(boolean flood, String why);

        /// The connection is over.
        void ended(ServerSession session);
    }

    private final Clients clients;
    private final long idleNanos;
    private static final long DRAIN = 0x70726f61_64726169L;

    /// For the client's answer to it.
    private static final long MOST_DRAIN_NANOS = 1_000_000_000L;

    private final ArrayDeque<Lane> idle = new ArrayDeque<>();

    /// Not between sidecars: there many clients' streams share a connection.
    private final @Nullable Admission admission;

    private boolean draining;

    /// @param idleNanos how long it stays without a stream
    public ServerSession(Link link, Http2Tools tools, Clients clients, long idleNanos) {
        super(link, tools, link.peer() != null);
        this.clients = clients;
        this.idleNanos = idleNanos;
        this.admission = link.peer() == null ? new Admission(this) : null;
    }

    /// Takes the link over, with what has been read from it already.
    public void start() {
        link.handler(this);
        input.awaitPreface();
        await(idleNanos);
        try {
            greet(MOST_STREAMS);
            if (link.in != null) {
                input.process();
            }
        } catch (IOException e) {
            broken(e);
        }
        if (!over) {
            link.resumeRead();
        }
    }

    @Override
    void head(int stream, ByteBuffer block, int from, int to, boolean last) throws IOException {
        Lane open = streams.get(stream);
        if (open != null) {
            incoming.trailers(open, block, from, to, last);
            return;
        }
        if ((stream & 1) == 0) {
            fail(Http2Error.PROTOCOL_ERROR, "a stream of the client's has an even number");
            return;
        }
        if (stream <= lastSeen) {
            tools.section.beginTrailers(limits.maxBytes());
            if (incoming.decode(block, from, to)) {
                incoming.late(stream);
            }
            return;
        }
        lastSeen = stream;
        tools.section.beginRequest(limits.maxBytes(), false);
        if (!incoming.decode(block, from, to)) {
            return;
        }
        if (goingAway) {
            refuse(stream);
            spend(Goodwill.RESET);
        } else if (streams.size() >= MOST_STREAMS) {
            refuse(stream);
            spend(Goodwill.RESET);
        } else if (loop.slabs().isShedding()) {
            clients.shed();
            refuse(stream);
        } else {
            request(stream, last);
        }
    }

    private void request(int stream, boolean last) throws IOException {
        Lane lane = idle.pollLast();
        boolean fresh = lane == null;
        if (lane == null) {
            lane = newLane(LinkHandler.NOBODY);
        }
        awaitStreams(0);
        lane.begin(stream, STREAM_WINDOW, peer.initialWindowSize());
        streams.put(lane);
        if (tools.section.room() > MOST_HEAD_ROOM) {
            malformed(lane, fresh, Flaw.TOO_LARGE);
            return;
        }
        Slab text = lane.input().roomForHead(tools.section.room());
        MessageHead head = tools.received;
        long length;
        try {
            ByteBuffer space = text.space();
            tools.section.request(space, head, limits, last);
            length = tools.section.mark(space, head, limits, null, last);
        } catch (MalformedHead e) {
            malformed(lane, fresh, e.flaw());
            return;
        }
        text.tail = head.end();
        boolean tunnel = head.method() == Method.CONNECT;
        lane.input().begin(head.framing(), length, last, tunnel);
        lane.output().answers(head.method());
        if (last) {
            lane.peerEnded(tunnel);
        }
        if (admission != null) {
            admission.request(lane);
        }
        if (fresh) {
            clients.accept(lane);
        }
        lane.arrived();
    }

    @Override
    void moved() {
        if (admission != null) {
            admission.look();
        }
    }

    /// The client is told, in words where it has asked for nothing wrong but for too much.
    private void malformed(Lane found, boolean fresh, Flaw flaw) throws IOException {
        clients.malformed(flaw);
        Lane lane = fresh ? found : inPlaceOf(found);
        lane.output().answers(Method.OTHER);
        if (flaw.status() == 431) {
            byte[] answer = StatusLines.response(431, flaw.code(), flaw.sentence(), true, false);
            Slab text = loop.slabs().take(answer.length);
            text.whole().put(0, answer);
            text.tail = answer.length;
            lane.send(text);
            lane.close();
            spend(Goodwill.RESET);
        } else {
            resetByUs(lane, Http2Error.PROTOCOL_ERROR, flaw.sentence());
        }
    }

    /// A lane that nobody has, for the stream of one that is somebody's.
    private Lane inPlaceOf(Lane owned) {
        int stream = owned.stream;
        streams.remove(stream);
        owned.stream = 0;
        owned.input().release();
        idle.addLast(owned);
        Lane lane = newLane(LinkHandler.NOBODY);
        lane.begin(stream, STREAM_WINDOW, peer.initialWindowSize());
        streams.put(lane);
        return lane;
    }

    @Override
    boolean parse(MessageHead head, ByteBuffer text, int from, int to, Method answered)
            throws MalformedHead {
        return head.parseResponse(text, from, to, Http2Tools.OWN, answered);
    }

    @Override
    boolean sendHead(Lane lane, MessageHead head, Slab text, boolean last) throws IOException {
        return outgoing.writeHead(lane, head, text, last);
    }

    @Override
    void encode(MessageHead head, ByteBuffer text, ByteBuffer out) {
        tools.blocks.response(head, text, tools.edits, outgoing.encoder, out);
    }

    @Override
    boolean answers() {
        return true;
    }

    @Override
    void keep(Lane lane) {
        idle.addLast(lane);
        if (streams.size() == 0) {
            awaitStreams(idleNanos);
        }
    }

    @Override
    void forget(Lane lane) {
        idle.remove(lane);
        if (streams.size() == 0 && !over) {
            awaitStreams(idleNanos);
        }
    }

    /// A client that is to go has less time, whatever it does in it.
    private void awaitStreams(long nanos) {
        if (!draining) {
            await(nanos);
        }
    }

    @Override
    Http2Error abandonment(boolean said, Http2Error why) {
        // Section 8.1: a client need not send the rest of what is answered already.
        return said ? Http2Error.NO_ERROR : why;
    }

    /// Takes no stream more from a client who has been told so: first it is warned, and when it has
    /// answered a ping behind the warning nothing is under way that it has not heard of (section
    /// 6.8).
    public void drain() {
        if (draining || over) {
            return;
        }
        draining = true;
        try {
            output.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, NOTHING);
            output.ping(DRAIN);
            await(MOST_DRAIN_NANOS);
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    void pingAnswered() {
        if (draining) {
            goAway();
        }
    }

    @Override
    void idled() {
        goAway();
    }

    @Override
    void peerGoesAway(int lastStream, Http2Error error) {
        // It opens no more streams, and we open none.
        goAway();
    }

    @Override
    boolean done() {
        return goingAway;
    }

    @Override
    void gone() {
        if (admission != null) {
            admission.release();
        }
        clients.ended(this);
    }

    @Override
    void faulted(Http2Error error, String why) {
        clients.faulted(error == Http2Error.ENHANCE_YOUR_CALM, why);
    }

    @Override
    boolean hasBegun(int stream) {
        return (stream & 1) == 1 && stream <= lastSeen;
    }
}
