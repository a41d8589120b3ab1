package io.proa.proxy.loop;

import io.proa.host.KeepAlive;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A connection of its own: [PlainLink] has the bytes on the wire, [TlsLink] behind TLS.
public abstract sealed class SocketLink extends Link implements Loop.Ready
        permits PlainLink, TlsLink {
    private static final long CLOSING_NANOS = 2_000_000_000L;
    private static final int MOST_STALLED_CHECKS = 15;
    private static final int MOST_DISCARDING_READS = 16;

    /// Who moves so much in one turn has the next one behind the others.
    private static final int BULK_BYTES = 16 * 1024;

    /// Among operations: to be read whatever the selector says.
    private static final int BUFFERED = 1 << 30;

    protected final SocketChannel channel;
    private final SelectionKey key;
    private int interest;

    /// Bytes that its last turn has moved between it and the kernel.
    private int moved;

    /// What the turn that it waits for is for; 0 = it waits for none.
    private int deferred;

    private boolean closed;
    private boolean closing;
    private @Nullable Timeout closingTimer;

    /// Bytes promised to the other side and not yet taken by the kernel; in wire form.
    protected @Nullable Slab backlog;

    protected SocketLink(Loop loop, SocketChannel channel, LinkHandler handler, int interest)
            throws IOException {
        super(loop, handler);
        this.channel = channel;
        this.interest = interest;
        this.key = loop.register(channel, interest, this);
    }

    /// Whether its turn is likely to take long: the last has moved much, or this one reckons keys.
    final boolean isBulk() {
        return moved >= BULK_BYTES || isHandshaking();
    }

    protected abstract boolean isHandshaking();

    /// @return whether it did not wait for a turn before
    final boolean defer(int operations) {
        boolean first = deferred == 0;
        deferred |= operations;
        return first;
    }

    final int takeDeferred() {
        int operations = deferred & (interest | BUFFERED);
        deferred = 0;
        return operations;
    }

    protected final void moved(int bytes) {
        moved += bytes;
    }

    @Override
    protected final void readSoon() {
        if (isBulk()) {
            loop.defer(this, BUFFERED);
        } else {
            super.readSoon();
        }
    }

    @Override
    public final void ready(int operations) {
        moved = 0;
        try {
            if ((operations & SelectionKey.OP_CONNECT) != 0) {
                channel.finishConnect();
                interest(SelectionKey.OP_READ);
                connected();
                return;
            }
            if ((operations & SelectionKey.OP_WRITE) != 0) {
                flush();
                if (backlog == null && !closed) {
                    if (closing) {
                        finishClosing();
                        return;
                    }
                    handler().writable();
                }
            }
            if ((operations & (SelectionKey.OP_READ | BUFFERED)) != 0 && !closed) {
                handler().readable();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /// The TCP connection stands.
    protected abstract void connected() throws IOException;

    protected abstract void freeNative();

    @Override
    public final boolean canWrite() {
        return backlog == null && !closed;
    }

    @Override
    public final boolean isClosed() {
        return closed;
    }

    /// Writes the backlog as far as the kernel takes it.
    protected final void flush() throws IOException {
        Slab slab = backlog;
        if (slab == null) {
            wantWrite(false);
            return;
        }
        int n = channel.write(slab.unread());
        moved += n;
        slab.head += n;
        if (slab.isEmpty()) {
            slab.release();
            backlog = null;
            wantWrite(false);
            flushed();
        } else {
            wantWrite(true);
        }
    }

    /// The backlog is gone: a TLS link may have more.
    protected void flushed() throws IOException {}

    /// By the kernel.
    @Override
    public final void keepAlive() {
        if (!closed) {
            KeepAlive.set(channel);
        }
    }

    @Override
    public final void wantRead(boolean wanted) {
        interest(wanted ? interest | SelectionKey.OP_READ : interest & ~SelectionKey.OP_READ);
    }

    @Override
    public final boolean reads() {
        return (interest & SelectionKey.OP_READ) != 0;
    }

    protected final void wantWrite(boolean wanted) {
        interest(wanted ? interest | SelectionKey.OP_WRITE : interest & ~SelectionKey.OP_WRITE);
    }

    private void interest(int operations) {
        if (operations != interest && key.isValid()) {
            interest = operations;
            key.interestOps(operations);
        }
    }

    /// Ends both directions in order once the backlog is gone, or stands still for too long.
    @Override
    public final void close() {
        if (closed || closing) {
            return;
        }
        closing = true;
        try {
            if (backlog == null) {
                finishClosing();
            } else {
                wantRead(false);
                handOver(LinkHandler.NOBODY);
            }
        } catch (IOException _) {
            abort();
        }
    }

    /// Ends our direction in order and discards what still arrives for a while, so that the peer
    /// reads our last words before a reset would take them away (RFC 9112 section 9.6).
    @Override
    public final void closeLingering() {
        if (closed || closing) {
            return;
        }
        try {
            endOutput();
            if (in != null) {
                in.head = in.tail;
                settle();
            }
            handOver(new Discarding(this));
            wantRead(true);
        } catch (IOException _) {
            abort();
        }
    }

    private void handOver(LinkHandler last) {
        handler(last);
        if (closingTimer == null) {
            closingTimer = new ClosingTimer();
            loop.schedule(closingTimer, CLOSING_NANOS);
        }
    }

    /// Bounds how long last words may take, and how long a peer may go on talking after them.
    private final class ClosingTimer extends Timeout {
        private int unread = Integer.MAX_VALUE;
        private int patience = MOST_STALLED_CHECKS;

        @Override
        protected void expired(long nowNanos) {
            Slab slab = backlog;
            if (slab == null) {
                // What the kernel still holds for a slow peer goes on being delivered.
                release();
                return;
            }
            patience = slab.size() < unread ? MOST_STALLED_CHECKS : patience - 1;
            unread = slab.size();
            if (patience == 0) {
                abort();
            } else {
                loop.schedule(this, CLOSING_NANOS);
            }
        }
    }

    /// Where the end itself does not go out at once, it is waited for like the bytes before it.
    private void finishClosing() throws IOException {
        endOutput();
        if (backlog == null) {
            release();
        } else {
            wantRead(false);
            handOver(LinkHandler.NOBODY);
        }
    }

    /// Ends it at once and tells the peer so: RST, and with TLS no close_notify.
    @Override
    public final void abort() {
        if (closed) {
            return;
        }
        try {
            if (channel.isConnected() && channel.getRemoteAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException | UnsupportedOperationException _) {
            // The descriptor is closed below in any case.
        }
        release();
    }

    private void release() {
        closed = true;
        if (closingTimer != null) {
            closingTimer.cancel();
        }
        key.cancel();
        try {
            channel.close();
        } catch (IOException _) {
            // Nothing is left to be done with it.
        }
        if (in != null) {
            in.release();
            in = null;
        }
        if (backlog != null) {
            backlog.release();
            backlog = null;
        }
        freeNative();
    }

    @Override
    public final @Nullable SocketAddress remoteAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException _) {
            return null;
        }
    }

    protected static ByteBuffer window(Slab slab, int start, int end) {
        return slab.buffer.limit(end).position(start);
    }

    /// Reads and drops until the peer ends too.
    private record Discarding(Link link) implements LinkHandler {
        @Override
        public void readable() {
            try {
                int n = 1;
                for (int i = 0; i < MOST_DISCARDING_READS && n > 0; i++) {
                    n = link.fill();
                    Slab slab = link.in;
                    if (slab != null) {
                        slab.head = slab.tail;
                        link.settle();
                    }
                }
                if (n < 0) {
                    link.close();
                } else if (n > 0) {
                    link.readBuffered();
                }
            } catch (IOException _) {
                link.abort();
            }
        }

        @Override
        public void writable() {}

        @Override
        public void broken(IOException cause) {}
    }
}
