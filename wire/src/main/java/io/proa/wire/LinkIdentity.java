package io.proa.wire;

import io.proa.identity.CertificateRequest;
import io.proa.identity.IdentityRotation;
import io.proa.identity.IdentityStore;
import io.proa.identity.PeerVerifier;
import io.proa.identity.Pem;
import io.proa.identity.TlsFailure;
import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The identity a link holds: restored, proved, asked for, renewed and kept on disk. Knows no
/// socket and no clock.
final class LinkIdentity {
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    /// No pause after a failure is longer.
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /// What came of an answer or of the disk.
    ///
    /// @param problem a sentence; empty = none
    record Outcome(boolean isNew, String problem) {}

    private final IdentityStore store;
    private final IdentityRotation rotation;
    private @Nullable WorkloadIdentity identity;
    private @Nullable TrustBundle bundle;
    private @Nullable CertificateRequest asked;
    private int failures;
    private Instant nextAttempt = Instant.EPOCH;

    /// Whether the last failure was that there was nobody to ask.
    private boolean hadNobodyToAsk;

    LinkIdentity(Path state, LongSupplier dice) {
        this.store = new IdentityStore(state);
        this.rotation = new IdentityRotation(dice);
    }

    @Nullable WorkloadIdentity identity() {
        return identity;
    }

    @Nullable TrustBundle bundle() {
        return bundle;
    }

    /// An expired identity is not new: no peer takes it, but it may still prove to the control
    /// plane who we are.
    Outcome restore(Instant now) {
        return switch (store.load()) {
            case IdentityStore.Loaded.Nothing _ -> new Outcome(false, "");
            case IdentityStore.Loaded.Damaged damaged -> new Outcome(false, damaged.problem());
            case IdentityStore.Loaded.Found found -> {
                hold(found.identity(), found.bundle());
                yield found.identity().notAfter().isAfter(now)
                        ? new Outcome(true, "")
                        : new Outcome(
                                false,
                                "the identity on disk expired at " + found.identity().notAfter());
            }
        };
    }

    /// Proof of who we are for this connection; null where there is nothing to prove it with.
    Credential.@Nullable Proof proof(String pod, Bytes nonce) {
        WorkloadIdentity held = identity;
        if (held == null) {
            return null;
        }
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(held.key());
            signature.update(Credential.Proof.signedBytes(pod, nonce));
            return new Credential.Proof(
                    Pem.ofCertificates(held.chain()), Bytes.of(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign with the key of " + held.id(), e);
        }
    }

    /// How long until a certificate should be asked for: not at all without one, else until about
    /// half of its life is over. Also right after the clock has been set back: an identity of the
    /// future is taken by no peer, and no pause may grow by it.
    Duration untilDue(Instant now) {
        WorkloadIdentity held = identity;
        Duration left = Duration.between(now, nextAttempt);
        boolean setBack =
                failures > 0
                        ? left.compareTo(LONGEST_PAUSE) > 0
                        : held != null && now.isBefore(held.notBefore().minus(CLOCK_TOLERANCE));
        return setBack || left.isNegative() ? Duration.ZERO : left;
    }

    boolean isWaiting() {
        return asked != null;
    }

    ClientMessage.CertificateRequest ask(SpiffeId id) {
        CertificateRequest request = CertificateRequest.create(id);
        asked = request;
        return new ClientMessage.CertificateRequest(Bytes.of(request.der()));
    }

    /// No answer, or none that can be used: later again, in time before the end.
    ///
    /// @return what to tell people
    String failed(String cause, Instant now) {
        hadNobodyToAsk = asked == null;
        asked = null;
        failures++;
        WorkloadIdentity held = identity;
        Instant end = held == null ? now : held.notAfter();
        nextAttempt = now.plus(rotation.pauseAfter(failures, now, end));
        if (held == null) {
            return "no identity yet: " + cause;
        }
        long left = Duration.between(now, end).toSeconds();
        return "the identity is not renewed, it "
                + (left > 0 ? "expires in " + left + " s" : "expired at " + end)
                + " ("
                + failures
                + (failures == 1 ? " attempt): " : " attempts): ")
                + cause;
    }

    /// There is somebody to ask again. Pauses that grew while there was nobody are over: what has
    /// expired meanwhile must not stay so. And where the control plane says that we are someone
    /// else now, the identity held is of no more use.
    void welcomed(SpiffeId id) {
        boolean other = identity != null && !identity.id().equals(id);
        if (other || (failures > 0 && hadNobodyToAsk)) {
            nextAttempt = Instant.EPOCH;
        }
    }

    Outcome answered(ServerMessage.Identity answer, String trustDomain, Instant now) {
        try {
            var roots =
                    new TrustBundle(
                            trustDomain,
                            answer.bundleRevision(),
                            Pem.certificates(answer.bundle()));
            WorkloadIdentity next =
                    answer.chain().isEmpty() ? identity : joined(answer, roots, now);
            if (next == null) {
                return new Outcome(
                        false, "saw new roots before the first identity, expected it first");
            }
            asked = null;
            failures = 0;
            hold(next, roots);
            return new Outcome(true, saved(next, roots));
        } catch (IllegalArgumentException | TlsFailure e) {
            return new Outcome(false, failed("the answer cannot be used: " + e.getMessage(), now));
        }
    }

    /// The control plane is trusted, yet checked: an identity that peers would refuse must not
    /// replace one that works.
    private WorkloadIdentity joined(ServerMessage.Identity answer, TrustBundle roots, Instant now)
            throws TlsFailure {
        CertificateRequest request = asked;
        if (request == null) {
            throw new IllegalArgumentException("saw a certificate that was not asked for");
        }
        WorkloadIdentity next = request.answeredBy(Pem.certificates(answer.chain()));
        new PeerVerifier(roots, CLOCK_TOLERANCE).verify(encoded(next.chain()), request.id(), now);
        return next;
    }

    private static byte[][] encoded(List<X509Certificate> chain) {
        var encoded = new byte[chain.size()][];
        try {
            for (int i = 0; i < encoded.length; i++) {
                encoded[i] = chain.get(i).getEncoded();
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without its bytes", e);
        }
        return encoded;
    }

    private String saved(WorkloadIdentity next, TrustBundle roots) {
        try {
            store.save(next, roots);
            return "";
        } catch (IOException e) {
            return "the identity cannot be kept on disk (a restart would need a new token): "
                    + e.getMessage();
        }
    }

    private void hold(WorkloadIdentity next, TrustBundle roots) {
        identity = next;
        bundle = roots;
        nextAttempt = rotation.renewAt(next.notBefore(), next.notAfter());
    }
}
