package io.proa.proxy;

import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Role;
import io.proa.traffic.Stack;

/// What happens to a request that reaches the application, in travel order. Nothing is retried on
/// this side.
final class InboundStack {
    private InboundStack() {}

    static Stack.Built<ArrivedRequest, UpstreamResponse> of(LoopParts loop) {
        return Stack.<ArrivedRequest, UpstreamResponse>named("inbound")
                .then(
                        Role.RECORD,
                        "outermost, so that refusals are recorded too",
                        new Recording(loop))
                .then(
                        Role.IDENTIFY,
                        "takes what the caller's sidecar says, and strips it from everyone else",
                        new InboundNaming(loop))
                .then(
                        Role.PERMIT,
                        "before anything of the application is touched",
                        new Permitting(loop))
                .then(
                        Role.ROUTE,
                        "the application's own address and port",
                        new ApplicationRouting(loop))
                .to(
                        Role.CONNECT,
                        "a pooled or new connection to the application",
                        new Dispatching());
    }
}
