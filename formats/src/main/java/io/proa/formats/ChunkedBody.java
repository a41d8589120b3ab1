package io.proa.formats;

import java.nio.ByteBuffer;

/// Follows a chunked body (RFC 9112 section 7.1) to find where it ends. The bytes are passed on as
/// they are, so that whatever another reader might understand differently is refused: white space
/// in the size line, quoted extension values, bare line feeds, trailers that belong in the head.
///
/// Reusable and used by one thread only. Bytes may arrive in any pieces; the verdict is the same.
public final class ChunkedBody {
    private static final int MOST_DIGITS = 14;
    private static final long LARGEST_CHUNK = 1L << 53;
    private static final int LONGEST_EXTENSION = 1024;
    private static final int FREE_EXTENSION_BYTES = 4096;
    private static final int PAYLOAD_PER_EXTENSION_BYTE = 16;
    private static final int MOST_TRAILER_BYTES = 8192;
    private static final int MOST_TRAILERS = 64;
    private static final int LONGEST_KNOWN_NAME = 32;

    private enum State {
        SIZE,
        EXTENSION_NAME,
        EXTENSION_VALUE,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        LAST_LF,
        DONE
    }

    private State state = State.SIZE;
    private long size;
    private int digits;
    private int tokenLength;
    private int extensionLength;
    private long extensionBytes;
    private long payload;
    private int trailerBytes;
    private int trailers;
    // made when the first trailer comes, since few bodies have any
    private byte[] name = new byte[0];

    public ChunkedBody() {}

    /// Makes it ready for the next body.
    public void reset() {
        state = State.SIZE;
        size = 0;
        digits = 0;
        extensionLength = 0;
        extensionBytes = 0;
        payload = 0;
        trailerBytes = 0;
        trailers = 0;
    }

    /// Whether the whole body, with its trailers and the last empty line, has been seen.
    public boolean done() {
        return state == State.DONE;
    }

    /// Data bytes seen so far, without sizes, extensions and trailers.
    public long payloadBytes() {
        return payload;
    }

    /// Takes the next bytes of the body.
    ///
    /// @return the first index that does not belong to this message; `to` when more is needed
    public int advance(ByteBuffer buf, int from, int to) throws MalformedHead {
        int i = from;
        while (i < to && state != State.DONE) {
            if (state == State.DATA) {
                int take = (int) Math.min(size, to - i);
                i += take;
                size -= take;
                payload += take;
                if (size == 0) {
                    state = State.DATA_CR;
                }
            } else {
                state = next(buf.get(i));
                i++;
            }
        }
        return i;
    }

    private State next(byte b) throws MalformedHead {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION_NAME, EXTENSION_VALUE -> extension(b);
            case SIZE_LF -> sizeEnd(b);
            case DATA_CR -> expect(b, '\r', Flaw.CHUNK_DATA_END, State.DATA_LF);
            case DATA_LF -> expect(b, '\n', Flaw.CHUNK_DATA_END, State.SIZE);
            case TRAILER_START, TRAILER_NAME -> trailerName(b);
            case TRAILER_VALUE -> trailerValue(b);
            case TRAILER_LF -> expect(b, '\n', Flaw.CHUNK_LINE, State.TRAILER_START);
            case LAST_LF -> expect(b, '\n', Flaw.CHUNK_LINE, State.DONE);
            case DATA, DONE -> state;
        };
    }

    private static State expect(byte b, char wanted, Flaw flaw, State next) throws MalformedHead {
        if (b != wanted) {
            throw new MalformedHead(flaw);
        }
        return next;
    }

    private State size(byte b) throws MalformedHead {
        int digit = Octets.hex(b);
        if (digit >= 0 && digits < MOST_DIGITS) {
            size = size << 4 | digit;
            digits++;
            return State.SIZE;
        }
        if (digits == 0 || b != '\r' && b != ';') {
            throw new MalformedHead(b == '\n' ? Flaw.CHUNK_LINE : Flaw.CHUNK_SIZE);
        }
        if (size > LARGEST_CHUNK) {
            throw new MalformedHead(Flaw.CHUNK_RANGE);
        }
        if (b == '\r') {
            return State.SIZE_LF;
        }
        tokenLength = 0;
        extensionLength = 0;
        countExtensionByte();
        return State.EXTENSION_NAME;
    }

    private State extension(byte b) throws MalformedHead {
        boolean inName = state == State.EXTENSION_NAME;
        if (Octets.is(b, Octets.TOKEN)) {
            tokenLength++;
            countExtensionByte();
            return state;
        }
        if (b == '\n') {
            throw new MalformedHead(Flaw.CHUNK_LINE);
        }
        if (tokenLength == 0 || b != '\r' && b != ';' && (b != '=' || !inName)) {
            throw new MalformedHead(Flaw.CHUNK_EXTENSION);
        }
        tokenLength = 0;
        if (b == '\r') {
            return State.SIZE_LF;
        }
        countExtensionByte();
        return b == ';' ? State.EXTENSION_NAME : State.EXTENSION_VALUE;
    }

    private void countExtensionByte() throws MalformedHead {
        extensionBytes++;
        extensionLength++;
        if (extensionLength > LONGEST_EXTENSION
                || extensionBytes > FREE_EXTENSION_BYTES + payload / PAYLOAD_PER_EXTENSION_BYTE) {
            throw new MalformedHead(Flaw.CHUNK_EXTENSIONS_TOO_LARGE);
        }
    }

    private State sizeEnd(byte b) throws MalformedHead {
        if (b != '\n') {
            throw new MalformedHead(Flaw.CHUNK_LINE);
        }
        digits = 0;
        if (size != 0) {
            return State.DATA;
        }
        return State.TRAILER_START;
    }

    private State trailerName(byte b) throws MalformedHead {
        if (state == State.TRAILER_START) {
            tokenLength = 0;
            if (b == '\r') {
                return State.LAST_LF;
            }
            if (++trailers > MOST_TRAILERS) {
                throw new MalformedHead(Flaw.TRAILERS_TOO_LARGE);
            }
        }
        countTrailerByte();
        if (Octets.is(b, Octets.TOKEN)) {
            if (name.length == 0) {
                name = new byte[LONGEST_KNOWN_NAME];
            }
            if (tokenLength < LONGEST_KNOWN_NAME) {
                // servers that read '_' as '-' must not find a forbidden name either
                name[tokenLength] = b == '_' ? (byte) '-' : Octets.lower(b);
            }
            tokenLength++;
            return State.TRAILER_NAME;
        }
        if (b != ':' || tokenLength == 0) {
            throw new MalformedHead(b == '\n' ? Flaw.CHUNK_LINE : Flaw.TRAILER_LINE);
        }
        if (tokenLength <= LONGEST_KNOWN_NAME
                && (KnownHeader.of(name, tokenLength).bit() & KnownHeader.NEVER_TRAILER) != 0) {
            throw new MalformedHead(Flaw.TRAILER_FORBIDDEN);
        }
        return State.TRAILER_VALUE;
    }

    private State trailerValue(byte b) throws MalformedHead {
        if (b == '\r') {
            return State.TRAILER_LF;
        }
        if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7F) {
            throw new MalformedHead(b == '\n' ? Flaw.CHUNK_LINE : Flaw.CONTROL_BYTE);
        }
        countTrailerByte();
        return State.TRAILER_VALUE;
    }

    private void countTrailerByte() throws MalformedHead {
        if (++trailerBytes > MOST_TRAILER_BYTES) {
            throw new MalformedHead(Flaw.TRAILERS_TOO_LARGE);
        }
    }
}
