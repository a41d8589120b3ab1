package io.proa.proxy.http2;

import io.proa.formats.Http2Error;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Slab;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The end that asks: each lane that a pool holds is one request after the other.
final class ClientSession extends Session {
    /// After so many a new connection begins, long before the numbers end (RFC 9113 section 5.1.1).
    private static final int LAST_STREAM = 1 << 30;

    /// Told of the end, and of a connection that stands.
    interface Owner {
        void established(ClientSession session);

        void gone(ClientSession session);
    }

    private static final long SPARE_NANOS = 10_000_000_000L;

    /// On a connection whose other end has not said how many it takes.
    private static final int MOST_UNTOLD_LANES = 100;

    private final boolean mesh;
    private final Owner owner;
    private final long openedAt;
    private int nextStream = 1;
    private boolean established;

    /// @param mesh whether the other end is a sidecar
    ClientSession(Link link, Http2Tools tools, boolean mesh, Owner owner) {
        super(link, tools, mesh);
        this.mesh = mesh;
        this.owner = owner;
        this.openedAt = loop.now();
    }

    long openedAt() {
        return openedAt;
    }

    boolean isEstablished() {
        return established;
    }

    Link link() {
        return link;
    }

    /// Whether another lane would find a stream.
    boolean hasRoom() {
        int most = mesh || input.greeted() ? MOST_STREAMS : MOST_UNTOLD_LANES;
        return !over
                && !goingAway
                && !incoming.isCrowded()
                && lanes() < Math.min(peer.maxConcurrentStreams(), most);
    }

    /// Before the other end has said how many streams it takes there is one; sidecars take as many
    /// as there are.
    private boolean noStreamMore() {
        int most = mesh || input.greeted() ? peer.maxConcurrentStreams() : 1;
        return streams.size() >= most;
    }

    /// A lane more, for `handler`.
    Lane open(LinkHandler handler) {
        await(0);
        return newLane(handler);
    }

    @Override
    public void established() {
        established = true;
        owner.established(this);
        try {
            output.preface();
            greet(0);
        } catch (IOException e) {
            broken(e);
            return;
        }
        tellLanes(lane -> {
            if (!lane.isClosed()) {
                lane.owner().established();
            }
        });
    }

    @Override
    void head(int stream, ByteBuffer block, int from, int to, boolean last) throws IOException {
        Lane lane = streams.get(stream);
        if (lane == null) {
            tools.section.beginTrailers(limits.maxBytes());
            if (incoming.decode(block, from, to)) {
                incoming.late(stream);
            }
        } else if (lane.answered) {
            incoming.trailers(lane, block, from, to, last);
        } else {
            tools.section.beginResponse(limits.maxBytes());
            if (incoming.decode(block, from, to)) {
                response(lane, last);
            }
        }
    }

    private void response(Lane lane, boolean last) throws IOException {
        if (tools.section.room() > MOST_HEAD_ROOM || lane.input().isCrowded()) {
            resetByUs(lane, Http2Error.ENHANCE_YOUR_CALM, "more heads than can be kept");
            return;
        }
        Slab text = lane.input().roomForHead(tools.section.room());
        MessageHead head = tools.received;
        Method asked = lane.output().method();
        long length;
        try {
            ByteBuffer space = text.space();
            tools.section.response(space, head, limits, asked, last);
            length = tools.section.mark(space, head, limits, asked, last);
        } catch (MalformedHead e) {
            resetByUs(lane, Http2Error.PROTOCOL_ERROR, e.flaw().sentence());
            return;
        }
        text.tail = head.end();
        if (head.status() >= 200) {
            lane.answered = true;
            boolean tunnel = asked == Method.CONNECT && head.status() < 300;
            lane.input().begin(head.framing(), length, last, tunnel && !last);
            if (last) {
                lane.peerEnded(tunnel);
            }
        } else if (!spend(Goodwill.IDLE_FRAME)) {
            return;
        }
        lane.arrived();
    }

    @Override
    boolean hasBegun(int stream) {
        return (stream & 1) == 1 && stream < nextStream;
    }

    @Override
    boolean parse(MessageHead head, ByteBuffer text, int from, int to, Method answered)
            throws MalformedHead {
        return head.parseRequest(text, from, to, Http2Tools.OWN);
    }

    @Override
    boolean sendHead(Lane lane, MessageHead head, Slab text, boolean last) throws IOException {
        if (goingAway || over) {
            // Not while its owner is sending.
            loop.execute(lane::retire);
            return false;
        }
        if (noStreamMore()) {
            return false;
        }
        lane.stream = nextStream;
        if (!outgoing.writeHead(lane, head, text, last)) {
            lane.stream = 0;
            return false;
        }
        lane.begin(nextStream, STREAM_WINDOW, peer.initialWindowSize());
        lane.answered = false;
        lane.output().answers(head.method());
        streams.put(lane);
        nextStream += 2;
        if (nextStream > LAST_STREAM) {
            goAway();
        }
        return true;
    }

    @Override
    void encode(MessageHead head, ByteBuffer text, ByteBuffer out) {
        tools.blocks.request(head, text, tools.edits, false, outgoing.encoder, out);
    }

    @Override
    void keep(Lane lane) {
        outgoing.resumeSoon();
    }

    /// The connection stays for a while: whoever gives up a request soon sends the next one.
    @Override
    void forget(Lane lane) {
        outgoing.resumeSoon();
        if (lanes() == 0 && !over) {
            await(SPARE_NANOS);
        }
    }

    @Override
    Http2Error abandonment(boolean said, Http2Error why) {
        return why == Http2Error.INTERNAL_ERROR ? Http2Error.CANCEL : why;
    }

    @Override
    boolean answers() {
        return false;
    }

    @Override
    void idled() {
        if (lanes() > 0) {
            return;
        }
        if (established) {
            goAway();
        } else {
            broken(new IOException("nobody waits for it any more"));
        }
    }

    @Override
    void pingAnswered() {}

    /// The next request on an idle lane would wait behind those that do not move.
    @Override
    void crowded() {
        loop.execute(this::retireIdle);
    }

    @Override
    void peerGoesAway(int lastStream, Http2Error error) throws IOException {
        goingAway = true;
        List<Lane> unseen = new ArrayList<>();
        streams.forEach(lane -> {
            if (Integer.compareUnsigned(lane.stream, lastStream) > 0) {
                unseen.add(lane);
            }
        });
        for (Lane lane : unseen) {
            streams.remove(lane.stream);
            lane.unprocessed();
        }
        retireIdle();
        closeIfDone();
    }

    @Override
    boolean done() {
        return goingAway && lanes() == 0;
    }

    @Override
    void gone() {
        owner.gone(this);
    }

    @Override
    public void broken(IOException cause) {
        if (!established) {
            tellLanes(lane -> lane.lost(cause));
        }
        super.broken(cause);
    }
}
