package io.proa.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// One replica of a service: where its sidecar is reached and who must answer there.
///
/// @param pod the workload's name, unique in the fleet (`orders-1`)
/// @param address the pod's address; its sidecar's mesh port is 15008 unless `meshPort` says
///   otherwise
/// @param meshPort port that speaks mutual TLS
/// @param identity the only identity accepted there; null = outside the mesh, spoken to in
///   plaintext and shown as such
/// @param weight share of traffic relative to the other endpoints, 1 to 1000
public record Endpoint(
        String pod, InetAddress address, int meshPort, @Nullable SpiffeId identity, int weight) {}
