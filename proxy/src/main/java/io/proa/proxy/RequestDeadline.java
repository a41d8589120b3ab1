package io.proa.proxy;

import io.proa.model.TimeoutRule;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Deadline;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;

/// Starts the rule's request timeout; what the caller's own deadline left (found by
/// [OutboundNaming]) bounds it further.
final class RequestDeadline
        implements Filter<RoutedRequest, UpstreamResponse, RoutedRequest, UpstreamResponse> {
    @Override
    public void apply(
            RoutedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<RoutedRequest, UpstreamResponse> next) {
        Exchange exchange = request.exchange();
        TimeoutRule timeouts = request.rule().timeouts();
        long bound = timeouts.request().toNanos();
        exchange.deadline(
                bound == 0 ? Deadline.NONE : new Deadline(exchange.record.startedAt + bound),
                timeouts);
        exchange.callerDeadline(GrpcDeadline.of(exchange));
        if (exchange.deadline().passed(exchange.loop().now())) {
            reply.failed(new Failure.Refused(Reason.DEADLINE, "it had passed on arrival"));
        } else {
            next.apply(request, reply);
        }
    }
}
