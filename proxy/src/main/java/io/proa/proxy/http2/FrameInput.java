package io.proa.proxy.http2;

import io.proa.formats.FrameFlaw;
import io.proa.formats.FrameHead;
import io.proa.formats.FrameType;
import io.proa.formats.FrameWriter;
import io.proa.formats.Http2Error;
import io.proa.formats.MalformedFrame;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads a connection's frames, one after the other and each as a whole: the preface, the order of
/// the parts of a field block, and what concerns no stream.
final class FrameInput {
    /// Of parts of one field block (CVE-2024-27316).
    private static final int MOST_CONTINUATIONS = 32;

    /// From a field block's first part to its last, like a head of HTTP/1.1.
    private static final long MOST_BLOCK_NANOS = 10_000_000_000L;

    private final Session session;
    private final Timeout slowBlock =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    session.broken(new IOException("a field block did not arrive in time"));
                }
            };
    private final FrameHead frame = new FrameHead();
    private boolean prefaceAwaited;
    private boolean settingsAwaited = true;

    /// The stream whose field block is under way; 0 = none.
    private int openBlock;

    private boolean blockEndsStream;
    private int continuations;
    private @Nullable Slab block;

    FrameInput(Session session) {
        this.session = session;
    }

    void awaitPreface() {
        prefaceAwaited = true;
    }

    /// Takes all frames that are complete.
    void process() throws IOException {
        Link link = session.link;
        while (!session.over) {
            Slab slab = link.in;
            if (slab == null || !next(slab)) {
                break;
            }
        }
        if (!session.over) {
            link.settle();
            if (link.inputFull()) {
                // It was small because memory was short; a frame is read as a whole.
                link.growInput();
            }
        }
    }

    /// @return whether a frame was complete
    private boolean next(Slab slab) throws IOException {
        ByteBuffer bytes = slab.whole();
        if (prefaceAwaited) {
            return preface(slab, bytes);
        }
        if (slab.size() < FrameHead.LENGTH) {
            return false;
        }
        frame.read(bytes, slab.head);
        FrameFlaw flaw = null;
        try {
            frame.check(FrameHead.SMALLEST_MAX_FRAME_SIZE, openBlock);
        } catch (MalformedFrame e) {
            flaw = e.flaw();
        }
        if (flaw != null && flaw.scope() == FrameFlaw.Scope.CONNECTION) {
            session.malformed(flaw);
            return false;
        }
        if (slab.size() < FrameHead.LENGTH + frame.length()) {
            return false;
        }
        slab.head += FrameHead.LENGTH + frame.length();
        if (settingsAwaited && (frame.type() != FrameType.SETTINGS || frame.isAck())) {
            session.fail(Http2Error.PROTOCOL_ERROR, "the first frame is not SETTINGS");
        } else if (flaw != null) {
            malformed(flaw);
        } else {
            take(bytes, slab.head - frame.length());
        }
        return true;
    }

    private boolean preface(Slab slab, ByteBuffer bytes) throws IOException {
        if (!FrameWriter.beginsPreface(bytes, slab.head, slab.tail)) {
            session.malformed(FrameFlaw.PREFACE);
            return false;
        }
        if (slab.size() < FrameWriter.prefaceLength()) {
            return false;
        }
        slab.head += FrameWriter.prefaceLength();
        prefaceAwaited = false;
        return true;
    }

    /// A frame that ends no more than its stream.
    private void malformed(FrameFlaw flaw) throws IOException {
        Lane lane = session.streams.get(frame.stream());
        if (lane == null || frame.type() == FrameType.HEADERS) {
            // A field block that is not decoded costs the connection in any case.
            session.malformed(flaw);
        } else {
            session.resetByUs(lane, flaw.error(), flaw.sentence());
        }
    }

    private void take(ByteBuffer bytes, int payload) throws IOException {
        try {
            frame.readPayload(bytes, payload);
            takeWhole(bytes);
        } catch (MalformedFrame e) {
            if (e.flaw().scope() == FrameFlaw.Scope.CONNECTION) {
                session.malformed(e.flaw());
            } else {
                malformed(e.flaw());
            }
        }
    }

    private void takeWhole(ByteBuffer bytes) throws IOException, MalformedFrame {
        int at = frame.contentStart();
        int end = frame.contentEnd();
        switch (frame.type()) {
            case DATA ->
                    session.incoming.data(
                            frame.stream(),
                            bytes,
                            at,
                            end - at,
                            frame.length(),
                            frame.endsStream());
            case HEADERS -> headers(bytes, at, end);
            case CONTINUATION -> continuation(bytes, at, end);
            case RST_STREAM -> session.reset(frame.stream(), frame.error());
            case SETTINGS -> settings(bytes, at, end);
            case PING -> ping(bytes, at);
            case GOAWAY -> {
                if (session.spend(Goodwill.IDLE_FRAME)) {
                    session.peerGoesAway(frame.lastStream(), frame.error());
                }
            }
            case WINDOW_UPDATE ->
                    session.outgoing.windowUpdate(frame.stream(), frame.windowIncrement());
            case PRIORITY, UNKNOWN -> session.spend(Goodwill.IDLE_FRAME);
            case PUSH_PROMISE -> throw new IllegalStateException("refused by the check");
        }
    }

    private void headers(ByteBuffer bytes, int at, int end) throws IOException {
        if (frame.endsHeaders()) {
            session.head(frame.stream(), bytes, at, end, frame.endsStream());
            return;
        }
        openBlock = frame.stream();
        blockEndsStream = frame.endsStream();
        continuations = 0;
        block = session.loop.slabs().take(SlabPool.RECORD);
        session.loop.schedule(slowBlock, MOST_BLOCK_NANOS);
        append(bytes, at, end);
    }

    private void continuation(ByteBuffer bytes, int at, int end) throws IOException {
        continuations++;
        if (continuations > MOST_CONTINUATIONS || !append(bytes, at, end)) {
            session.malformed(FrameFlaw.BLOCK_TOO_LARGE);
            return;
        }
        if (frame.endsHeaders()) {
            Slab whole = java.util.Objects.requireNonNull(block);
            int stream = openBlock;
            block = null;
            openBlock = 0;
            slowBlock.cancel();
            try {
                session.head(stream, whole.whole(), whole.head, whole.tail, blockEndsStream);
            } finally {
                whole.release();
            }
        }
    }

    private boolean append(ByteBuffer bytes, int at, int end) {
        Slab whole = java.util.Objects.requireNonNull(block);
        if (whole.room() < end - at) {
            if (whole.size() + end - at > SlabPool.LARGE) {
                return false;
            }
            Slab larger = session.loop.slabs().take(SlabPool.LARGE);
            larger.appendFrom(whole, whole.size());
            whole.release();
            whole = larger;
            block = larger;
        }
        whole.whole().put(whole.tail, bytes, at, end - at);
        whole.tail += end - at;
        return true;
    }

    private void settings(ByteBuffer bytes, int at, int end) throws IOException, MalformedFrame {
        settingsAwaited = false;
        if (!session.spend(Goodwill.IDLE_FRAME) || frame.isAck()) {
            return;
        }
        session.settings(bytes, at, end);
    }

    private void ping(ByteBuffer bytes, int at) throws IOException {
        if (!session.spend(Goodwill.IDLE_FRAME)) {
            return;
        }
        if (frame.isAck()) {
            session.pingAnswered();
        } else {
            session.output.pingAck(bytes, at);
        }
    }

    /// Whether the peer has said its settings.
    boolean greeted() {
        return !settingsAwaited;
    }

    void release() {
        slowBlock.cancel();
        if (block != null) {
            block.release();
            block = null;
        }
    }
}
