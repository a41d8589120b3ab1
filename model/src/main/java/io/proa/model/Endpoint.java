package io.proa.model;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One replica of a service: where its sidecar is reached and who must answer there.
///
/// @param pod the workload's name, unique in the fleet (`orders-1`)
/// @param addresses all of the pod's addresses, IPv4 and IPv6, at least one: whatever of them an
///   application dials is this replica. Its sidecar is reached at the first
/// @param meshPort port that speaks mutual TLS; 15008 in a pod of its own
/// @param identity the only identity accepted there; null = outside the mesh, spoken to in
///   plaintext and shown as such
/// @param weight share of traffic relative to the other endpoints, 1 to 1000
public record Endpoint(
        String pod,
        List<InetAddress> addresses,
        int meshPort,
        @Nullable SpiffeId identity,
        int weight) {
    public Endpoint {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(
                    "endpoint " + pod + " has no address, expected at least one");
        }
    }

    /// Where its sidecar is reached.
    public IpPort mesh() {
        return new IpPort(addresses.getFirst(), meshPort);
    }
}
