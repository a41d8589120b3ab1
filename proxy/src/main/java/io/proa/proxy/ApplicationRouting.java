package io.proa.proxy;

import io.proa.model.ApplicationPort;
import io.proa.model.IpPort;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.RetryPolicy;
import io.proa.traffic.Service;

/// To the application beside this sidecar, at the address the caller used.
final class ApplicationRouting
        implements Filter<PermittedRequest, UpstreamResponse, DispatchedAttempt, UpstreamResponse> {
    private static final long CONNECT_NANOS = 1_000_000_000L;

    private final LoopParts loop;

    ApplicationRouting(LoopParts loop) {
        this.loop = loop;
    }

    @Override
    public void apply(
            PermittedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<DispatchedAttempt, UpstreamResponse> next) {
        Exchange exchange = request.exchange();
        ApplicationPort port = request.port();
        IpPort address = loop.applicationAddress(port, exchange.arrival.destination());
        if (address == null) {
            reply.failed(new Failure.Unroutable(Reason.NO_CONFIGURATION, port.service()));
            return;
        }
        exchange.record.attempts = 1;
        int announced = RetryPolicy.announced(exchange.record.callerAttempt, 1);
        next.apply(
                new DispatchedAttempt(
                        exchange, loop.application(address), announced, CONNECT_NANOS, 0),
                new Counted(exchange, reply));
    }

    /// Notes how the application itself did.
    private record Counted(Exchange exchange, Reply<? super UpstreamResponse> reply)
            implements Reply<UpstreamResponse> {
        @Override
        public void answered(UpstreamResponse response) {
            exchange.record.failedAttempts += response.status() >= 500 ? 1 : 0;
            reply.answered(response);
        }

        @Override
        public void failed(Failure failure) {
            exchange.record.failedAttempts++;
            reply.failed(failure);
        }
    }
}
