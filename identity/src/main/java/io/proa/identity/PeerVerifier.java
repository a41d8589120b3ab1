package io.proa.identity;

import io.proa.model.SpiffeId;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides whether a certificate chain proves an identity of one [TrustBundle] (X509-SVID, section
/// 5).
///
/// Own code instead of the JDK's PKIX: a tenth of the classes, stricter, and the identity is part
/// of the verdict. The JDK's PKIX is the oracle in its tests. Thread-safe; a bundle's change needs
/// a new verifier, which also drops the cache of verdicts.
public final class PeerVerifier {
    /// A peer may present this many certificates, its own included.
    public static final int MAX_CERTIFICATES = 6;

    private static final int MAX_BYTES = 16 * 1024;

    /// Signatures checked for one chain at most, whatever names an attacker repeats.
    private static final int MAX_SIGNATURES = 12;

    private final TrustBundle bundle;
    private final Duration notBeforeTolerance;
    private final VerifiedLeaves verified = new VerifiedLeaves();

    public PeerVerifier(TrustBundle bundle, Duration notBeforeTolerance) {
        this.bundle = bundle;
        this.notBeforeTolerance = notBeforeTolerance;
    }

    TrustBundle bundle() {
        return bundle;
    }

    /// Verifies a chain as it came from the peer.
    ///
    /// @param chain DER, leaf first; the rest in any order
    /// @param expected the only identity to accept; null for any of the trust domain
    public VerifiedPeer verify(byte[][] chain, @Nullable SpiffeId expected, Instant now)
            throws TlsFailure {
        if (chain.length == 0) {
            throw new TlsFailure(TlsFailure.Code.NO_CERTIFICATE, "the peer sent no certificate");
        }
        VerifiedPeer peer = verified.find(chain[0], now);
        if (peer == null) {
            peer = new ChainSearch(now, parse(chain)).verdict();
            verified.keep(chain[0], peer, now);
        }
        if (expected != null && !expected.equals(peer.id())) {
            throw new TlsFailure(
                    TlsFailure.Code.WRONG_IDENTITY,
                    "the peer is " + peer.id() + ", expected " + expected);
        }
        return peer;
    }

    private static List<X509Certificate> parse(byte[][] chain) throws TlsFailure {
        if (chain.length > MAX_CERTIFICATES) {
            throw untrusted("more than " + MAX_CERTIFICATES + " certificates");
        }
        List<X509Certificate> parsed = new ArrayList<>(chain.length);
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (byte[] der : chain) {
                // The factory would take PEM as well, and ignore what follows the certificate.
                if (der.length == 0 || der[0] != 0x30 || der.length > MAX_BYTES) {
                    throw untrusted("a malformed certificate");
                }
                ByteArrayInputStream in = new ByteArrayInputStream(der);
                X509Certificate certificate = (X509Certificate) factory.generateCertificate(in);
                if (in.available() > 0) {
                    throw untrusted("a certificate with bytes behind its end");
                }
                if (der[der.length - 1 - certificate.getSignature().length] != 0) {
                    // One signature, one encoding: the JDK would read over bits that are not used.
                    throw untrusted("a certificate whose signature is not whole bytes");
                }
                parsed.add(certificate);
            }
        } catch (CertificateException e) {
            throw untrusted("a malformed certificate: " + e.getMessage());
        }
        return parsed;
    }

    private static TlsFailure untrusted(String message) {
        return new TlsFailure(TlsFailure.Code.UNTRUSTED, "the peer presented " + message);
    }

    /// Looks for a path from the leaf to a root of the bundle, depth first. Each step checks names,
    /// validity, constraints and the signature; the first failure that is more than "no such
    /// issuer" is what gets reported.
    private final class ChainSearch {
        private final Instant now;
        private final List<X509Certificate> presented;
        private final boolean[] used;
        private int signatures;
        private @Nullable TlsFailure obstacle;

        ChainSearch(Instant now, List<X509Certificate> presented) {
            this.now = now;
            this.presented = presented;
            this.used = new boolean[presented.size()];
        }

        VerifiedPeer verdict() throws TlsFailure {
            X509Certificate leaf = presented.getFirst();
            SpiffeId id = CertificateRules.identityOf(leaf, bundle.trustDomain());
            valid(leaf);
            used[0] = true;
            Instant end = search(leaf, 0, leaf.getNotAfter().toInstant());
            if (end != null) {
                return new VerifiedPeer(id, end);
            }
            throw obstacle != null
                    ? obstacle
                    : new TlsFailure(
                            TlsFailure.Code.UNTRUSTED,
                            "no path from "
                                    + id
                                    + " to a root of trust domain "
                                    + bundle.trustDomain()
                                    + " (issuer '"
                                    + leaf.getIssuerX500Principal().getName()
                                    + "')");
        }

        /// @param below CA certificates already on the path
        /// @return when the first certificate on the found path expires; null where there is no
        ///   path
        private @Nullable Instant search(X509Certificate subject, int below, Instant earliest) {
            for (X509Certificate root : bundle.roots()) {
                if (issues(root, subject, below)) {
                    return earlier(earliest, root);
                }
            }
            for (int i = 1; i < used.length; i++) {
                X509Certificate candidate = presented.get(i);
                if (!used[i] && issues(candidate, subject, below)) {
                    used[i] = true;
                    boolean selfIssued =
                            candidate
                                    .getSubjectX500Principal()
                                    .equals(candidate.getIssuerX500Principal());
                    Instant end =
                            search(
                                    candidate,
                                    selfIssued ? below : below + 1,
                                    earlier(earliest, candidate));
                    if (end != null) {
                        return end;
                    }
                    used[i] = false;
                }
            }
            return null;
        }

        private boolean issues(X509Certificate issuer, X509Certificate subject, int below) {
            if (!issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())) {
                return false;
            }
            try {
                valid(issuer);
                CertificateRules.issuer(issuer, below);
            } catch (TlsFailure e) {
                obstacle = obstacle == null ? e : obstacle;
                return false;
            }
            if (++signatures > MAX_SIGNATURES) {
                obstacle = untrusted("too many certificates of one name");
                return false;
            }
            try {
                subject.verify(issuer.getPublicKey());
                return true;
            } catch (GeneralSecurityException e) {
                return false;
            }
        }

        private void valid(X509Certificate certificate) throws TlsFailure {
            Instant notBefore = certificate.getNotBefore().toInstant();
            Instant notAfter = certificate.getNotAfter().toInstant();
            if (now.isAfter(notAfter)) {
                throw new TlsFailure(
                        TlsFailure.Code.EXPIRED,
                        "the certificate expired at " + notAfter + ", now is " + now);
            }
            if (now.plus(notBeforeTolerance).isBefore(notBefore)) {
                throw new TlsFailure(
                        TlsFailure.Code.NOT_YET_VALID,
                        "the certificate begins at " + notBefore + ", now is " + now);
            }
        }

        private Instant earlier(Instant earliest, X509Certificate certificate) {
            Instant end = certificate.getNotAfter().toInstant();
            return end.isBefore(earliest) ? end : earliest;
        }
    }
}
