package io.proa.proxy.route;

import io.proa.model.Endpoint;
import io.proa.model.MeshService;
import io.proa.model.RouteRule;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.traffic.PeakEwmaBalancer;
import io.proa.traffic.RetryBudget;
import io.proa.traffic.RouteIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One port of a service on one loop: the *concrete* backend. Its rules come from the snapshot; its
/// balancer, pools and budget live on from snapshot to snapshot.
public final class Cluster {
    private final PeakEwmaBalancer<EndpointPool> balancer =
            new PeakEwmaBalancer<>(e -> e.endpoint().weight());
    private Map<Endpoint, EndpointPool> pools = new HashMap<>();
    private final RetryBudget budget;
    private final FirstWord firstWord = new FirstWord();
    private MeshService service;
    private ServicePort port;
    private RouteIndex routes;
    private boolean gone;

    Cluster(MeshService service, ServicePort port, int loops) {
        this.service = service;
        this.port = port;
        this.budget = new RetryBudget(loops);
        this.routes = new RouteIndex(service);
    }

    void adopt(MeshService next, ServicePort nextPort, Clusters.Pools maker, long now) {
        service = next;
        port = nextPort;
        routes = new RouteIndex(next);
        Map<Endpoint, EndpointPool> kept = new HashMap<>();
        List<EndpointPool> all = new ArrayList<>();
        for (Endpoint endpoint : next.endpoints()) {
            EndpointPool pool = pools.remove(endpoint);
            if (pool == null) {
                pool = new EndpointPool(endpoint, maker.open(next.name(), nextPort, endpoint));
            }
            kept.put(endpoint, pool);
            all.add(pool);
        }
        close();
        pools = kept;
        balancer.update(all, now);
    }

    Iterable<EndpointPool> endpoints() {
        return pools.values();
    }

    void close() {
        pools.values().forEach(gone -> gone.pool().close());
    }

    /// The snapshot holds it no more.
    void leave() {
        gone = true;
        close();
    }

    /// Whether it has left the snapshot: whoever still knows it looks its address up again.
    public boolean gone() {
        return gone;
    }

    public ServiceName name() {
        return service.name();
    }

    public ServicePort port() {
        return port;
    }

    public RouteIndex routes() {
        return routes;
    }

    /// The rule that holds where there is nothing to match: the one that matches everything.
    public RouteRule lastRule() {
        return service.rules().getLast();
    }

    /// Who speaks first on connections to here, where nothing is declared.
    public FirstWord firstWord() {
        return firstWord;
    }

    public PeakEwmaBalancer<EndpointPool> balancer() {
        return balancer;
    }

    /// What all retries to here draw on, whatever rule they are made under.
    public RetryBudget budget() {
        return budget;
    }
}
