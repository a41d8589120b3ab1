package io.proa.host;

import java.net.InetAddress;
import java.util.List;

/// A running program that is to join a fleet.
///
/// @param name unique in the fleet
/// @param pid of the program, or of any other in its network namespace
/// @param ipv4 its address within the fleet's block, besides those it has
/// @param ipv6 likewise; ignored where its namespace has IPv6 turned off
/// @param routes blocks that it is to reach through the fleet, besides that of the pods
/// @param sidecar its sidecar
public record AttachSpec(
        String name,
        long pid,
        InetAddress ipv4,
        InetAddress ipv6,
        List<Cidr> routes,
        PodSpec.Sidecar sidecar) {
    public AttachSpec {
        routes = List.copyOf(routes);
    }
}
