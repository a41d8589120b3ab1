package io.proa.proxy.http2;

import io.proa.formats.FrameHead;
import io.proa.formats.FrameWriter;
import io.proa.formats.Http2Error;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.SlabPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Frames on their way out. What is written within one turn of the loop leaves together.
///
/// While the link takes nothing, one slab of frames is kept and messages wait; the answers that the
/// protocol demands have one slab more. A peer that makes us say more than that and does not read
/// it loses its connection.
final class FrameOutput {
    /// One TLS record.
    private static final int LIMIT = 16 * 1024;

    /// A frame of data smaller than this is not worth its head, where it could be larger.
    private static final int LEAST_DATA = 512;

    private final Link link;
    private @Nullable Slab out;
    private @Nullable Slab answers;
    private final Runnable flushing = this::flushInTurn;
    private boolean flushScheduled;
    private boolean released;

    FrameOutput(Link link) {
        this.link = link;
    }

    /// A slab with at least `bytes` of room behind its tail.
    ///
    /// @return null while the link takes nothing
    @Nullable Slab room(int bytes) throws IOException {
        if (released) {
            return null;
        }
        Slab slab = out;
        if (slab != null && limit(slab) - slab.tail < bytes) {
            if (!flush()) {
                return null;
            }
            slab = null;
        }
        if (slab == null) {
            if (answers != null) {
                return null;
            }
            slab = link.loop().slabs().take(bytes > LIMIT ? bytes : SlabPool.RECORD);
            out = slab;
            schedule();
        }
        return slab;
    }

    private static int limit(Slab slab) {
        return slab.capacity() == SlabPool.RECORD ? LIMIT : slab.capacity();
    }

    /// Room for a frame that the protocol demands of us.
    private Slab answer(int bytes) throws IOException {
        Slab slab = room(bytes);
        if (slab != null) {
            return slab;
        }
        if (released) {
            throw new IOException("the connection is over");
        }
        slab = answers;
        if (slab == null) {
            slab = link.loop().slabs().take(SlabPool.RECORD);
            answers = slab;
        }
        if (slab.room() < bytes) {
            throw new IOException("the peer makes us answer and does not read");
        }
        return slab;
    }

    private static void wrote(Slab slab) {
        slab.tail = slab.buffer.position();
    }

    void preface() throws IOException {
        Slab slab = answer(FrameWriter.prefaceLength());
        FrameWriter.preface(slab.space());
        wrote(slab);
    }

    /// @param streams 0 = nothing is said of how many
    void settings(int streams, int window, int mostHeaderBytes) throws IOException {
        Slab slab = answer(FrameHead.LENGTH + 5 * FrameWriter.SETTING_LENGTH);
        FrameWriter.settings(
                slab.space(),
                streams,
                window,
                FrameHead.SMALLEST_MAX_FRAME_SIZE,
                mostHeaderBytes,
                false);
        wrote(slab);
    }

    void settingsAck() throws IOException {
        Slab slab = answer(FrameHead.LENGTH);
        FrameWriter.settingsAck(slab.space());
        wrote(slab);
    }

    void ping(long data) throws IOException {
        Slab slab = answer(FrameWriter.LONGEST_CONTROL);
        FrameWriter.ping(slab.space(), data);
        wrote(slab);
    }

    void pingAck(ByteBuffer ping, int at) throws IOException {
        Slab slab = answer(FrameWriter.LONGEST_CONTROL);
        FrameWriter.pingAck(slab.space(), ping, at);
        wrote(slab);
    }

    void reset(int stream, Http2Error error) throws IOException {
        Slab slab = answer(FrameWriter.LONGEST_CONTROL);
        FrameWriter.reset(slab.space(), stream, error);
        wrote(slab);
    }

    void goAway(int lastStream, Http2Error error, byte[] why) throws IOException {
        Slab slab = answer(FrameWriter.LONGEST_CONTROL + why.length);
        FrameWriter.goAway(slab.space(), lastStream, error, why);
        wrote(slab);
    }

    /// @return false where it has to be said later
    boolean windowUpdate(int stream, int increment) throws IOException {
        Slab slab = room(FrameWriter.LONGEST_CONTROL);
        if (slab == null) {
            return false;
        }
        FrameWriter.windowUpdate(slab.space(), stream, increment);
        wrote(slab);
        return true;
    }

    /// Sends a frame of data with as many of `n` bytes as there is room for.
    ///
    /// @param last whether the stream ends with all of them
    /// @return bytes sent; -1 = not even an empty frame
    int data(int stream, Slab from, int at, int n, boolean last) throws IOException {
        Slab slab = room(FrameHead.LENGTH + Math.min(n, LEAST_DATA));
        if (slab == null) {
            return -1;
        }
        int take = Math.min(n, limit(slab) - slab.tail - FrameHead.LENGTH);
        FrameWriter.dataHead(slab.space(), stream, take, last && take == n);
        wrote(slab);
        slab.whole().put(slab.tail, from.whole(), at, take);
        slab.tail += take;
        return take;
    }

    /// Ends a stream by an empty frame.
    ///
    /// @return false where there is no room for it
    boolean end(int stream) throws IOException {
        Slab slab = room(FrameHead.LENGTH);
        if (slab == null) {
            return false;
        }
        FrameWriter.dataHead(slab.space(), stream, 0, true);
        wrote(slab);
        return true;
    }

    /// Hands over what there is.
    ///
    /// @return whether that was all
    boolean flush() throws IOException {
        Slab slab = out;
        if (slab != null) {
            if (!link.canWrite()) {
                return false;
            }
            out = null;
            link.send(slab);
        }
        Slab more = answers;
        if (more != null) {
            if (!link.canWrite()) {
                return false;
            }
            answers = null;
            link.send(more);
        }
        return true;
    }

    private void schedule() {
        if (!flushScheduled) {
            flushScheduled = true;
            link.loop().execute(flushing);
        }
    }

    private void flushInTurn() {
        flushScheduled = false;
        if (!link.isClosed()) {
            try {
                flush();
            } catch (IOException e) {
                link.fail(e);
            }
        }
    }

    void release() {
        released = true;
        if (out != null) {
            out.release();
            out = null;
        }
        if (answers != null) {
            answers.release();
            answers = null;
        }
    }
}
