package io.proa.formats;

import java.nio.ByteBuffer;

/// Finds the data between the chunk lines, for a receiver that knows no chunks (HTTP/1.0). Only for
/// bytes that a [ChunkedBody] has accepted: nothing is checked a second time.
///
/// Reusable and used by one thread only.
public final class ChunkData {
    private enum State {
        SIZE,
        LINE_END,
        DATA,
        DATA_END,
        LAST
    }

    private State state = State.SIZE;
    private long left;

    public ChunkData() {}

    /// Makes it ready for the next body.
    public void reset() {
        state = State.SIZE;
        left = 0;
    }

    /// Whether the last chunk's line has been passed: what follows are trailers.
    public boolean last() {
        return state == State.LAST;
    }

    /// Passes over what is neither data nor trailers.
    ///
    /// @return index of the next data byte, or of the first byte behind the last chunk's line, or
    ///   `to`
    public int skip(ByteBuffer buf, int from, int to) {
        int i = from;
        while (i < to && state != State.DATA && state != State.LAST) {
            byte b = buf.get(i);
            i++;
            switch (state) {
                case SIZE -> {
                    int digit = Octets.hex(b);
                    if (digit >= 0) {
                        left = left << 4 | digit;
                    } else {
                        state = State.LINE_END;
                    }
                }
                case LINE_END -> {
                    if (b == '\n') {
                        state = left == 0 ? State.LAST : State.DATA;
                    }
                }
                case DATA_END -> {
                    if (b == '\n') {
                        state = State.SIZE;
                    }
                }
                case DATA, LAST -> {}
            }
        }
        return i;
    }

    /// How many of `most` bytes from here on are data of the present chunk.
    public int data(int most) {
        return state == State.DATA ? (int) Math.min(left, most) : 0;
    }

    /// So many data bytes have been used.
    public void taken(int bytes) {
        left -= bytes;
        if (left == 0 && bytes > 0) {
            state = State.DATA_END;
        }
    }
}
