package io.proa.proxy;

import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamPool;

/// A try with its *endpoint*.
///
/// @param announced the attempt number told to the other sidecar: greater than one as soon as
///   anyone on the way retried
/// @param connectNanos bound on connecting
/// @param tryNanos bound on the first response byte, 0 = none
record DispatchedAttempt(
        Exchange exchange, UpstreamPool pool, int announced, long connectNanos, long tryNanos) {}
