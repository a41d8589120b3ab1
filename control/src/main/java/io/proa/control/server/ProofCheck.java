package io.proa.control.server;

import io.proa.identity.PeerVerifier;
import io.proa.identity.Pem;
import io.proa.identity.TlsFailure;
import io.proa.identity.TrustBundle;
import io.proa.model.SpiffeId;
import io.proa.wire.Bytes;
import io.proa.wire.Credential;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Whether a proof shows that its sender holds an identity issued here.
///
/// An identity that has expired still proves who asks for the next one, for a while: a control
/// plane that was down longer than certificates live must not leave a fleet that can only be
/// started anew. Nor must a clock that has been set back, so one that is yet to begin proves it
/// too.
final class ProofCheck {
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    private final TrustBundle bundle;
    private final Duration grace;

    ProofCheck(TrustBundle bundle, Duration grace) {
        this.bundle = bundle;
        this.grace = grace;
    }

    /// @return what is wrong with it, one sentence; empty = it holds
    String problem(
            Credential.Proof proof, String pod, SpiffeId expected, Bytes nonce, Instant now) {
        try {
            List<X509Certificate> chain = Pem.certificates(proof.chain());
            if (chain.isEmpty()) {
                return "the proof has no certificate";
            }
            X509Certificate leaf = chain.getFirst();
            Instant begin = leaf.getNotBefore().toInstant();
            Instant end = leaf.getNotAfter().toInstant();
            if (now.isAfter(end.plus(grace))) {
                return "the certificate expired at "
                        + end
                        + ", more than "
                        + grace.toHours()
                        + " h ago; start the sidecar with a new token";
            }
            if (now.isBefore(begin.minus(grace))) {
                return "the certificate begins at "
                        + begin
                        + ", more than "
                        + grace.toHours()
                        + " h from now; set the clock, or start the sidecar with a new token";
            }
            var encoded = new byte[chain.size()][];
            for (int i = 0; i < encoded.length; i++) {
                encoded[i] = chain.get(i).getEncoded();
            }
            new PeerVerifier(bundle, CLOCK_TOLERANCE)
                    .verify(encoded, expected, within(begin, end, now));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(leaf.getPublicKey());
            signature.update(Credential.Proof.signedBytes(pod, nonce));
            return signature.verify(proof.signature().toArray())
                    ? ""
                    : "the proof is not signed by the certificate's key";
        } catch (TlsFailure | IllegalArgumentException | GeneralSecurityException e) {
            return "the proof does not hold: " + e.getMessage();
        }
    }

    private static Instant within(Instant begin, Instant end, Instant now) {
        if (now.isBefore(begin)) {
            return begin;
        }
        return now.isAfter(end) ? end : now;
    }
}
