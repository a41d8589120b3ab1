package io.proa.proxy;

import io.proa.model.InboundMode;
import io.proa.model.MeshSnapshot;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;

/// Who may call: any identity of the trust domain (TLS has verified it), and the outside only where
/// a port is published or the workload is permissive. Decided per request, on the snapshot of now.
final class Permitting
        implements Filter<ArrivedRequest, UpstreamResponse, PermittedRequest, UpstreamResponse> {
    private final LoopParts loop;

    Permitting(LoopParts loop) {
        this.loop = loop;
    }

    @Override
    public void apply(
            ArrivedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<PermittedRequest, UpstreamResponse> next) {
        Exchange exchange = request.exchange();
        InboundTarget target = (InboundTarget) exchange.arrival().target();
        Reason against = against(target, exchange.arrival().peer() != null);
        if (against == Reason.NONE) {
            next.apply(new PermittedRequest(exchange, target.port()), reply);
        } else {
            reply.failed(new Failure.Refused(against, target.port().service().toString()));
        }
    }

    Reason against(InboundTarget target, boolean identified) {
        return switch (target.entry()) {
            case MESH -> identified ? Reason.NONE : Reason.DENIED;
            case PUBLISHED -> Reason.NONE;
            case PLAINTEXT -> {
                MeshSnapshot now = loop.clusters().snapshot();
                boolean permissive = now != null && now.self().inbound() == InboundMode.PERMISSIVE;
                yield permissive ? Reason.NONE : Reason.PLAINTEXT_REFUSED;
            }
        };
    }
}
