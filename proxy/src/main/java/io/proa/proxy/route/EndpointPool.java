package io.proa.proxy.route;

import io.proa.model.Endpoint;
import io.proa.proxy.http.UpstreamPool;

/// An endpoint of one service port and the loop's connections to it. Equal where the endpoint is,
/// so that a balancer recognises it in the next snapshot.
public final class EndpointPool {
    private final Endpoint endpoint;
    private final UpstreamPool pool;

    EndpointPool(Endpoint endpoint, UpstreamPool pool) {
        this.endpoint = endpoint;
        this.pool = pool;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /// Whether it has left the snapshot.
    public boolean gone() {
        return pool.isClosed();
    }

    public UpstreamPool pool() {
        return pool;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EndpointPool that && endpoint.equals(that.endpoint);
    }

    @Override
    public int hashCode() {
        return endpoint.hashCode();
    }
}
