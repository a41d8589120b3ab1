package io.proa.proxy.loop;

import io.proa.identity.VerifiedPeer;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// One stream of bytes in both directions, as its owner sees it: a connection ([SocketLink]), or a
/// part of one that others share.
///
/// Reading: [#fill] appends to [#in]; the owner consumes by moving `in.head` and calls [#settle],
/// which returns an empty slab to the pool, so that an idle link holds no buffer. Writing: [#write]
/// takes what the link takes; what it has promised beyond that is its backlog, and nothing more is
/// taken until that is gone.
public abstract class Link {
    protected final Loop loop;
    private LinkHandler handler;

    /// Read and not yet consumed; null when there is none.
    public @Nullable Slab in;

    protected Link(Loop loop, LinkHandler handler) {
        this.loop = loop;
        this.handler = handler;
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

    /// Reads once.
    ///
    /// @return bytes appended to [#in]; 0 = none now; -1 = the orderly end of the peer's direction
    /// @throws IOException where the end was not orderly
    public abstract int fill() throws IOException;

    /// Whether [#fill] can have more without [LinkHandler#readable] being told again.
    public boolean hasBuffered() {
        return false;
    }

    /// Takes as many of `from`'s bytes in `[start, end)` as possible.
    ///
    /// @return how many were taken; 0 while there is a backlog
    public abstract int write(Slab from, int start, int end) throws IOException;

    /// Takes all unread bytes of `slab` and the slab itself; what does not leave at once becomes
    /// the backlog. Only where [#canWrite].
    public abstract void send(Slab slab) throws IOException;

    public abstract boolean canWrite();

    /// How many bytes behind a message's head would leave with it, as far as that is known: more is
    /// better left where it is.
    public int sendable() {
        return Integer.MAX_VALUE;
    }

    /// Ends our direction in order, after the backlog.
    public abstract void endOutput() throws IOException;

    public abstract boolean isClosed();

    public abstract void wantRead(boolean wanted);

    /// Whether [LinkHandler#readable] is told of what comes.
    public abstract boolean reads();

    /// Reads again after a pause, also what is buffered already.
    public final void resumeRead() {
        wantRead(true);
        readBuffered();
    }

    /// Has what is buffered already read, soon.
    public final void readBuffered() {
        if (hasBuffered()) {
            readSoon();
        }
    }

    /// Has the owner read in the loop's next round.
    protected void readSoon() {
        loop.execute(() -> {
            if (!isClosed()) {
                handler.readable();
            }
        });
    }

    /// Has it found out whether the peer is there still, where silence is not bounded.
    public void keepAlive() {}

    /// Ends both directions in order once the backlog is gone, or stands still for too long.
    public abstract void close();

    /// Ends our direction in order and discards what still arrives for a while.
    public abstract void closeLingering();

    /// Ends it at once and tells the peer that this is no orderly end.
    public abstract void abort();

    /// Like [#abort()], for what happened at another link.
    public void abort(IOException cause) {
        abort();
    }

    /// Ends it at once, and tells whoever handles it now.
    public final void fail(IOException cause) {
        if (!isClosed()) {
            LinkHandler told = handler;
            abort();
            told.broken(cause);
        }
    }

    /// Who proved to be at the other end; null without mutual TLS.
    public abstract @Nullable VerifiedPeer peer();

    public abstract @Nullable SocketAddress remoteAddress();

    /// Gives an emptied input slab back.
    public final void settle() {
        Slab slab = in;
        if (slab != null && slab.isEmpty()) {
            slab.release();
            in = null;
            settled();
        }
    }

    /// The input slab has been given back.
    protected void settled() {}

    /// Room for reading: a slab with space behind its unread bytes, compacted only if it must be.
    ///
    /// @return null where the slab is full of unread bytes
    /// @throws Shed where nothing more may be lent
    protected final @Nullable Slab roomForInput() throws Shed {
        Slab slab = in;
        if (slab == null) {
            if (loop.slabs().isFull()) {
                throw new Shed("no memory is left to read into");
            }
            slab = loop.slabs().takeForInput();
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

    /// Replaces a full input slab by the next larger one, for heads that need it.
    ///
    /// @return false where it is as large as it gets
    public final boolean growInput() {
        Slab slab = in;
        if (slab == null || slab.capacity() >= SlabPool.LARGE) {
            return false;
        }
        boolean small = slab.capacity() < SlabPool.RECORD;
        Slab larger = loop.slabs().take(small ? SlabPool.RECORD : SlabPool.LARGE);
        larger.appendFrom(slab, slab.size());
        slab.release();
        in = larger;
        return true;
    }
}
