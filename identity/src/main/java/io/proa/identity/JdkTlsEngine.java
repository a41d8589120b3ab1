package io.proa.identity;

import io.proa.model.SpiffeId;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One connection on the JDK's SSLEngine, which wants whole records in and room for whole records
/// out; the difference to [TlsEngine] is bridged by three buffers of a record each.
final class JdkTlsEngine implements TlsEngine {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final JdkTlsContext context;
    private final SSLEngine engine;
    private final boolean server;
    private final boolean wantsProtocol;
    private final @Nullable SpiffeId expected;

    /// Ciphertext not yet decrypted, ready for filling.
    private final ByteBuffer inbound;

    /// Plaintext the caller had no room for, ready for reading.
    private ByteBuffer decrypted;

    /// Ciphertext the caller had no room for, ready for reading.
    private ByteBuffer outbound;

    private boolean recognised;
    private boolean judged;
    private boolean complete;
    private boolean peerClosed;
    private boolean outboundClosed;
    private boolean freed;
    private @Nullable TlsFailure failure;
    private @Nullable VerifiedPeer peer;
    private @Nullable String protocol;
    private @Nullable String serverName;

    JdkTlsEngine(
            JdkTlsContext context,
            SSLEngine engine,
            boolean server,
            boolean wantsProtocol,
            @Nullable SpiffeId expected) {
        this.context = context;
        this.engine = engine;
        this.server = server;
        this.wantsProtocol = wantsProtocol;
        this.expected = expected;
        this.inbound = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.decrypted =
                ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
        this.outbound = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).limit(0);
    }

    SSLEngine wrapped() {
        return engine;
    }

    void judge(X509Certificate[] chain) throws TlsFailure {
        judged = true;
        try {
            peer = context.verify(chain, expected);
        } catch (TlsFailure e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void startHandshake() throws TlsFailure {
        requireAlive();
        if (server) {
            throw new IllegalStateException("a server waits for its client to start");
        }
        try {
            engine.beginHandshake();
            proceed(engine.getHandshakeStatus());
        } catch (SSLException e) {
            throw fail(e);
        }
    }

    @Override
    public int unwrap(ByteBuffer ciphertext, ByteBuffer plaintext) throws TlsFailure {
        requireAlive();
        if (failure != null) {
            throw failure;
        }
        recognise(ciphertext);
        int produced = move(decrypted, plaintext);
        boolean wasIdle = false;
        try {
            while (!decrypted.hasRemaining() && !peerClosed) {
                move(ciphertext, inbound);
                inbound.flip();
                decrypted.clear();
                SSLEngineResult result;
                try {
                    result = engine.unwrap(inbound, decrypted);
                } finally {
                    inbound.compact();
                    decrypted.flip();
                }
                produced += move(decrypted, plaintext);
                proceed(result.getHandshakeStatus());
                switch (result.getStatus()) {
                    case OK -> {
                        boolean idle = result.bytesConsumed() == 0 && result.bytesProduced() == 0;
                        if (idle && (wasIdle || !ciphertext.hasRemaining())) {
                            return produced;
                        }
                        wasIdle = idle;
                    }
                    case BUFFER_UNDERFLOW -> {
                        if (!ciphertext.hasRemaining()) {
                            return produced;
                        }
                    }
                    case BUFFER_OVERFLOW ->
                            decrypted =
                                    ByteBuffer.allocate(
                                                    engine.getSession().getApplicationBufferSize())
                                            .limit(0);
                    case CLOSED -> {
                        peerClosed = true;
                        ciphertext.position(ciphertext.limit());
                    }
                }
            }
        } catch (SSLException e) {
            throw fail(e);
        }
        if (peerClosed) {
            ciphertext.position(ciphertext.limit());
        }
        return produced;
    }

    @Override
    public int wrap(ByteBuffer plaintext, ByteBuffer ciphertext) throws TlsFailure {
        requireAlive();
        int start = ciphertext.position();
        move(outbound, ciphertext);
        try {
            while (plaintext.hasRemaining()
                    && complete
                    && failure == null
                    && !outboundClosed
                    && !outbound.hasRemaining()
                    && ciphertext.hasRemaining()) {
                seal(plaintext);
                move(outbound, ciphertext);
            }
        } catch (SSLException e) {
            throw fail(e);
        }
        return ciphertext.position() - start;
    }

    @Override
    public boolean hasPendingCiphertext() {
        return outbound.hasRemaining();
    }

    @Override
    public boolean hasPendingPlaintext() {
        return decrypted.hasRemaining();
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
        if (!outboundClosed && !freed) {
            outboundClosed = true;
            if (complete && failure == null) {
                farewell();
            }
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
        return complete && !judged;
    }

    @Override
    public void free() {
        freed = true;
        context.forget(engine);
    }

    /// Runs what the handshake asks of us until it waits for the peer.
    private void proceed(HandshakeStatus from) throws SSLException, TlsFailure {
        HandshakeStatus status = from;
        while (true) {
            switch (status) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    while (task != null) {
                        task.run();
                        task = engine.getDelegatedTask();
                    }
                    status = engine.getHandshakeStatus();
                }
                case NEED_WRAP -> {
                    if (peerClosed || outboundClosed) {
                        return;
                    }
                    status = seal(NOTHING).getHandshakeStatus();
                }
                case FINISHED -> {
                    established();
                    status = engine.getHandshakeStatus();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    /// One record into [#outbound], behind what waits there.
    private SSLEngineResult seal(ByteBuffer plaintext) throws SSLException {
        int record = engine.getSession().getPacketBufferSize();
        ByteBuffer room = outbound;
        if (room.capacity() - room.remaining() < record) {
            room = ByteBuffer.allocate(outbound.remaining() + record);
            room.put(outbound);
        } else {
            room.compact();
        }
        outbound = room;
        try {
            return engine.wrap(plaintext, room);
        } finally {
            room.flip();
        }
    }

    private void established() throws TlsFailure {
        if (complete) {
            return;
        }
        String agreed = engine.getApplicationProtocol();
        protocol = agreed == null || agreed.isEmpty() ? null : agreed;
        try {
            if (wantsProtocol && protocol == null) {
                throw new TlsFailure(
                        TlsFailure.Code.PROTOCOL, "no application protocol in common (ALPN)");
            }
            serverName = server ? requestedName() : null;
            if (!judged) {
                peer = context.verify(presentedChain(), expected);
            }
        } catch (TlsFailure e) {
            failure = e;
            farewell();
            throw e;
        }
        complete = true;
    }

    private X509Certificate[] presentedChain() throws TlsFailure {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            X509Certificate[] x509 = new X509Certificate[chain.length];
            for (int i = 0; i < chain.length; i++) {
                x509[i] = (X509Certificate) chain[i];
            }
            return x509;
        } catch (SSLException e) {
            throw new TlsFailure(
                    TlsFailure.Code.NO_CERTIFICATE, "the resumed session names no peer");
        }
    }

    private @Nullable String requestedName() {
        if (engine.getSession() instanceof ExtendedSSLSession session) {
            List<SNIServerName> names = session.getRequestedServerNames();
            for (SNIServerName name : names) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName();
                }
            }
        }
        return null;
    }

    private void farewell() {
        engine.closeOutbound();
        try {
            for (int i = 0; i < 8 && !engine.isOutboundDone(); i++) {
                seal(NOTHING);
            }
        } catch (SSLException e) {
            // The connection is ending anyway; without close_notify the peer sees it truncated, as
            // it should.
            outboundClosed = true;
        }
    }

    private void recognise(ByteBuffer ciphertext) throws TlsFailure {
        if (!recognised && ciphertext.hasRemaining()) {
            recognised = true;
            TlsFailure strange = FirstByte.check(ciphertext.get(ciphertext.position()), server);
            if (strange != null) {
                ciphertext.position(ciphertext.limit());
                failure = strange;
                throw strange;
            }
        }
    }

    private TlsFailure fail(SSLException cause) {
        if (failure == null) {
            failure = translate(cause);
        }
        farewell();
        return failure;
    }

    /// The JDK says what happened in words only.
    private static TlsFailure translate(SSLException cause) {
        String message = String.valueOf(cause.getMessage());
        TlsFailure.Code code = TlsFailure.Code.PROTOCOL;
        if (message.contains("Received fatal alert")) {
            code = TlsFailure.Code.PEER_ALERT;
        } else if (message.contains("Empty client certificate chain")
                || message.contains("Empty server certificate chain")) {
            code = TlsFailure.Code.NO_CERTIFICATE;
        } else if (message.contains("Unsupported or unrecognized SSL message")) {
            code = TlsFailure.Code.NOT_TLS;
        }
        return new TlsFailure(code, message);
    }

    private static int move(ByteBuffer from, ByteBuffer to) {
        int count = Math.min(from.remaining(), to.remaining());
        to.put(to.position(), from, from.position(), count);
        to.position(to.position() + count);
        from.position(from.position() + count);
        return count;
    }

    private void requireAlive() {
        if (freed) {
            throw new IllegalStateException("this engine is freed");
        }
    }
}
