package io.proa.proxy.route;

import io.proa.model.IpPort;
import java.util.List;

/// What lies behind an address that the application has dialled.
public sealed interface Destination {
    /// A service, by one of its virtual addresses.
    record ToService(Cluster cluster) implements Destination {}

    /// One replica of a service, dialled by its own address: the service's policy holds, the choice
    /// is made.
    record ToEndpoint(Cluster cluster, EndpointPool endpoint) implements Destination {}

    /// Nothing of the mesh: passed through as it is.
    ///
    /// @param addresses of which the first that takes the connection has it; never empty
    record Outside(List<IpPort> addresses) implements Destination {
        public Outside {
            addresses = List.copyOf(addresses);
        }

        public Outside(IpPort address) {
            this(List.of(address));
        }
    }
}
