package io.proa.identity;

import io.proa.model.SpiffeId;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// The portable fallback on the JDK's own TLS. Same rules, same verifier; slower, heavier, no
/// post-quantum groups.
final class JdkTlsContext implements TlsContext {
    private final PeerVerifier verifier;
    private final TlsSettings settings;
    private final SSLContext context;
    private final String[] groups;
    private final ConcurrentHashMap<SSLEngine, JdkTlsEngine> engines = new ConcurrentHashMap<>();

    JdkTlsContext(WorkloadIdentity identity, PeerVerifier verifier, TlsSettings settings) {
        this.verifier = verifier;
        this.settings = settings;
        this.groups = jdkGroups(settings.groups());
        try {
            context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    new KeyManager[] {new OneIdentity(identity)},
                    new TrustManager[] {new Upcall()},
                    null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK gave no TLS context", e);
        }
    }

    @Override
    public TlsEngine server(List<String> protocols) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine, protocols);
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        return register(new JdkTlsEngine(this, engine, true, !protocols.isEmpty(), null));
    }

    @Override
    public TlsEngine client(SpiffeId expected, String serverName, List<String> protocols) {
        // The JDK finds sessions by host and port; ours are per identity, name and protocols.
        String sessionKey = expected + "|" + serverName + "|" + String.join(",", protocols);
        SSLEngine engine =
                settings.resumption()
                        ? context.createSSLEngine(sessionKey, 1)
                        : context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine, protocols);
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        engine.setSSLParameters(parameters);
        return register(new JdkTlsEngine(this, engine, false, !protocols.isEmpty(), expected));
    }

    @Override
    public String library() {
        return "jdk";
    }

    @Override
    public void close() {
        // Nothing native is held; sessions go with the context.
    }

    void forget(SSLEngine engine) {
        engines.remove(engine);
    }

    private JdkTlsEngine register(JdkTlsEngine engine) {
        engines.put(engine.wrapped(), engine);
        return engine;
    }

    VerifiedPeer verify(X509Certificate[] chain, @Nullable SpiffeId expected) throws TlsFailure {
        byte[][] der = new byte[chain.length][];
        try {
            for (int i = 0; i < der.length; i++) {
                der[i] = chain[i].getEncoded();
            }
        } catch (CertificateEncodingException e) {
            throw new TlsFailure(TlsFailure.Code.UNTRUSTED, "a certificate without its bytes");
        }
        return verifier.verify(der, expected, settings.clock().instant());
    }

    private SSLParameters parameters(SSLEngine engine, List<String> protocols) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setApplicationProtocols(protocols.toArray(new String[0]));
        parameters.setNamedGroups(groups);
        return parameters;
    }

    /// The JDK skips names it does not know, but spells those it knows in its own way.
    private static String[] jdkGroups(List<String> groups) {
        List<String> names = new ArrayList<>(groups.size());
        for (String group : groups) {
            names.add(
                    switch (group) {
                        case "X25519" -> "x25519";
                        case "P-256" -> "secp256r1";
                        case "P-384" -> "secp384r1";
                        default -> group;
                    });
        }
        return names.toArray(new String[0]);
    }

    /// Called by the JDK in the middle of a full handshake; never for a resumed one.
    private final class Upcall extends X509ExtendedTrustManager {
        private void check(X509Certificate[] chain, @Nullable SSLEngine engine)
                throws CertificateException {
            JdkTlsEngine asking = engine == null ? null : engines.get(engine);
            if (asking == null) {
                throw new CertificateException("an engine nobody made");
            }
            try {
                asking.judge(chain);
            } catch (TlsFailure e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("engines only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("engines only");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("engines only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("engines only");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static final class OneIdentity extends X509ExtendedKeyManager {
        private static final String ALIAS = "workload";

        private final WorkloadIdentity identity;

        OneIdentity(WorkloadIdentity identity) {
            this.identity = identity;
        }

        @Override
        public String chooseEngineClientAlias(
                String @Nullable [] types, Principal @Nullable [] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, SSLEngine engine) {
            return type.equals(identity.key().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(
                String @Nullable [] types, Principal @Nullable [] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseServerAlias(
                String type, Principal @Nullable [] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity.chain().toArray(new X509Certificate[0]);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key();
        }
    }
}
