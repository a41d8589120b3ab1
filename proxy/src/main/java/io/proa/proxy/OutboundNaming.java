package io.proa.proxy;

import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.CallerContexts;
import io.proa.traffic.CallerContexts.Caller;
import io.proa.traffic.Filter;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;
import org.jspecify.annotations.Nullable;

/// Names what the application sends, and finds the request on whose behalf it does so, as far as
/// the application propagates an id: that one's attempt number and deadline then hold here too.
final class OutboundNaming
        implements Filter<ArrivedRequest, UpstreamResponse, ArrivedRequest, UpstreamResponse> {
    private final LoopParts loop;
    private final Naming naming;

    OutboundNaming(LoopParts loop) {
        this.loop = loop;
        this.naming = new Naming(loop);
    }

    @Override
    public void apply(
            ArrivedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<ArrivedRequest, UpstreamResponse> next) {
        Exchange exchange = request.exchange();
        naming.name(exchange);
        Caller caller = caller(exchange);
        if (caller != null) {
            exchange.record.callerAttempt = caller.attempt();
            exchange.callerDeadline(caller.deadlineNanos());
        }
        // On this side the keys only look things up; nothing is kept under them.
        exchange.traceKey = 0;
        exchange.requestKey = 0;
        next.apply(request, reply);
    }

    private @Nullable Caller caller(Exchange exchange) {
        CallerContexts callers = loop.callers();
        Caller byTrace = callers.get(exchange.traceKey);
        Caller found = byTrace != null ? byTrace : callers.get(exchange.requestKey);
        MessageHead head = exchange.head();
        if (!head.has(KnownHeader.BAGGAGE)) {
            return found;
        }
        int traceId = Baggage.find(head, exchange.headBytes());
        if (found == null && traceId >= 0) {
            found = callers.get(naming.traceKey(exchange.headBytes(), traceId));
        }
        Baggage.rewrite(head, exchange.headBytes(), exchange.edits(), null);
        return found;
    }
}
