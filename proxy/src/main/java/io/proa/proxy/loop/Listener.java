package io.proa.proxy.loop;

import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// Accepts connections on one loop; several loops share a TCP port by SO_REUSEPORT.
public final class Listener implements Loop.Ready {
    /// Who takes accepted connections; the channel is non-blocking and not yet registered.
    @FunctionalInterface
    public interface Taker {
        void take(SocketChannel accepted) throws IOException;
    }

    private static final int MOST_PER_WAKE = 16;
    private static final int QUEUE = 1024;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final Loop loop;
    private final ServerSocketChannel server;
    private final Taker taker;
    private final SelectionKey key;
    private final Timeout retry =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    resume();
                }
            };

    private Listener(Loop loop, ServerSocketChannel server, Taker taker) throws IOException {
        this.loop = loop;
        this.server = server;
        this.taker = taker;
        server.configureBlocking(false);
        this.key = loop.register(server, SelectionKey.OP_ACCEPT, this);
    }

    /// Binds; call before the loop runs or on it.
    ///
    /// @throws IOException naming the address, where it cannot be had
    public static Listener open(Loop loop, SocketAddress address, Taker taker) throws IOException {
        ServerSocketChannel server =
                address instanceof UnixDomainSocketAddress
                        ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        : ServerSocketChannel.open();
        try {
            if (address instanceof InetSocketAddress) {
                server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            server.bind(address, QUEUE);
            return new Listener(loop, server, taker);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on " + words(address) + ": " + e.getMessage(), e);
        }
    }

    /// Without the slash that stands for a missing host name.
    private static String words(SocketAddress address) {
        String text = address.toString();
        return address instanceof InetSocketAddress && text.startsWith("/")
                ? text.substring(1)
                : text;
    }

    public SocketAddress localAddress() {
        try {
            return server.getLocalAddress();
        } catch (IOException e) {
            throw new IllegalStateException("a bound listener has an address", e);
        }
    }

    @Override
    public void ready(int operations) {
        take();
    }

    /// @return whether there may be more
    private boolean take() {
        for (int i = 0; i < MOST_PER_WAKE; i++) {
            SocketChannel accepted;
            if (loop.isFull()) {
                pause(
                        new IOException(
                                loop.channels()
                                        + " connections are all that the heap has room for"));
                return false;
            }
            try {
                accepted = server.accept();
            } catch (IOException e) {
                pause(e);
                return false;
            }
            if (accepted == null) {
                return false;
            }
            handOver(accepted);
        }
        return true;
    }

    private void handOver(SocketChannel accepted) {
        boolean taken = false;
        try {
            accepted.configureBlocking(false);
            if (accepted.getLocalAddress() instanceof InetSocketAddress) {
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            taker.take(accepted);
            taken = true;
        } catch (IOException _) {
            // The peer is gone already, or there are no descriptors for what it needs.
        } finally {
            if (!taken) {
                closeQuietly(accepted);
            }
        }
    }

    /// Out of descriptors, most likely, or of heap. The selector would report the waiting
    /// connections again at once and for ever, so it is not asked for a while; they wait in the
    /// kernel's queue.
    private void pause(IOException cause) {
        if (!server.isOpen()) {
            return;
        }
        key.interestOps(0);
        loop.schedule(retry, PAUSE_NANOS);
        loop.cannotAccept(cause);
    }

    private void resume() {
        if (key.isValid()) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // It was never used.
        }
    }

    /// Takes what has been connected already, then stops accepting: who waits in the kernel's queue
    /// would be reset. Loop only.
    public void drain() {
        int rounds = QUEUE / MOST_PER_WAKE;
        while (rounds > 0 && take()) {
            rounds--;
        }
        close();
    }

    /// Stops accepting. Loop only.
    public void close() {
        retry.cancel();
        key.cancel();
        try {
            server.close();
        } catch (IOException _) {
            // Nothing is left to be done with it.
        }
    }
}
