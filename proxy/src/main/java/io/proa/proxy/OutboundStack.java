package io.proa.proxy;

import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Role;
import io.proa.traffic.Stack;

/// What happens to a request that leaves the application, in travel order.
final class OutboundStack {
    private OutboundStack() {}

    static Stack.Built<ArrivedRequest, UpstreamResponse> of(LoopParts loop) {
        return Stack.<ArrivedRequest, UpstreamResponse>named("outbound")
                .then(
                        Role.RECORD,
                        "outermost, so that nothing ends unrecorded",
                        new Recording(loop))
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
