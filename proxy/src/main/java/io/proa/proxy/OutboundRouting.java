package io.proa.proxy;

import io.proa.model.IpPort;
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
        Destination destination = today(exchange);
        switch (destination) {
            case Destination.ToService(Cluster cluster) when !cluster.gone() ->
                    route(exchange, cluster, null, reply, next);
            case Destination.ToEndpoint(Cluster cluster, EndpointPool pinned)
                    when !cluster.gone() && !pinned.gone() ->
                    route(exchange, cluster, pinned, reply, next);
            case Destination.ToService(Cluster cluster) -> nowhere(cluster, reply);
            case Destination.ToEndpoint(Cluster cluster, EndpointPool _) -> nowhere(cluster, reply);
            case Destination.Outside(var addresses) ->
                    reply.failed(
                            new Failure.Refused(
                                    Reason.UNKNOWN_DESTINATION, addresses.getFirst().toString()));
        }
    }

    /// What the address means that the connection was made to. Connections outlive snapshots: what
    /// was found on arrival may have left the mesh, or come back as something else.
    private Destination today(Exchange exchange) {
        Destination found = (Destination) exchange.arrival().target();
        boolean stale =
                switch (found) {
                    case Destination.ToService(Cluster cluster) -> cluster.gone();
                    case Destination.ToEndpoint(Cluster cluster, EndpointPool pinned) ->
                            cluster.gone() || pinned.gone();
                    case Destination.Outside _ -> false;
                };
        IpPort address = exchange.arrival().destination();
        Destination now = stale && address != null ? loop.clusters().find(address) : null;
        return now == null ? found : now;
    }

    private static void nowhere(Cluster gone, Reply<? super UpstreamResponse> reply) {
        reply.failed(new Failure.Unroutable(Reason.NO_CONFIGURATION, gone.name()));
    }

    private void route(
            Exchange exchange,
            Cluster logical,
            @Nullable EndpointPool pinned,
            Reply<? super UpstreamResponse> reply,
            Service<RoutedRequest, UpstreamResponse> next) {
        exchange.record.service = logical.name();
        Failure against = loop.refusedPath(exchange);
        if (against != null) {
            reply.failed(against);
            return;
        }
        RouteRule rule = logical.routes().match(exchange, loop.settings().paths());
        exchange.record.rule = rule.name();
        if (!logical.routes().looksAtRequests()) {
            exchange.passOtherUpgrades();
        }
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
