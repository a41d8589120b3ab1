package io.proa.proxy;

import io.proa.model.RouteRule;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamPool;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.route.EndpointPool;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Loaded;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.RetryPolicy;
import io.proa.traffic.Service;

/// *Concrete* to *endpoint*: the cheaper of two replicas, and not the one that has just failed.
final class Balancing
        implements Filter<Attempt, UpstreamResponse, DispatchedAttempt, UpstreamResponse> {
    private final LoopParts loop;

    Balancing(LoopParts loop) {
        this.loop = loop;
    }

    @Override
    public void apply(
            Attempt attempt,
            Reply<? super UpstreamResponse> reply,
            Service<DispatchedAttempt, UpstreamResponse> next) {
        RoutedRequest routed = attempt.routed;
        long now = loop.loop().now();
        EndpointPool pinned = routed.pinned();
        if (pinned != null) {
            next.apply(dispatched(attempt, pinned.pool()), reply);
            return;
        }
        Loaded<EndpointPool> chosen =
                routed.cluster().balancer().pick(loop.loop().dice(), now, attempt.avoid);
        if (chosen == null) {
            reply.failed(new Failure.Unroutable(Reason.NO_ENDPOINT, routed.cluster().name()));
            return;
        }
        attempt.chosen = chosen;
        chosen.begin(now);
        next.apply(dispatched(attempt, chosen.endpoint().pool()), new Measured(chosen, now, reply));
    }

    private static DispatchedAttempt dispatched(Attempt attempt, UpstreamPool pool) {
        Exchange exchange = attempt.routed.exchange();
        RouteRule rule = attempt.routed.rule();
        return new DispatchedAttempt(
                exchange,
                pool,
                RetryPolicy.announced(exchange.record.callerAttempt, attempt.number),
                rule.timeouts().connect().toNanos(),
                rule.retry().perTryTimeout().toNanos());
    }

    /// Tells the balancer how long the first byte took and whether it was a good one.
    private final class Measured implements Reply<UpstreamResponse> {
        private final Loaded<EndpointPool> endpoint;
        private final long since;
        private final Reply<? super UpstreamResponse> reply;

        Measured(Loaded<EndpointPool> endpoint, long since, Reply<? super UpstreamResponse> reply) {
            this.endpoint = endpoint;
            this.since = since;
            this.reply = reply;
        }

        @Override
        public void answered(UpstreamResponse response) {
            done(response.outcome() < 500);
            reply.answered(response);
        }

        @Override
        public void failed(Failure failure) {
            done(failure.reason() == Reason.CLIENT_GONE);
            reply.failed(failure);
        }

        private void done(boolean success) {
            long now = loop.loop().now();
            endpoint.end(now, now - since, success);
        }
    }
}
