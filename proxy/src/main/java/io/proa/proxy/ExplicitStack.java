package io.proa.proxy;

import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Role;
import io.proa.traffic.Stack;

/// What happens to a request that the application sends to its HTTP proxy, in travel order: as in
/// [OutboundStack], once it is known where it wants to go.
final class ExplicitStack {
    private ExplicitStack() {}

    static Stack.Built<ArrivedRequest, UpstreamResponse> of(LoopParts loop) {
        return Stack.<ArrivedRequest, UpstreamResponse>named("explicit")
                .then(
                        Role.RECORD,
                        "outermost, so that nothing ends unrecorded",
                        new Recording(loop))
                .then(
                        Role.ADDRESS,
                        "before anything is added to it: what leaves the mesh stays as it is",
                        new ProxyAddressing(loop))
                .then(
                        Role.IDENTIFY,
                        "before anything is logged or sent: every line carries the ids",
                        new OutboundNaming(loop))
                .then(
                        Role.ROUTE,
                        "the rule decides deadline and retries, so it comes before both",
                        new OutboundRouting(loop))
                .then(
                        Role.DEADLINE,
                        "one bound over all attempts: outside the retries",
                        new RequestDeadline())
                .then(
                        Role.RETRY,
                        "each try chooses its endpoint anew: outside the balancer",
                        new Retrying(loop))
                .then(Role.BALANCE, "sees each try's latency and outcome", new Balancing(loop))
                .to(Role.CONNECT, "a pooled or new connection in mutual TLS", new Dispatching());
    }
}
