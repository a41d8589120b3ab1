package io.proa.model;

import java.net.InetAddress;
import java.util.List;

/// The pod that one sidecar serves.
///
/// @param pod unique in the fleet (`orders-1`)
/// @param addresses the pod's own addresses, IPv4 and IPv6
/// @param ports what the mesh may reach of the application
public record Workload(
        String pod,
        SpiffeId identity,
        List<InetAddress> addresses,
        List<ApplicationPort> ports,
        InboundMode inbound) {
    public Workload {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
    }
}
