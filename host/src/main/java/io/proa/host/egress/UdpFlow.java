package io.proa.host.egress;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pod's socket says to one destination outside, and hears from it: by one connected socket
/// of this machine, which hears nobody else.
final class UdpFlow {
    private final UdpEnds ends;
    private final ConnectedDatagrams options;
    private final Selector selector;
    private final Deque<InetSocketAddress> further;
    private DatagramChannel channel;
    private boolean whole;
    private boolean answered;
    private long lastNanos;

    /// @param ways not empty; the next one is taken where nobody listens at one of this machine's
    /// @throws IOException where the first leads nowhere
    UdpFlow(
            UdpEnds ends,
            List<InetSocketAddress> ways,
            ConnectedDatagrams options,
            Selector selector)
            throws IOException {
        this.ends = ends;
        this.options = options;
        this.selector = selector;
        this.further = new ArrayDeque<>(ways);
        this.channel = connected(further.pop());
    }

    private DatagramChannel connected(InetSocketAddress way) throws IOException {
        boolean v6 = way.getAddress() instanceof Inet6Address;
        DatagramChannel opened = null;
        try {
            opened =
                    DatagramChannel.open(
                            v6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
            opened.configureBlocking(false);
            opened.connect(way);
            opened.register(selector, SelectionKey.OP_READ, this);
            options.allowFragments(opened, true);
            whole = false;
            return opened;
        } catch (IOException | RuntimeException e) {
            // Also a family that this machine does not speak, or an address that is for nobody.
            close(opened);
            throw new IOException(e);
        }
    }

    UdpEnds ends() {
        return ends;
    }

    /// Sends a payload.
    ///
    /// @param keepWhole whether it must not become fragments
    /// @return false where the kernel has no room for it now
    /// @throws PortUnreachableException where nobody listens
    /// @throws IOException where it is too long, or cannot be sent at all
    boolean send(ByteBuffer payload, boolean keepWhole, long now) throws IOException {
        lastNanos = now;
        if (keepWhole != whole) {
            options.allowFragments(channel, !keepWhole);
            whole = keepWhole;
        }
        int from = payload.position();
        boolean sent = write(payload);
        while (!answered && !further.isEmpty() && options.wasRefused(channel)) {
            close();
            channel = connected(further.pop());
            sent = write(payload.position(from));
        }
        return sent;
    }

    private boolean write(ByteBuffer payload) throws IOException {
        if (!payload.hasRemaining()) {
            options.sendEmpty(channel);
            return true;
        }
        try {
            return channel.write(payload) > 0;
        } catch (PortUnreachableException _) {
            // Of an earlier one, in whose place this one was not sent.
            return channel.write(payload) > 0;
        }
    }

    /// Receives into a buffer from its position on.
    ///
    /// @return the payload's length, which may be 0; -1 = nothing is there
    /// @throws PortUnreachableException where nobody listens
    int receive(ByteBuffer buffer, long now) throws IOException {
        int from = buffer.position();
        if (channel.receive(buffer) == null) {
            return -1;
        }
        answered = true;
        lastNanos = now;
        return buffer.position() - from;
    }

    /// The longest packet for this destination; 0 = unknown.
    int pathMtu() {
        return options.pathMtu(channel);
    }

    boolean isOver(long now, DatagramRelay.Bounds bounds) {
        long quiet = now - lastNanos;
        return quiet > (answered ? bounds.answered() : bounds.asked()).toNanos();
    }

    void close() {
        close(channel);
    }

    private static void close(@Nullable DatagramChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException _) {
            // there is nothing left to do for it
        }
    }
}
