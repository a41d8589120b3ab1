package io.proa.identity;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SSLCredential;
import io.netty.internal.tcnative.SSLSessionCache;
import io.proa.model.SpiffeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// BoringSSL contexts: one native context per direction and list of protocols (it holds ALPN per
/// context), all with the same credential, verifier and sessions.
///
/// Native memory is counted: this object holds it once, each engine once; the last one out frees
/// it.
final class BoringContext implements TlsContext {
    private static final int MAX_CERTIFICATE_BYTES = 32 * 1024;
    private static final int MAX_NATIVE_CONTEXTS = 64;

    private record Kind(boolean server, List<String> protocols) {}

    private final PeerVerifier verifier;
    private final TlsSettings settings;
    private final long credential;
    private final byte[] sessionContext;
    private final ConcurrentHashMap<Kind, Long> contexts = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, BoringEngine> engines = new ConcurrentHashMap<>();
    private final BoringSessions sessions = new BoringSessions();
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile boolean closed;

    BoringContext(WorkloadIdentity identity, PeerVerifier verifier, TlsSettings settings) {
        this.verifier = verifier;
        this.settings = settings;
        this.credential = credentialOf(identity);
        this.sessionContext =
                ("proa/" + Long.toHexString(verifier.bundle().revision()))
                        .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public TlsEngine server(List<String> protocols) {
        return engine(new Kind(true, List.copyOf(protocols)), null, null);
    }

    @Override
    public TlsEngine client(SpiffeId expected, String serverName, List<String> protocols) {
        return engine(new Kind(false, List.copyOf(protocols)), expected, serverName);
    }

    @Override
    public String library() {
        return "boringssl";
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }

    PeerVerifier verifier() {
        return verifier;
    }

    TlsSettings settings() {
        return settings;
    }

    void forget(long ssl) {
        engines.remove(ssl);
        release();
    }

    private BoringEngine engine(
            Kind kind, @Nullable SpiffeId expected, @Nullable String serverName) {
        hold();
        long ssl = 0;
        try {
            ssl = SSL.newSSL(nativeContext(kind), kind.server());
            BoringSessions.Key key =
                    expected == null || serverName == null || !settings.resumption()
                            ? null
                            : new BoringSessions.Key(expected, serverName, kind.protocols());
            if (serverName != null) {
                SSL.setTlsExtHostName(ssl, serverName);
            }
            if (key != null) {
                offer(ssl, key);
            }
            boolean wantsProtocol = !kind.protocols().isEmpty();
            BoringEngine engine =
                    new BoringEngine(this, ssl, kind.server(), wantsProtocol, expected, key);
            engines.put(ssl, engine);
            return engine;
        } catch (RuntimeException | Error e) {
            if (ssl != 0) {
                SSL.freeSSL(ssl);
            }
            release();
            throw e;
        } catch (Exception e) {
            release();
            throw new IllegalStateException("BoringSSL gave no connection: " + e.getMessage(), e);
        }
    }

    private void offer(long ssl, BoringSessions.Key key) {
        long session = sessions.take(key);
        if (session != 0) {
            SSL.setSession(ssl, session);
            io.netty.internal.tcnative.SSLSession.free(session);
        }
    }

    private long nativeContext(Kind kind) throws Exception {
        Long known = contexts.get(kind);
        if (known != null) {
            return known;
        }
        if (contexts.mappingCount() >= MAX_NATIVE_CONTEXTS) {
            throw new IllegalStateException("too many different lists of ALPN protocols");
        }
        long made = makeNative(kind);
        Long other = contexts.putIfAbsent(kind, made);
        if (other == null) {
            return made;
        }
        SSLContext.free(made);
        return other;
    }

    private long makeNative(Kind kind) throws Exception {
        long context =
                SSLContext.make(
                        SSL.SSL_PROTOCOL_TLSV1_3,
                        kind.server() ? SSL.SSL_MODE_SERVER : SSL.SSL_MODE_CLIENT);
        SSLContext.setCertVerifyCallback(context, new Upcall());
        // One more than the limit, so that the verifier sees an over-long chain as such.
        SSLContext.setVerify(context, SSL.SSL_CVERIFY_REQUIRED, PeerVerifier.MAX_CERTIFICATES + 1);
        SSLContext.setMaxCertList(context, MAX_CERTIFICATE_BYTES);
        if (!SSLContext.setCurvesList(context, settings.groups().toArray(new String[0]))) {
            SSLContext.free(context);
            throw new IllegalArgumentException(
                    "groups: BoringSSL knows not all of " + settings.groups());
        }
        if (!kind.protocols().isEmpty()) {
            SSLContext.setAlpnProtos(
                    context,
                    kind.protocols().toArray(new String[0]),
                    SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
        }
        SSLContext.addCredential(context, credential);
        if (!settings.resumption()) {
            SSLContext.setOptions(context, SSL.SSL_OP_NO_TICKET);
        } else if (kind.server()) {
            SSLContext.setSessionIdContext(context, sessionContext);
        } else {
            SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_CLIENT);
            SSLContext.setSSLSessionCache(context, new Tickets());
        }
        return context;
    }

    private void hold() {
        int now = holders.get();
        while (now > 0 && !closed) {
            if (holders.compareAndSet(now, now + 1)) {
                return;
            }
            now = holders.get();
        }
        throw new IllegalStateException("this TLS context is closed");
    }

    private void release() {
        if (holders.decrementAndGet() == 0) {
            sessions.close();
            contexts.values().forEach(SSLContext::free);
            contexts.clear();
            freeCredential(credential);
        }
    }

    private static void freeCredential(long credential) {
        try {
            SSLCredential.free(credential);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Called by BoringSSL in the middle of a handshake, on the loop's own thread. Nothing may be
    /// thrown through it.
    private final class Upcall extends CertificateVerifier {
        @Override
        public int verify(long ssl, byte[][] chain, String authentication) {
            BoringEngine engine = engines.get(ssl);
            return engine == null ? X509_V_ERR_UNSPECIFIED : engine.judge(chain);
        }
    }

    private final class Tickets implements SSLSessionCache {
        @Override
        public boolean sessionCreated(long ssl, long session) {
            BoringEngine engine = engines.get(ssl);
            BoringSessions.Key key = engine == null ? null : engine.sessionKey();
            if (key == null) {
                return false;
            }
            sessions.keep(key, session);
            return true;
        }

        @Override
        public long getSession(long ssl, byte[] id) {
            return -1;
        }
    }

    private static long credentialOf(WorkloadIdentity identity) {
        String algorithm = identity.key().getAlgorithm().toUpperCase(Locale.ROOT);
        long key = 0;
        long chain = 0;
        long made = 0;
        try {
            key = fromPem(Pem.ofKey(identity.key()), bio -> SSL.parsePrivateKey(bio, null));
            chain = fromPem(Pem.ofCertificates(identity.chain()), SSL::parseX509Chain);
            made = SSLCredential.newX509();
            SSLCredential.setCertChain(made, chain);
            SSLCredential.setPrivateKey(made, key);
            return made;
        } catch (Exception e) {
            if (made != 0) {
                freeCredential(made);
            }
            throw new IllegalArgumentException(
                    "the "
                            + algorithm
                            + " key and the certificate of "
                            + identity.id()
                            + " do not belong together: "
                            + e.getMessage(),
                    e);
        } finally {
            SSL.freePrivateKey(key);
            if (chain != 0) {
                SSL.freeX509Chain(chain);
            }
        }
    }

    @FunctionalInterface
    private interface BioReader {
        long read(long bio) throws Exception;
    }

    /// BoringSSL reads keys and chains from memory only; the copy is wiped, for it may be a key.
    private static long fromPem(String pem, BioReader reader) throws Exception {
        byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes.length);
        copy.put(bytes);
        long bio = SSL.newMemBIO();
        try {
            if (SSL.bioWrite(bio, Buffer.address(copy), bytes.length) != bytes.length) {
                throw new IllegalStateException("no memory for " + bytes.length + " bytes of PEM");
            }
            return reader.read(bio);
        } finally {
            SSL.freeBIO(bio);
            java.util.Arrays.fill(bytes, (byte) 0);
            copy.clear().put(bytes);
        }
    }
}
