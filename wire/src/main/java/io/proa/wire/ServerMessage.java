package io.proa.wire;

import io.proa.model.MeshSnapshot;
import io.proa.model.Workload;

/// What the control plane says to a sidecar. [Challenge] comes first.
public sealed interface ServerMessage {
    /// @param nonce fresh for each connection, 32 bytes
    record Challenge(int version, Bytes nonce) implements ServerMessage {}

    /// The hello was accepted.
    record Welcome(Workload workload, String trustDomain) implements ServerMessage {}

    /// Answers a [ClientMessage.CertificateRequest]; also sent unasked, with an empty chain, when
    /// the roots change.
    ///
    /// @param chain PEM, leaf first, without the root; empty = the identity stays as it is
    /// @param bundle PEM, all roots of the trust domain
    /// @param bundleRevision see [io.proa.identity.TrustBundle#revision]
    record Identity(String chain, String bundle, long bundleRevision) implements ServerMessage {}

    /// @param number grows by one with each snapshot sent on this connection; to be named in the
    ///   ack or nack
    record Snapshot(long number, MeshSnapshot snapshot) implements ServerMessage {}

    /// The last message of a connection that the control plane ends, or the answer to a certificate
    /// request that it will not grant.
    ///
    /// @param reason a sentence: what was seen and what was expected
    record Refused(String reason) implements ServerMessage {}
}
