package io.proa.proxy.http2;

import io.proa.formats.ChunkData;
import io.proa.formats.Framing;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.proxy.loop.Slab;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Turns the text of HTTP/1.1 that a lane's owner writes into the frames of its stream.
final class LaneOutput {
    private enum State {
        /// The next byte begins a head.
        HEAD,
        LENGTH,
        CHUNKED,
        TRAILERS,

        /// All bytes are data until the owner ends its direction.
        RAW,
        ENDED
    }

    private final Lane lane;
    private final Session session;
    private State state = State.HEAD;
    private long left;
    private @Nullable ChunkData chunks;
    private @Nullable Slab trailers;
    private boolean stopped;

    /// Of the request under way, at the end that answers.
    private Method method = Method.OTHER;

    LaneOutput(Lane lane, Session session) {
        this.lane = lane;
        this.session = session;
    }

    /// At the end that answers: what is answered.
    void answers(Method of) {
        method = of;
    }

    Method method() {
        return method;
    }

    /// Nothing is taken any more.
    void stop() {
        stopped = true;
    }

    /// Whether what comes next is data.
    boolean needsWindow() {
        return state == State.LENGTH || state == State.CHUNKED || state == State.RAW;
    }

    boolean ended() {
        return state == State.ENDED;
    }

    /// Ready for the next message.
    void idle() {
        state = State.HEAD;
    }

    /// Takes as much of the text as becomes frames now.
    int take(Slab from, int start, int end) throws IOException {
        if (stopped) {
            throw new IOException("the peer wants nothing more of the message");
        }
        int at = start;
        while (at < end) {
            int next =
                    switch (state) {
                        case HEAD -> head(from, at, end);
                        case LENGTH, RAW -> data(from, at, end);
                        case CHUNKED -> chunk(from, at, end);
                        case TRAILERS -> trailers(from, at, end);
                        // A body where none may be: HTTP/1.1 has no way to send it either. To
                        // who asks it is the next request, which comes behind the stream's end.
                        case ENDED -> session.answers() ? end : at;
                    };
            if (next == at) {
                break;
            }
            at = next;
        }
        return at - start;
    }

    private int head(Slab from, int at, int end) throws IOException {
        MessageHead head = session.headToSend();
        try {
            if (!session.parse(head, from.whole(), at, end, method)) {
                throw new IllegalStateException("a head is written in one piece");
            }
        } catch (MalformedHead e) {
            throw new IllegalStateException("a head of our own: " + e.flaw().sentence(), e);
        }
        boolean interim = head.status() != 0 && head.status() < 200;
        boolean tunnel =
                head.status() == 0
                        ? head.method() == Method.CONNECT
                        : method == Method.CONNECT && head.status() / 100 == 2;
        boolean last = !interim && !tunnel && endsWithHead(head, from.buffer, end);
        if (!session.sendHead(lane, head, from, last)) {
            return at;
        }
        if (interim) {
            return head.end();
        }
        if (last) {
            end();
            return head.framing() == Framing.CHUNKED ? end : head.end();
        }
        begin(head, tunnel);
        return head.end();
    }

    private static boolean endsWithHead(MessageHead head, ByteBuffer bytes, int end) {
        return switch (head.framing()) {
            case NONE -> true;
            case LENGTH -> head.contentLength() == 0;
            case CHUNKED -> isLastChunk(bytes, head.end(), end);
            case UNTIL_CLOSE -> false;
        };
    }

    private void begin(MessageHead head, boolean tunnel) {
        left = Long.MAX_VALUE;
        if (tunnel || head.framing() == Framing.UNTIL_CLOSE) {
            state = State.RAW;
        } else if (head.framing() == Framing.LENGTH) {
            state = State.LENGTH;
            left = head.contentLength();
        } else {
            state = State.CHUNKED;
            if (chunks == null) {
                chunks = new ChunkData();
            } else {
                chunks.reset();
            }
        }
    }

    private int data(Slab from, int at, int end) throws IOException {
        int n = (int) Math.min(left, end - at);
        int sent = session.outgoing.sendData(lane, from, at, n, state == State.LENGTH && n == left);
        if (state == State.LENGTH) {
            left -= sent;
            if (left == 0) {
                end();
            }
        }
        return at + sent;
    }

    private int chunk(Slab from, int at, int end) throws IOException {
        ChunkData within = java.util.Objects.requireNonNull(chunks);
        int i = within.skip(from.whole(), at, end);
        if (within.last()) {
            state = State.TRAILERS;
            return i;
        }
        int n = within.data(end - i);
        if (n == 0) {
            return i;
        }
        int behind = i + n;
        boolean last =
                end - behind >= 2
                        && from.buffer.get(behind) == '\r'
                        && isLastChunk(from.buffer, behind + 2, end);
        int sent = session.outgoing.sendData(lane, from, i, n, last);
        within.taken(sent);
        if (sent == n && last) {
            end();
            return end;
        }
        return i + sent;
    }

    /// Whether `[at, end)` is nothing but the last chunk, without trailers.
    private static boolean isLastChunk(ByteBuffer bytes, int at, int end) {
        return end - at == 5
                && bytes.get(at) == '0'
                && bytes.get(at + 1) == '\r'
                && bytes.get(at + 2) == '\n'
                && bytes.get(at + 3) == '\r'
                && bytes.get(at + 4) == '\n';
    }

    /// Keeps trailers until they are complete: the bytes have passed a parser that bounds them.
    private int trailers(Slab from, int at, int end) throws IOException {
        Slab kept = trailers;
        if (kept == null && end - at >= 2 && from.whole().get(at) == '\r') {
            if (!session.outgoing.sendEnd(lane)) {
                return at;
            }
            end();
            return at + 2;
        }
        int i = at;
        if (kept == null) {
            kept = lane.loop().slabs().take(Session.MOST_TRAILER_BYTES);
            trailers = kept;
        }
        while (i < end && !complete(kept)) {
            kept.whole().put(kept.tail, from.whole().get(i));
            kept.tail++;
            i++;
        }
        if (complete(kept)) {
            boolean sent =
                    kept.size() == 2
                            ? session.outgoing.sendEnd(lane)
                            : session.outgoing.sendTrailers(lane, kept);
            if (!sent) {
                // Its last byte comes again.
                kept.tail--;
                return i - 1;
            }
            kept.release();
            trailers = null;
            end();
        }
        return i;
    }

    private static boolean complete(Slab kept) {
        ByteBuffer bytes = kept.whole();
        int end = kept.tail;
        return end == 2 && bytes.get(0) == '\r' && bytes.get(1) == '\n'
                || end >= 4
                        && bytes.get(end - 1) == '\n'
                        && bytes.get(end - 2) == '\r'
                        && bytes.get(end - 3) == '\n';
    }

    private void end() {
        state = State.ENDED;
        lane.weEnded();
    }

    /// The owner ends its direction: the end of what has no other.
    ///
    /// @return false where it cannot be told now
    boolean endTunnel() throws IOException {
        if (state == State.RAW) {
            if (!session.outgoing.sendEnd(lane)) {
                return false;
            }
            end();
        }
        return true;
    }

    void release() {
        if (trailers != null) {
            trailers.release();
            trailers = null;
        }
    }
}
