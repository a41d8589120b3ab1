package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// A port on the host's loopback that leads to pods of one service: bytes are carried, both ways
/// and each way's end on its own, between its connections and the Unix socket on which a pod's
/// sidecar accepts "outside, published".
///
/// A pod's network namespace cannot be reached from the host's loopback, but a Unix socket's file
/// can.
public final class PublishedPort implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final int port;
    private final Supplier<List<Path>> sockets;
    private final AtomicInteger turn = new AtomicInteger();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private PublishedPort(ServerSocketChannel listener, Supplier<List<Path>> sockets) {
        this.listener = listener;
        this.port = listener.socket().getLocalPort();
        this.sockets = sockets;
    }

    /// Listens on 127.0.0.1 at `port` (0 = any free one).
    public static PublishedPort open(int port, Path socket) {
        return open(port, () -> List.of(socket));
    }

    /// The same, for several pods: one connection to each in turn; one whose sidecar does not
    /// accept is passed over.
    ///
    /// @param sockets asked for each connection, by several threads
    static PublishedPort open(int port, Supplier<List<Path>> sockets) {
        try {
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
            try {
                listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 512);
            } catch (IOException e) {
                listener.close();
                throw e;
            }
            PublishedPort published = new PublishedPort(listener, sockets);
            Thread.ofVirtual().name("published " + published.port()).start(published::acceptAll);
            return published;
        } catch (IOException e) {
            throw inUse(port, e);
        }
    }

    static Fault inUse(int port, IOException cause) {
        return Fault.of(
                Sysexit.UNAVAILABLE,
                "port "
                        + port
                        + " on 127.0.0.1 cannot be listened on ("
                        + cause.getMessage()
                        + "); expected it to be free",
                "see who holds it with: ss -ltnp 'sport = :" + port + "', or publish another port");
    }

    public int port() {
        return port;
    }

    private void acceptAll() {
        while (listener.isOpen()) {
            try {
                SocketChannel outside = listener.accept();
                Thread.ofVirtual().name("published relay").start(() -> relay(outside));
            } catch (IOException _) {
                // Closed, or a caller gone before it was accepted: in both cases the loop's
                // condition decides.
            }
        }
    }

    private void relay(SocketChannel outside) {
        open.add(outside);
        try (outside;
                SocketChannel pod = connected()) {
            open.add(pod);
            try {
                outside.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Thread back =
                        Thread.ofVirtual()
                                .name("published answers")
                                .start(() -> carry(pod, outside));
                carry(outside, pod);
                back.join();
            } finally {
                open.remove(pod);
            }
        } catch (IOException _) {
            // The sidecar does not listen: closing tells the caller.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(outside);
        }
    }

    private SocketChannel connected() throws IOException {
        List<Path> all = sockets.get();
        IOException refused = new IOException("there is no pod");
        int first = turn.getAndIncrement();
        for (int next = 0; next < all.size(); next++) {
            Path socket = all.get(Math.floorMod(first + next, all.size()));
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                refused = e;
            }
        }
        throw refused;
    }

    /// Ends with the source's end, which is handed on; an error on either side closes both.
    private static void carry(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException _) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // There is nothing left to do for it.
        }
    }

    /// Takes no new connections; those that are open go on.
    void refuse() {
        try {
            listener.close();
        } catch (IOException _) {
            // It is closed either way.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(PublishedPort::closeQuietly);
    }
}
