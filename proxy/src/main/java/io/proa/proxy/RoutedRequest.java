package io.proa.proxy;

import io.proa.model.RouteRule;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.route.EndpointPool;
import org.jspecify.annotations.Nullable;

/// A request with its rule and *concrete* backend.
///
/// @param pinned the one replica the application dialled by its own address; null = any
record RoutedRequest(
        Exchange exchange, Cluster cluster, RouteRule rule, @Nullable EndpointPool pinned) {}
