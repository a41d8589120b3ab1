package io.proa.model;

import java.net.InetAddress;
import java.util.List;

/// A *logical* service as one client's sidecar needs it.
///
/// @param virtualAddresses what its name resolves to, IPv4 and IPv6
/// @param rules in order of precedence; never empty, the last one matches everything
public record MeshService(
        ServiceName name,
        List<InetAddress> virtualAddresses,
        List<ServicePort> ports,
        List<Endpoint> endpoints,
        List<RouteRule> rules) {
    public MeshService {
        virtualAddresses = List.copyOf(virtualAddresses);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        rules = rules.isEmpty() ? List.of(RouteRule.DEFAULT) : List.copyOf(rules);
    }
}
