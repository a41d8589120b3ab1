package io.proa.proxy;

import io.proa.formats.KnownHeader;
import io.proa.formats.MessageHead;
import io.proa.model.TimeoutRule;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Filter;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;
import java.nio.ByteBuffer;

/// Names what arrives, and takes attempt number and deadline from the caller's sidecar; from anyone
/// else they are only removed. What was learned is kept while the application works, for the calls
/// it makes meanwhile.
final class InboundNaming
        implements Filter<ArrivedRequest, UpstreamResponse, ArrivedRequest, UpstreamResponse> {
    private static final int MOST_DIGITS = 10;
    private static final long PEER_IDLE_NANOS = 3_600_000_000_000L;
    private static final long OUTSIDE_IDLE_NANOS = TimeoutRule.DEFAULT.idle().toNanos();

    /// The caller's sidecar ends the request at its deadline and hangs up; this side would do so at
    /// the same moment, and which of the two were first would be chance, with another reason in the
    /// metrics each time. So this side only ends what is left over.
    private static final long DEADLINE_GRACE_NANOS = 250_000_000L;

    private final LoopParts loop;
    private final Naming naming;

    InboundNaming(LoopParts loop) {
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
        InboundTarget target = (InboundTarget) exchange.arrival().target();
        exchange.record.service = target.port().service();
        long deadline = Long.MAX_VALUE;
        if (exchange.arrival().peer() != null) {
            exchange.record.callerAttempt =
                    Math.max(1, number(exchange, KnownHeader.X_PROA_ATTEMPT, 2));
            int millis = number(exchange, KnownHeader.X_PROA_DEADLINE_MS, MOST_DIGITS);
            if (millis > 0) {
                deadline = exchange.record.startedAt + millis * 1_000_000L;
                exchange.callerDeadline(deadline + DEADLINE_GRACE_NANOS);
            }
        }
        GrpcDeadline.passOn(exchange, deadline);
        boolean worthKnowing = exchange.record.callerAttempt > 1 || deadline != Long.MAX_VALUE;
        Baggage.rewrite(
                exchange.head(),
                exchange.headBytes(),
                exchange.edits(),
                worthKnowing ? naming.traceId() : null);
        loop.callers().put(exchange.traceKey, exchange.record.callerAttempt, deadline);
        loop.callers().put(exchange.requestKey, exchange.record.callerAttempt, deadline);
        // The caller's sidecar knows the rule and enforces it; whoever has none does not wait for
        // ever.
        exchange.startCallerDeadline(
                exchange.arrival().peer() != null ? PEER_IDLE_NANOS : OUTSIDE_IDLE_NANOS);
        next.apply(request, reply);
    }

    /// A decimal header value, or 0 where it is absent or anything else.
    private static int number(Exchange exchange, KnownHeader name, int mostDigits) {
        MessageHead head = exchange.head();
        int at = head.find(name);
        if (at < 0) {
            return 0;
        }
        ByteBuffer bytes = exchange.headBytes();
        int start = head.valueStart(at);
        int end = head.valueEnd(at);
        if (end - start > mostDigits) {
            return 0;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = bytes.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            value = value * 10 + digit;
        }
        return (int) Math.min(value, Integer.MAX_VALUE);
    }
}
