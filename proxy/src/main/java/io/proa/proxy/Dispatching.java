package io.proa.proxy;

import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;

/// Sends the request over one of the endpoint's connections.
final class Dispatching implements Service<DispatchedAttempt, UpstreamResponse> {
    @Override
    public void apply(DispatchedAttempt attempt, Reply<? super UpstreamResponse> reply) {
        attempt.pool()
                .send(
                        attempt.exchange(),
                        attempt.announced(),
                        attempt.connectNanos(),
                        attempt.tryNanos(),
                        reply);
    }
}
