package io.proa.proxy.route;

import io.proa.model.IpPort;

/// What lies behind an address that the application has dialled.
public sealed interface Destination {
    /// A service, by one of its virtual addresses.
    record ToService(Cluster cluster) implements Destination {}

    /// One replica of a service, dialled by its own address: the service's policy holds, the choice
    /// is made.
    record ToEndpoint(Cluster cluster, EndpointPool endpoint) implements Destination {}

    /// Nothing of the mesh: passed through as it is.
    record Outside(IpPort address) implements Destination {}
}
