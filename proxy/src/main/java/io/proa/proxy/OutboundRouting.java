package io.proa.proxy;

import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.route.Destination;
import io.proa.proxy.route.EndpointPool;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;
import org.jspecify.annotations.Nullable;

/// *Logical* to *concrete*: the first rule that matches, and one of its backends.
final class OutboundRouting
        implements Filter<ArrivedRequest, UpstreamResponse, RoutedRequest, UpstreamResponse> {
    private final LoopParts loop;

    OutboundRouting(LoopParts loop) {
        this.loop = loop;
    }

    @Override
    public void apply(
            ArrivedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<RoutedRequest, UpstreamResponse> next) {
        Exchange exchange = request.exchange();
        switch ((Destination) exchange.arrival.target()) {
            case Destination.ToService(Cluster cluster) ->
                    route(exchange, cluster, null, reply, next);
            case Destination.ToEndpoint(Cluster cluster, EndpointPool pinned) ->
                    route(exchange, cluster, pinned, reply, next);
            case Destination.Outside(var address) ->
                    reply.failed(
                            new Failure.Refused(Reason.UNKNOWN_DESTINATION, address.toString()));
        }
    }

    private void route(
            Exchange exchange,
            Cluster logical,
            @Nullable EndpointPool pinned,
            Reply<? super UpstreamResponse> reply,
            Service<RoutedRequest, UpstreamResponse> next) {
        exchange.record.service = logical.name();
        RouteRule rule = logical.routes().match(exchange);
        exchange.record.rule = rule.name();
        RouteTarget target =
                pinned == null ? logical.routes().choose(rule, loop.loop().dice()) : null;
        Cluster concrete = target == null ? logical : loop.clusters().find(target);
        if (concrete == null) {
            reply.failed(new Failure.Unroutable(Reason.NO_CONFIGURATION, logical.name()));
        } else {
            next.apply(new RoutedRequest(exchange, concrete, rule, pinned), reply);
        }
    }
}
