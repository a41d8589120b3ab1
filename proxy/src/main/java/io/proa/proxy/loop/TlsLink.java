package io.proa.proxy.loop;

import io.proa.identity.TlsEngine;
import io.proa.identity.TlsFailure;
import io.proa.identity.VerifiedPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A connection whose bytes lie behind TLS 1.3.
///
/// Ciphertext is read into a slab that is held only while it has bytes. Plaintext is encrypted
/// record by record into the backlog, which goes out before more plaintext is taken.
public final class TlsLink extends SocketLink {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final TlsEngine engine;
    private @Nullable Slab cipherIn;
    private boolean established;
    private boolean outputEnded;
    private boolean endReported;

    public TlsLink(
            Loop loop, SocketChannel channel, LinkHandler handler, int interest, TlsEngine engine)
            throws IOException {
        super(loop, channel, handler, interest);
        this.engine = engine;
    }

    /// Client side of a channel that was connected before it was registered, or server side after
    /// accept.
    public static TlsLink accepted(
            Loop loop, SocketChannel channel, LinkHandler handler, TlsEngine engine)
            throws IOException {
        return new TlsLink(loop, channel, handler, SelectionKey.OP_READ, engine);
    }

    public TlsEngine engine() {
        return engine;
    }

    @Override
    public @Nullable VerifiedPeer peer() {
        return engine.peer();
    }

    @Override
    protected boolean isHandshaking() {
        return !established;
    }

    @Override
    protected void connected() throws IOException {
        startHandshake();
    }

    /// Client side: sends the first flight.
    public void startHandshake() throws IOException {
        try {
            engine.startHandshake();
            drainEngine();
        } catch (TlsFailure e) {
            throw failure(e);
        }
    }

    @Override
    public int fill() throws IOException {
        if (in != null && roomForInput() == null) {
            // What is decrypted must go first; an end read now would overtake what is not yet.
            return 0;
        }
        try {
            int n = unwrapAll();
            if (n != 0 || isClosed()) {
                return n;
            }
            if (engine.peerClosed()) {
                endReported = true;
                return -1;
            }
            Slab cipher = cipherIn;
            if (cipher == null) {
                cipher = loop.slabs().take(SlabPool.RECORD);
                cipherIn = cipher;
            } else if (cipher.room() == 0) {
                cipher.compact();
            }
            int read = channel.read(cipher.space());
            if (read > 0) {
                cipher.tail += read;
                moved(read);
            } else if (read < 0) {
                throw new TlsBroken(
                        new TlsFailure(
                                TlsFailure.Code.TRUNCATED,
                                "the connection ended without close_notify"));
            }
            n = unwrapAll();
            if (n == 0 && !isClosed() && engine.peerClosed()) {
                endReported = true;
                return -1;
            }
            return n;
        } catch (TlsFailure e) {
            throw failure(e);
        } finally {
            settleCipher();
            settle();
        }
    }

    /// Decrypts what is there while there is room, answers what the engine wants answered.
    private int unwrapAll() throws TlsFailure, IOException {
        Slab cipher = cipherIn;
        if ((cipher == null || cipher.isEmpty()) && !engine.hasPendingPlaintext()) {
            return 0;
        }
        Slab plain = roomForInput();
        if (plain == null) {
            return 0;
        }
        ByteBuffer source = cipher == null ? NOTHING.clear() : cipher.unread();
        int n = engine.unwrap(source, plain.space());
        if (cipher != null) {
            cipher.head = source.position();
        }
        plain.tail += n;
        drainEngine();
        if (!established && engine.handshakeComplete()) {
            established = true;
            handler().established();
        }
        return isClosed() ? 0 : n;
    }

    private void settleCipher() {
        Slab cipher = cipherIn;
        if (cipher != null && cipher.isEmpty()) {
            cipher.release();
            cipherIn = null;
        }
    }

    @Override
    public boolean hasBuffered() {
        // An end told by TLS alone, without a FIN, is nothing that a selector could report.
        return cipherIn != null
                || !isClosed()
                        && (engine.hasPendingPlaintext() || engine.peerClosed() && !endReported);
    }

    @Override
    public int write(Slab from, int start, int end) throws IOException {
        int taken = 0;
        while (backlog == null && start + taken < end && !isClosed()) {
            int n = encrypt(window(from, start + taken, end));
            if (n == 0) {
                break;
            }
            taken += n;
        }
        if (taken < end - start) {
            wantWrite(true);
        }
        return taken;
    }

    @Override
    public void send(Slab slab) throws IOException {
        try {
            while (!slab.isEmpty() && backlog == null) {
                int n = encrypt(slab.unread());
                if (n == 0) {
                    break;
                }
                slab.head += n;
            }
            while (!slab.isEmpty()) {
                appendToBacklog(slab);
            }
        } finally {
            slab.release();
        }
    }

    /// A large head behind a full socket: its records are queued behind the backlog, which is
    /// bounded by the head's size.
    private void appendToBacklog(Slab slab) throws IOException {
        Slab larger = loop.slabs().take(SlabPool.LARGE);
        Slab old = backlog;
        if (old != null) {
            larger.appendFrom(old, old.size());
            old.release();
        }
        backlog = larger;
        try {
            ByteBuffer source = slab.unread();
            int n = engine.wrap(source, larger.space());
            slab.head = source.position();
            larger.tail += n;
            if (n == 0) {
                throw new IOException(
                        "a head of more than "
                                + SlabPool.LARGE
                                + " bytes does not fit behind the backlog");
            }
        } catch (TlsFailure e) {
            throw failure(e);
        }
        wantWrite(true);
    }

    private int encrypt(ByteBuffer plaintext) throws IOException {
        int before = plaintext.remaining();
        Slab out =
                loop.slabs()
                        .take(before <= SlabPool.SMALL - 128 ? SlabPool.SMALL : SlabPool.RECORD);
        try {
            out.tail += engine.wrap(plaintext, out.space());
        } catch (TlsFailure e) {
            out.release();
            throw failure(e);
        }
        if (out.isEmpty()) {
            out.release();
        } else {
            backlog = out;
            flush();
        }
        return before - plaintext.remaining();
    }

    /// Sends what the engine has of its own: flights, tickets, alerts, close_notify.
    private void drainEngine() throws IOException {
        while (backlog == null && engine.hasPendingCiphertext()) {
            Slab out = loop.slabs().take(SlabPool.RECORD);
            try {
                out.tail += engine.wrap(NOTHING.clear(), out.space());
            } catch (TlsFailure e) {
                out.release();
                throw failure(e);
            }
            if (out.isEmpty()) {
                out.release();
                return;
            }
            backlog = out;
            flush();
        }
    }

    @Override
    protected void flushed() throws IOException {
        drainEngine();
        if (outputEnded && backlog == null) {
            channel.shutdownOutput();
        }
    }

    @Override
    public void endOutput() throws IOException {
        outputEnded = true;
        engine.closeOutbound();
        if (backlog == null) {
            drainEngine();
            if (backlog == null) {
                channel.shutdownOutput();
            }
        }
    }

    /// The alert, if there is one, goes out before the connection ends.
    private TlsBroken failure(TlsFailure cause) {
        try {
            if (backlog == null) {
                Slab out = loop.slabs().take(SlabPool.RECORD);
                try {
                    out.tail += engine.wrap(NOTHING.clear(), out.space());
                    if (!out.isEmpty()) {
                        channel.write(out.unread());
                    }
                } finally {
                    out.release();
                }
            }
        } catch (IOException | TlsFailure _) {
            // The connection is ending for the reason we already have.
        }
        return new TlsBroken(cause);
    }

    @Override
    protected void freeNative() {
        if (cipherIn != null) {
            cipherIn.release();
            cipherIn = null;
        }
        engine.free();
    }
}
