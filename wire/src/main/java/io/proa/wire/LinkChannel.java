package io.proa.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A sidecar's end of one connection, non-blocking: messages in and out as far as they go.
final class LinkChannel implements AutoCloseable {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Frames frames = new Frames();
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();

    private LinkChannel(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    static LinkChannel connect(Path socket, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            // a Unix socket connects at once or, with its backlog full, not at all
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                throw new IOException("it takes no more connections for now");
            }
            return new LinkChannel(channel, channel.register(selector, SelectionKey.OP_READ));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    void send(ClientMessage message) throws IOException {
        unsent.add(Frames.encode(MessageWriter.bytes(message)));
        flush();
    }

    void flush() throws IOException {
        ByteBuffer first = unsent.peek();
        while (first != null) {
            channel.write(first);
            if (first.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
            unsent.poll();
            first = unsent.peek();
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    /// The next message that is there already; null where none is.
    @Nullable ServerMessage receive() throws IOException {
        try {
            byte[] payload = frames.read(channel, Frames.MAX_BYTES);
            return payload == null ? null : MessageReader.server(payload);
        } catch (EOFException _) {
            throw new IOException("it closed the connection");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // nothing is left to be lost
        }
    }
}
