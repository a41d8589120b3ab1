package io.proa.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Messages as JSON in frames ([Frames]) over a blocking channel.
///
/// @param <I> what this end hears
/// @param <O> what this end says
public final class FramedWire<I, O> implements ControlWire<I, O> {
    private final ByteChannel channel;
    private final Decoder<I> decoder;
    private final Encoder<O> encoder;
    private final Frames frames = new Frames();
    private final ReentrantLock sending = new ReentrantLock();
    private volatile int limit;

    private interface Decoder<I> {
        I decode(byte[] json) throws MalformedMessage;
    }

    private interface Encoder<O> {
        byte[] encode(O message);
    }

    private FramedWire(ByteChannel channel, int limit, Decoder<I> decoder, Encoder<O> encoder) {
        this.channel = channel;
        this.limit = limit;
        this.decoder = decoder;
        this.encoder = encoder;
    }

    /// The control plane's end.
    ///
    /// @param limit longest frame accepted, in bytes, until [#acceptUpTo] says otherwise
    public static FramedWire<ClientMessage, ServerMessage> server(ByteChannel channel, int limit) {
        return new FramedWire<>(channel, limit, MessageReader::client, MessageWriter::bytes);
    }

    /// A sidecar's end, for blocking use; [ControlLink] has its own.
    public static FramedWire<ServerMessage, ClientMessage> client(ByteChannel channel) {
        return new FramedWire<>(
                channel, Frames.MAX_BYTES, MessageReader::server, MessageWriter::bytes);
    }

    /// @param limit at most 4 MiB
    public void acceptUpTo(int limit) {
        this.limit = Math.min(limit, Frames.MAX_BYTES);
    }

    @Override
    public void send(O message) throws IOException {
        ByteBuffer frame = Frames.encode(encoder.encode(message));
        sending.lock();
        try {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } finally {
            sending.unlock();
        }
    }

    @Override
    public @Nullable I receive() throws IOException {
        try {
            byte[] payload = frames.read(channel, limit);
            if (payload == null) {
                throw new IllegalStateException("the channel must be blocking");
            }
            return decoder.decode(payload);
        } catch (EOFException e) {
            if (frames.isBetweenFrames()) {
                return null;
            }
            throw new MalformedMessage("", "saw the end within a frame, expected the rest of it");
        }
    }
}
