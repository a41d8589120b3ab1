package io.proa.identity;

import io.proa.model.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A private key and the chain that vouches for it (an X.509-SVID). The key never leaves the
/// process except into the sidecar's own state file.
///
/// @param chain leaf first, without the root
public record WorkloadIdentity(SpiffeId id, PrivateKey key, List<X509Certificate> chain) {
    public WorkloadIdentity {
        chain = List.copyOf(chain);
    }

    public Instant notBefore() {
        return chain.getFirst().getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /// Never the key.
    @Override
    public String toString() {
        return "WorkloadIdentity[" + id + ", until " + notAfter() + "]";
    }
}
