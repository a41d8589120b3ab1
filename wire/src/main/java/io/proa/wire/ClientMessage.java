package io.proa.wire;

import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import java.util.List;
import java.util.Set;

/// What a sidecar says to its control plane. [Hello] comes first, in answer to
/// [ServerMessage.Challenge].
public sealed interface ClientMessage {
    /// @param version [ControlWire#VERSION] of the speaker
    record Hello(int version, String pod, String sidecarVersion, Credential credential)
            implements ClientMessage {}

    /// Asks for a certificate for the key that signed `csr` (PKCS#10, DER).
    record CertificateRequest(Bytes csr) implements ClientMessage {}

    /// Adds destinations, by virtual address or pod address; answered by a [ServerMessage.Snapshot]
    /// unless the last one already says all about them.
    record Subscribe(Set<IpPort> destinations) implements ClientMessage {
        public Subscribe {
            destinations = Set.copyOf(destinations);
        }
    }

    record Unsubscribe(Set<IpPort> destinations) implements ClientMessage {
        public Unsubscribe {
            destinations = Set.copyOf(destinations);
        }
    }

    /// The snapshot of that number is in use.
    record Ack(long number) implements ClientMessage {}

    /// The snapshot of that number was refused; the last good one is still in use.
    record Nack(long number, List<ConfigProblem> problems) implements ClientMessage {
        public Nack {
            problems = List.copyOf(problems);
        }
    }
}
