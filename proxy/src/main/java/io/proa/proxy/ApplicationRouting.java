package io.proa.proxy;

import io.proa.model.IpPort;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.RetryPolicy;
import io.proa.traffic.Service;
import org.jspecify.annotations.Nullable;

/// To the application beside this sidecar: at the address the caller used, or at that of the other
/// family.
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
        Failure against = loop.refusedPath(exchange);
        if (against != null) {
            reply.failed(against);
            return;
        }
        IpPort address = loop.addresses().first(request.port(), exchange.arrival().destination());
        if (address == null) {
            Reason unknown = Reason.NO_CONFIGURATION;
            reply.failed(new Failure.Unroutable(unknown, request.port().service()));
            return;
        }
        exchange.record.attempts = 1;
        // The caller's sidecar has decided, or there is none: here no rule looks at requests.
        exchange.passOtherUpgrades();
        new Passage(exchange, address, reply, next).dispatch();
    }

    /// One request on its way to the application; notes how that itself did.
    private final class Passage implements Reply<UpstreamResponse> {
        private final Exchange exchange;
        private final Reply<? super UpstreamResponse> reply;
        private final Service<DispatchedAttempt, UpstreamResponse> next;
        private IpPort address;
        private @Nullable IpPort refusedAt;
        private @Nullable Failure refusal;

        Passage(
                Exchange exchange,
                IpPort address,
                Reply<? super UpstreamResponse> reply,
                Service<DispatchedAttempt, UpstreamResponse> next) {
            this.exchange = exchange;
            this.address = address;
            this.reply = reply;
            this.next = next;
        }

        void dispatch() {
            int announced = RetryPolicy.announced(exchange.record.callerAttempt, 1);
            next.apply(
                    new DispatchedAttempt(
                            exchange, loop.plaintext(address), announced, CONNECT_NANOS, 0),
                    this);
        }

        @Override
        public void answered(UpstreamResponse response) {
            learn();
            exchange.record.failedAttempts += response.outcome() >= 500 ? 1 : 0;
            reply.answered(response);
        }

        @Override
        public void failed(Failure failure) {
            boolean refused = ApplicationAddresses.isRefusal(failure);
            Failure before = refusal;
            IpPort other =
                    refused && before == null && !exchange.isOver()
                            ? loop.addresses().other(address)
                            : null;
            if (other != null) {
                refusal = failure;
                refusedAt = address;
                address = other;
                dispatch();
                return;
            }
            if (!refused) {
                learn();
            }
            exchange.record.failedAttempts++;
            reply.failed(refused && before != null ? before : failure);
        }

        private void learn() {
            if (refusedAt != null) {
                loop.addresses().learn(refusedAt, address);
            }
        }
    }
}
