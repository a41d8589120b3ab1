package io.proa.proxy;

import io.proa.proxy.route.EndpointPool;
import io.proa.traffic.Loaded;
import org.jspecify.annotations.Nullable;

/// One try of a routed request.
///
/// Mutable in one thing: the balancer notes which endpoint it chose, so that the next try can avoid
/// it.
final class Attempt {
    final RoutedRequest routed;
    final int number;
    final @Nullable Loaded<EndpointPool> avoid;
    @Nullable Loaded<EndpointPool> chosen;

    Attempt(RoutedRequest routed, int number, @Nullable Loaded<EndpointPool> avoid) {
        this.routed = routed;
        this.number = number;
        this.avoid = avoid;
    }
}
