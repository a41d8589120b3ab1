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

/// One connection as its plaintext bytes: [PlainLink] has them on the wire, [TlsLink] behind TLS.
///
/// Reading: [#fill] appends to [#in]; the owner consumes by moving `in.head` and calls [#settle],
/// which returns an empty slab to the pool, so that an idle connection holds no buffer. Writing:
/// [#write] takes what the connection takes; what it has promised beyond that is its backlog, and
/// nothing more is taken until that is gone.
public abstract sealed class Link implements Loop.Ready permits PlainLink, TlsLink {
    private static final long CLOSING_NANOS = 2_000_000_000L;
    private static final int MOST_STALLED_CHECKS = 15;
    private static final int MOST_DISCARDING_READS = 16;

    protected final Loop loop;
    protected final SocketChannel channel;
    private final SelectionKey key;
    private LinkHandler handler;
    private int interest;
    private boolean closed;
    private boolean closing;
    private @Nullable Timeout closingTimer;

    /// Plaintext read and not yet consumed; null when there is none.
    public @Nullable Slab in;

    /// Bytes promised to the other side and not yet taken by the kernel; in wire form.
    protected @Nullable Slab backlog;

    protected Link(Loop loop, SocketChannel channel, LinkHandler handler, int interest)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.handler = handler;
        this.interest = interest;
        this.key = loop.register(channel, interest, this);
    }

    public final Loop loop() {
        return loop;
    }

    public final void handler(LinkHandler next) {
        handler = next;
    }

    protected final LinkHandler handler() {
        return handler;
    }

    @Override
    public final void ready(int operations) {
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
                    handler.writable();
                }
            }
            if ((operations & SelectionKey.OP_READ) != 0 && !closed) {
                handler.readable();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /// The TCP connection stands.
    protected abstract void connected() throws IOException;

    /// Reads once.
    ///
    /// @return bytes appended to [#in]; 0 = none now; -1 = the orderly end of the peer's direction
    /// @throws IOException where the end was not orderly
    public abstract int fill() throws IOException;

    /// Whether [#fill] can have more without the socket becoming readable again.
    public boolean hasBuffered() {
        return false;
    }

    /// Takes as many of `from`'s bytes in `[start, end)` as possible.
    ///
    /// @return how many were taken; 0 while there is a backlog
    public abstract int write(Slab from, int start, int end) throws IOException;

    /// Takes all unread bytes of `slab` and the slab itself; what the kernel does not take becomes
    /// the backlog. Only where [#canWrite].
    public abstract void send(Slab slab) throws IOException;

    /// Ends our direction in order, after the backlog: FIN, with TLS close_notify and FIN.
    public abstract void endOutput() throws IOException;

    protected abstract void freeNative();

    public final boolean canWrite() {
        return backlog == null && !closed;
    }

    public final boolean isClosed() {
        return closed;
    }

    /// Gives an emptied input slab back.
    public final void settle() {
        Slab slab = in;
        if (slab != null && slab.isEmpty()) {
            slab.release();
            in = null;
        }
    }

    /// Room for reading: a slab with space behind its unread bytes, compacted only if it must be.
    ///
    /// @return null where the slab is full of unread bytes
    protected final @Nullable Slab roomForInput() {
        Slab slab = in;
        if (slab == null) {
            slab = loop.slabs().take(SlabPool.RECORD);
            in = slab;
            return slab;
        }
        if (slab.isEmpty()) {
            slab.head = 0;
            slab.tail = 0;
        } else if (slab.room() < slab.capacity() / 4) {
            slab.compact();
        }
        return slab.room() > 0 ? slab : null;
    }

    /// Whether nothing more can be read before something is consumed.
    public final boolean inputFull() {
        Slab slab = in;
        return slab != null && slab.size() == slab.capacity();
    }

    /// Replaces a full input slab by a larger one, for heads that need it.
    ///
    /// @return false where it is as large as it gets
    public final boolean growInput() {
        Slab slab = in;
        if (slab == null || slab.capacity() >= SlabPool.LARGE) {
            return false;
        }
        Slab larger = loop.slabs().take(SlabPool.LARGE);
        larger.appendFrom(slab, slab.size());
        slab.release();
        in = larger;
        return true;
    }

    /// Writes the backlog as far as the kernel takes it.
    protected final void flush() throws IOException {
        Slab slab = backlog;
        if (slab == null) {
            wantWrite(false);
            return;
        }
        slab.head += channel.write(slab.unread());
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

    /// Has the kernel find out whether the peer is there still, for a connection whose silence is
    /// not bounded.
    public final void keepAlive() {
        if (!closed) {
            KeepAlive.set(channel);
        }
    }

    public final void wantRead(boolean wanted) {
        interest(wanted ? interest | SelectionKey.OP_READ : interest & ~SelectionKey.OP_READ);
    }

    /// Whether the socket is being read.
    public final boolean reads() {
        return (interest & SelectionKey.OP_READ) != 0;
    }

    /// Reads again after a pause, also what is buffered already: of that the selector knows
    /// nothing.
    public final void resumeRead() {
        wantRead(true);
        readBuffered();
    }

    /// Has what is buffered already read, soon.
    public final void readBuffered() {
        if (hasBuffered()) {
            loop.execute(() -> {
                if (!closed) {
                    handler.readable();
                }
            });
        }
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
        handler = last;
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

    /// Ends it at once, and tells whoever handles it now.
    public final void fail(IOException cause) {
        if (!closed) {
            LinkHandler told = handler;
            abort();
            told.broken(cause);
        }
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

    public final @Nullable SocketAddress remoteAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException _) {
            return null;
        }
    }

    public final SocketChannel channel() {
        return channel;
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
