package io.proa.model;

/// Where a rule sends a request: the *concrete* backend behind the *logical* service.
public sealed interface RouteTarget {
    int weight();

    /// Another service's port, by share of `weight` (0 to 1,000,000).
    record ToService(ServiceName service, int port, int weight) implements RouteTarget {}
}
