package io.proa.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/// Frames: a length of four bytes, big-endian, then as many bytes of payload.
final class Frames {
    /// Largest payload; a longer one is refused before a byte of it is read.
    static final int MAX_BYTES = 4 << 20;

    private static final int FIRST_ROOM = 16 << 10;

    private ByteBuffer in = ByteBuffer.allocate(FIRST_ROOM);

    /// Frame, ready to be written.
    static ByteBuffer encode(byte[] payload) throws MalformedMessage {
        if (payload.length > MAX_BYTES) {
            throw new MalformedMessage(
                    "",
                    "saw a message of " + payload.length + " bytes, expected at most " + MAX_BYTES);
        }
        return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).flip();
    }

    /// Reads until a whole frame is there or the channel has nothing more for now.
    ///
    /// @param limit largest payload accepted, at most [#MAX_BYTES]
    /// @return the payload; null where a non-blocking channel has no more bytes yet
    /// @throws EOFException at the end of the channel; [#isBetweenFrames] tells an orderly end
    byte @Nullable [] read(ReadableByteChannel channel, int limit) throws IOException {
        while (true) {
            byte[] payload = take(limit);
            if (payload != null) {
                return payload;
            }
            int count = channel.read(in);
            if (count < 0) {
                throw new EOFException("the peer closed the connection");
            }
            if (count == 0) {
                return null;
            }
        }
    }

    boolean isBetweenFrames() {
        return in.position() == 0;
    }

    /// Bytes held for what has come and what may come.
    int room() {
        return in.capacity();
    }

    /// A whole frame that has been read already; afterwards there is room to read more.
    private byte @Nullable [] take(int limit) throws MalformedMessage {
        if (in.position() < 4) {
            return null;
        }
        int length = in.getInt(0);
        if (length < 0 || length > limit) {
            throw new MalformedMessage(
                    "",
                    "saw a frame of "
                            + Integer.toUnsignedString(length)
                            + " bytes, expected at most "
                            + limit);
        }
        if (in.position() - 4 < length) {
            makeRoom(4 + length);
            return null;
        }
        var payload = new byte[length];
        in.flip().position(4).get(payload);
        in.compact();
        if (in.capacity() > FIRST_ROOM && in.position() <= FIRST_ROOM) {
            // one large snapshot must not cost its size for ever
            in = ByteBuffer.allocate(FIRST_ROOM).put(in.flip());
        }
        return payload;
    }

    /// Grows by doubling, so that a peer which announces much and sends little costs little.
    private void makeRoom(int wanted) {
        if (!in.hasRemaining()) {
            in = ByteBuffer.allocate(Math.min(wanted, in.capacity() * 2)).put(in.flip());
        }
    }
}
