package io.proa.identity;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import io.proa.model.SpiffeId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One connection on BoringSSL.
///
/// Implementation note. The native BIO either reads from the caller's ciphertext or writes into it;
/// what BoringSSL writes at other times (handshake flights, alerts) waits in the [BoringOutbox].
/// `SSL_write` must not run out of room in the middle of a record, for it would want the same call
/// again; so a record is only begun where it fits, in the caller's buffer or, where that is too
/// small for any, in the outbox.
final class BoringEngine implements TlsEngine {
    private static final int MAX_RECORD = 16384;

    /// A key update BoringSSL may put before a record.
    private static final int SLACK = 64;

    // SSL_get_error's answers as compile-time constants, for the switch (ssl.h, SSL_ERROR_*).
    private static final int READ_WANTED = 2;
    private static final int WRITE_WANTED = 3;
    private static final int CLOSED = 6;

    private final BoringContext context;
    private final boolean server;
    private final boolean wantsProtocol;
    private final @Nullable SpiffeId expected;
    private final BoringSessions.@Nullable Key sessionKey;
    private final long bio;
    private final BoringOutbox outbox;

    private long ssl;
    private int overhead;
    private boolean recognised;
    private boolean complete;
    private boolean resumed;
    private boolean ticketsOwed;
    private boolean plaintextWaits;
    private boolean peerClosed;
    private boolean outboundClosed;
    private @Nullable TlsFailure failure;
    private @Nullable VerifiedPeer peer;
    private @Nullable String protocol;
    private @Nullable String serverName;

    BoringEngine(
            BoringContext context,
            long ssl,
            boolean server,
            boolean wantsProtocol,
            @Nullable SpiffeId expected,
            BoringSessions.@Nullable Key sessionKey) {
        this.context = context;
        this.ssl = ssl;
        this.server = server;
        this.wantsProtocol = wantsProtocol;
        this.expected = expected;
        this.sessionKey = sessionKey;
        this.bio = SSL.bioNewByteBuffer(ssl, BoringOutbox.RING);
        this.outbox = new BoringOutbox(bio);
    }

    @Override
    public void startHandshake() throws TlsFailure {
        requireAlive();
        if (server) {
            throw new IllegalStateException("a server waits for its client to start");
        }
        handshake(0);
    }

    @Override
    public int unwrap(ByteBuffer ciphertext, ByteBuffer plaintext) throws TlsFailure {
        requireAlive();
        if (failure != null) {
            throw failure;
        }
        if (peerClosed) {
            ciphertext.position(ciphertext.limit());
            return 0;
        }
        int offered = ciphertext.remaining();
        long end = 0;
        if (offered > 0) {
            recognise(ciphertext);
            end = Buffer.address(ciphertext) + ciphertext.limit();
            SSL.bioSetByteBuffer(bio, end - offered, offered, false);
        }
        try {
            return complete || handshake(end) ? decrypt(end, plaintext) : 0;
        } finally {
            if (offered > 0) {
                int left = peerClosed ? 0 : SSL.bioLengthByteBuffer(bio);
                ciphertext.position(ciphertext.limit() - left);
                SSL.bioClearByteBuffer(bio);
            }
        }
    }

    @Override
    public int wrap(ByteBuffer plaintext, ByteBuffer ciphertext) throws TlsFailure {
        requireAlive();
        int start = ciphertext.position();
        boolean clear = outbox.drain(ciphertext);
        if (clear && plaintext.hasRemaining() && complete && failure == null && !outboundClosed) {
            if (!ticketsOwed || (sendTickets(plaintext) && outbox.drain(ciphertext))) {
                encrypt(plaintext, ciphertext);
            }
        }
        return ciphertext.position() - start;
    }

    @Override
    public boolean hasPendingCiphertext() {
        return ssl != 0 && outbox.holdsAny();
    }

    @Override
    public boolean hasPendingPlaintext() {
        return plaintextWaits;
    }

    @Override
    public boolean handshakeComplete() {
        return complete;
    }

    @Override
    public boolean peerClosed() {
        return peerClosed;
    }

    @Override
    public void closeOutbound() {
        if (outboundClosed || ssl == 0) {
            return;
        }
        outboundClosed = true;
        if (complete && failure == null) {
            shutDown();
        }
    }

    @Override
    public @Nullable VerifiedPeer peer() {
        return complete ? peer : null;
    }

    @Override
    public @Nullable String serverName() {
        return serverName;
    }

    @Override
    public @Nullable String applicationProtocol() {
        return protocol;
    }

    @Override
    public boolean resumed() {
        return resumed;
    }

    @Override
    public void free() {
        if (ssl != 0) {
            long freed = ssl;
            ssl = 0;
            SSL.freeSSL(freed); // the BIO goes with it
            context.forget(freed);
        }
    }

    BoringSessions.@Nullable Key sessionKey() {
        return sessionKey;
    }

    /// The verdict on a chain, as BoringSSL wants it; the reason is kept for [TlsFailure].
    int judge(byte[][] chain) {
        try {
            if (wantsProtocol && SSL.getAlpnSelected(ssl) == null) {
                failure = noProtocol();
                return CertificateVerifier.X509_V_ERR_APPLICATION_VERIFICATION;
            }
            peer = context.verifier().verify(chain, expected, context.settings().clock().instant());
            return CertificateVerifier.X509_V_OK;
        } catch (TlsFailure e) {
            failure = e;
            return BoringFailure.verdict(e.code());
        } catch (RuntimeException | Error e) {
            // An exception must not cross native code; and a fault of ours must not let anybody in.
            failure = new TlsFailure(TlsFailure.Code.UNTRUSTED, "verification broke: " + e);
            return CertificateVerifier.X509_V_ERR_UNSPECIFIED;
        }
    }

    /// Goes on with the handshake.
    ///
    /// @param end address behind the last byte of ciphertext the BIO reads from; 0 where it reads
    ///   from none
    /// @return whether it is complete
    private boolean handshake(long end) throws TlsFailure {
        outbox.expect();
        while (true) {
            int result = SSL.doHandshake(ssl);
            if (result == 1) {
                established();
                return true;
            }
            int error = SSL.getError(ssl, result);
            if (error == READ_WANTED) {
                return false;
            }
            if (error != WRITE_WANTED) {
                throw fail("handshake");
            }
            makeRoom(end);
        }
    }

    private void established() throws TlsFailure {
        protocol = SSL.getAlpnSelected(ssl);
        serverName = server ? SSL.getSniHostname(ssl) : null;
        resumed = SSL.isSessionReused(ssl);
        overhead = SSL.getMaxWrapOverhead(ssl);
        ticketsOwed = server && context.settings().resumption();
        if (wantsProtocol && protocol == null) {
            throw refuse(noProtocol());
        }
        if (resumed) {
            // A ticket carries the chain it was issued for, not today's verdict on it.
            try {
                peer =
                        context.verifier()
                                .verify(
                                        presentedChain(),
                                        expected,
                                        context.settings().clock().instant());
            } catch (TlsFailure e) {
                throw refuse(e);
            }
        }
        complete = true;
    }

    /// The handshake itself is over, so no alert is left to us but close_notify.
    private TlsFailure refuse(TlsFailure reason) {
        shutDown();
        failure = reason;
        return reason;
    }

    private byte[][] presentedChain() {
        byte[][] chain = SSL.getPeerCertChain(ssl);
        if (!server) {
            return chain == null ? new byte[0][] : chain;
        }
        // On this side the binding leaves the leaf out of the chain.
        byte[] leaf = SSL.getPeerCertificate(ssl);
        int issuers = chain == null ? 0 : chain.length;
        byte[][] whole = new byte[leaf == null ? 0 : 1 + issuers][];
        if (leaf != null) {
            whole[0] = leaf;
            if (chain != null) {
                System.arraycopy(chain, 0, whole, 1, issuers);
            }
        }
        return whole;
    }

    private int decrypt(long end, ByteBuffer plaintext) throws TlsFailure {
        int produced = 0;
        long target = plaintext.hasRemaining() ? Buffer.address(plaintext) : 0;
        while (plaintext.hasRemaining()) {
            int room = plaintext.remaining();
            int read = SSL.readFromSSL(ssl, target + plaintext.position(), room);
            if (read > 0) {
                plaintext.position(plaintext.position() + read);
                produced += read;
                if (read < room && (end == 0 || SSL.bioLengthByteBuffer(bio) == 0)) {
                    break;
                }
                continue;
            }
            switch (SSL.getError(ssl, read)) {
                case READ_WANTED -> {
                    plaintextWaits = false;
                    return produced;
                }
                case WRITE_WANTED -> makeRoom(end);
                case CLOSED -> {
                    peerClosed = true;
                    plaintextWaits = false;
                    return produced;
                }
                default -> throw fail("reading");
            }
        }
        plaintextWaits = SSL.sslPending(ssl) > 0;
        return produced;
    }

    private void encrypt(ByteBuffer plaintext, ByteBuffer ciphertext) throws TlsFailure {
        long source = Buffer.address(plaintext);
        int room = ciphertext.remaining();
        if (room <= overhead + SLACK) {
            if (room > 0) {
                encryptAside(source, plaintext);
                outbox.drain(ciphertext);
            }
            return;
        }
        SSL.bioSetByteBuffer(bio, Buffer.address(ciphertext) + ciphertext.position(), room, true);
        try {
            while (plaintext.hasRemaining()) {
                int size = Math.min(plaintext.remaining(), MAX_RECORD);
                size = Math.min(size, room - overhead - SLACK);
                if (size <= 0) {
                    break;
                }
                int written = SSL.writeToSSL(ssl, source + plaintext.position(), size);
                if (written <= 0) {
                    throw fail("writing");
                }
                plaintext.position(plaintext.position() + written);
                room = SSL.bioLengthByteBuffer(bio);
            }
        } finally {
            ciphertext.position(ciphertext.limit() - SSL.bioLengthByteBuffer(bio));
            SSL.bioClearByteBuffer(bio);
        }
    }

    /// One small record for a caller whose buffer is smaller than a record can be.
    private void encryptAside(long source, ByteBuffer plaintext) throws TlsFailure {
        int size = Math.min(plaintext.remaining(), 1024);
        ByteBuffer aside = ByteBuffer.allocateDirect(size + overhead + SLACK);
        SSL.bioSetByteBuffer(bio, Buffer.address(aside), aside.capacity(), true);
        int written = SSL.writeToSSL(ssl, source + plaintext.position(), size);
        if (written > 0) {
            plaintext.position(plaintext.position() + written);
            aside.limit(aside.capacity() - SSL.bioLengthByteBuffer(bio));
            outbox.put(aside);
        }
        SSL.bioClearByteBuffer(bio);
        if (written <= 0) {
            throw fail("writing");
        }
    }

    /// BoringSSL holds session tickets back until the server's first write; they go before it, into
    /// the ring, so that their size is known. `plaintext` is not read.
    private boolean sendTickets(ByteBuffer plaintext) throws TlsFailure {
        ticketsOwed = false;
        outbox.expect();
        while (true) {
            int result = SSL.writeToSSL(ssl, Buffer.address(plaintext), 0);
            if (result >= 0) {
                return true;
            }
            if (SSL.getError(ssl, result) != WRITE_WANTED) {
                throw fail("session tickets");
            }
            makeRoom(0);
        }
    }

    private void shutDown() {
        outbox.expect();
        for (int attempt = 0; attempt < 8; attempt++) {
            // Once it has succeeded it must not be called again: it would swallow the peer's data.
            int result = SSL.shutdownSSL(ssl);
            if (result >= 0 || SSL.getError(ssl, result) != WRITE_WANTED) {
                break;
            }
            try {
                makeRoom(0);
            } catch (TlsFailure e) {
                failure = e;
                return;
            }
        }
        SSL.clearError();
    }

    private void recognise(ByteBuffer ciphertext) throws TlsFailure {
        if (!recognised) {
            recognised = true;
            TlsFailure strange = FirstByte.check(ciphertext.get(ciphertext.position()), server);
            if (strange != null) {
                ciphertext.position(ciphertext.limit());
                failure = strange;
                throw strange;
            }
        }
    }

    private TlsFailure noProtocol() {
        return new TlsFailure(TlsFailure.Code.PROTOCOL, "no application protocol in common (ALPN)");
    }

    private TlsFailure fail(String during) {
        outbox.expect();
        TlsFailure taken = BoringFailure.take(during, complete);
        if (failure == null) {
            failure = taken;
        }
        return failure;
    }

    private void makeRoom(long end) throws TlsFailure {
        if (!outbox.makeRoom(end)) {
            failure =
                    new TlsFailure(
                            TlsFailure.Code.PROTOCOL,
                            "the peer provokes answers without reading them");
            throw failure;
        }
    }

    private void requireAlive() {
        if (ssl == 0) {
            throw new IllegalStateException("this engine is freed");
        }
    }
}
