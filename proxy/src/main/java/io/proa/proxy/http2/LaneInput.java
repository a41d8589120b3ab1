package io.proa.proxy.http2;

import io.proa.formats.Framing;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What a stream has received and its reader has not taken, as text of HTTP/1.1: a head, then the
/// body as it was announced, or in chunks.
///
/// A chunk grows while nobody has taken it, so that many small frames cost no more than few large
/// ones. How much lies here is bounded by the stream's window.
final class LaneInput {
    private enum Body {
        NONE,
        LENGTH,
        CHUNKED,
        RAW
    }

    private static final int SIZE_DIGITS = 6;
    private static final int CHUNK_START = SIZE_DIGITS + 2;
    private static final int LEAST_ROOM = 64;

    /// Slabs, more than a window needs.
    private static final int MOST_FULL = 6;

    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final SlabPool slabs;
    private final Incoming incoming;
    private @Nullable ArrayDeque<Slab> full;
    private @Nullable Slab last;
    private Body body = Body.NONE;

    /// Of an announced length; what has not come. Where none was, more than ever comes.
    private long left;

    /// Where in [#last] the size of the chunk is that can still grow; -1 = there is none.
    private int openChunk = -1;

    /// Bytes of DATA that lie here.
    private int held;

    /// Bytes of DATA taken, of which the peer has not been told.
    private int credit;

    LaneInput(SlabPool slabs, Incoming incoming) {
        this.slabs = slabs;
        this.incoming = incoming;
    }

    private Slab lend(int bytes) {
        Slab slab = slabs.take(bytes);
        incoming.holds(slab.capacity());
        return slab;
    }

    private void giveBack(Slab slab) {
        incoming.holds(-slab.capacity());
        slab.release();
    }

    /// A slab to write a head of at most `bytes` into; nothing else lies here yet.
    Slab roomForHead(int bytes) {
        Slab slab = last;
        if (slab == null || slab.room() < bytes) {
            retire();
            slab = lend(bytes);
            last = slab;
        }
        return slab;
    }

    /// What follows the head.
    ///
    /// @param framing of the text
    /// @param length announced, whatever the framing; -1 = none
    /// @param ended whether nothing follows
    /// @param tunnel whether bytes follow that are no message
    void begin(Framing framing, long length, boolean ended, boolean tunnel) {
        openChunk = -1;
        credit = 0;
        if (tunnel) {
            body = Body.RAW;
        } else if (ended) {
            body = Body.NONE;
        } else {
            body =
                    switch (framing) {
                        case NONE, LENGTH -> Body.LENGTH;
                        case CHUNKED, UNTIL_CLOSE -> Body.CHUNKED;
                    };
        }
        boolean bounded = !tunnel && !ended && (body == Body.LENGTH || length >= 0);
        left = bounded ? framing == Framing.NONE ? 0 : length : Long.MAX_VALUE;
    }

    /// Whether `n` bytes more are within what was announced.
    boolean allows(int n) {
        return body != Body.NONE && n <= left;
    }

    /// Takes `n` bytes of the body, which it [#allows].
    void data(ByteBuffer from, int at, int n) {
        held += n;
        left -= left == Long.MAX_VALUE ? 0 : n;
        int done = 0;
        while (done < n) {
            Slab slab = roomForData(n - done);
            int take = Math.min(n - done, slab.room() - LEAST_ROOM / 2);
            slab.whole().put(slab.tail, from, at + done, take);
            slab.tail += take;
            done += take;
            if (body == Body.CHUNKED) {
                growChunk(slab);
            }
        }
    }

    private Slab roomForData(int wanted) {
        Slab slab = last;
        if (slab != null && slab.room() < LEAST_ROOM) {
            retire();
            slab = null;
        }
        if (slab == null) {
            boolean small = wanted + LEAST_ROOM <= SlabPool.SMALL && full == null;
            slab = lend(small ? SlabPool.SMALL : SlabPool.RECORD);
            last = slab;
        }
        if (body == Body.CHUNKED && openChunk < 0) {
            openChunk = slab.tail;
            slab.tail += CHUNK_START;
        }
        return slab;
    }

    /// Writes the size of the chunk as it now is.
    private void growChunk(Slab slab) {
        ByteBuffer bytes = slab.whole();
        int size = slab.tail - openChunk - CHUNK_START;
        for (int i = SIZE_DIGITS - 1; i >= 0; i--) {
            bytes.put(openChunk + i, HEX[size & 0xf]);
            size >>= 4;
        }
        bytes.put(openChunk + SIZE_DIGITS, (byte) '\r')
                .put(openChunk + SIZE_DIGITS + 1, (byte) '\n');
    }

    private void closeChunk() {
        Slab slab = last;
        if (slab != null && openChunk >= 0) {
            put(slab, '\r');
            put(slab, '\n');
        }
        openChunk = -1;
    }

    private static void put(Slab slab, char c) {
        slab.whole().put(slab.tail, (byte) c);
        slab.tail++;
    }

    /// Nothing more comes.
    ///
    /// @return whether all has come that was announced
    boolean end() {
        boolean whole = isWhole();
        if (body == Body.CHUNKED && whole) {
            endChunks(0);
            Slab slab = roomForHead(LEAST_ROOM);
            put(slab, '\r');
            put(slab, '\n');
        }
        body = Body.NONE;
        return whole;
    }

    /// Whether all has come that was announced.
    boolean isWhole() {
        return left == 0 || left == Long.MAX_VALUE;
    }

    /// The body ends with trailers, whose lines, with the empty one, the caller appends.
    ///
    /// @return a slab with room for `bytes`; null where the text has no place for any
    @Nullable Slab endWithTrailers(int bytes) {
        if (body != Body.CHUNKED) {
            return null;
        }
        endChunks(bytes);
        body = Body.NONE;
        return last;
    }

    private void endChunks(int more) {
        closeChunk();
        Slab slab = roomForHead(more + LEAST_ROOM);
        put(slab, '0');
        put(slab, '\r');
        put(slab, '\n');
    }

    private void retire() {
        closeChunk();
        Slab slab = last;
        last = null;
        if (slab == null) {
            return;
        }
        if (slab.isEmpty()) {
            giveBack(slab);
            return;
        }
        if (full == null) {
            full = new ArrayDeque<>(4);
        }
        full.addLast(slab);
    }

    /// Whether so much lies here that no more may come which no window bounds.
    boolean isCrowded() {
        return full != null && full.size() >= MOST_FULL;
    }

    boolean isEmpty() {
        return last == null && (full == null || full.isEmpty());
    }

    /// Hands over the next slab as it is; it counts as held until [Incoming#released] is told.
    ///
    /// @return null where there is none
    @Nullable Slab take() {
        Slab slab = full == null ? null : full.pollFirst();
        if (slab == null) {
            closeChunk();
            slab = last;
            last = null;
        }
        if (slab != null) {
            taken(slab.size());
        }
        return slab;
    }

    /// Moves what fits into `to`.
    ///
    /// @return bytes moved
    int moveTo(Slab to) {
        boolean queued = full != null && !full.isEmpty();
        if (!queued) {
            closeChunk();
        }
        Slab slab = queued ? java.util.Objects.requireNonNull(full).peekFirst() : last;
        if (slab == null) {
            return 0;
        }
        int n = to.appendFrom(slab, slab.size());
        if (slab.isEmpty()) {
            giveBack(slab);
            if (queued) {
                java.util.Objects.requireNonNull(full).removeFirst();
            } else {
                last = null;
            }
        }
        taken(n);
        return n;
    }

    /// Text counts as data until all data have been counted: a few bytes too early, and in the end
    /// exactly.
    private void taken(int bytes) {
        int n = isEmpty() ? held : Math.min(bytes, held);
        held -= n;
        credit += n;
    }

    /// The bytes that the peer may be allowed again, once they are worth telling.
    int claimCredit(int least) {
        if (credit < least) {
            return 0;
        }
        int n = credit;
        credit = 0;
        return n;
    }

    /// It could not be told yet, or never was data.
    void unclaim(int bytes) {
        credit += bytes;
    }

    /// Whether its bytes are no message, so that their end is one of the connection.
    boolean isTunnel() {
        return body == Body.RAW;
    }

    void release() {
        if (full != null) {
            full.forEach(this::giveBack);
            full = null;
        }
        if (last != null) {
            giveBack(last);
            last = null;
        }
        openChunk = -1;
        held = 0;
        credit = 0;
        body = Body.NONE;
    }
}
