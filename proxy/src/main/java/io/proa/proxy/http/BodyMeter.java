package io.proa.proxy.http;

import io.proa.formats.ChunkedBody;
import io.proa.formats.Framing;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Knows where a message's body ends (RFC 9112 section 6). Bytes it has passed belong to the
/// message and are forwarded as they are.
final class BodyMeter {
    private Framing framing = Framing.NONE;
    private long remaining;
    private @Nullable ChunkedBody chunks;
    private boolean done = true;

    void begin(MessageHead head) {
        framing = head.framing();
        remaining = framing == Framing.LENGTH ? head.contentLength() : 0;
        done = framing == Framing.NONE || framing == Framing.LENGTH && remaining == 0;
        if (framing == Framing.CHUNKED) {
            if (chunks == null) {
                chunks = new ChunkedBody();
            } else {
                chunks.reset();
            }
        }
    }

    /// @return the first index in `[from, to]` that does not belong to the message
    int advance(ByteBuffer bytes, int from, int to) throws MalformedHead {
        if (done || from == to) {
            return from;
        }
        return switch (framing) {
            case NONE -> from;
            case LENGTH -> {
                int n = (int) Math.min(remaining, to - from);
                remaining -= n;
                done = remaining == 0;
                yield from + n;
            }
            case CHUNKED -> {
                ChunkedBody body = java.util.Objects.requireNonNull(chunks);
                int end = body.advance(bytes, from, to);
                done = body.done();
                yield end;
            }
            case UNTIL_CLOSE -> to;
        };
    }

    /// The peer ended its direction in order.
    ///
    /// @return whether that completes the message
    boolean ended() {
        if (framing == Framing.UNTIL_CLOSE) {
            done = true;
        }
        return done;
    }

    boolean done() {
        return done;
    }

    /// The length announced, or -1.
    long announced() {
        return framing == Framing.LENGTH ? remaining : -1;
    }
}
