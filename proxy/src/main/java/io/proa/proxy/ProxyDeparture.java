package io.proa.proxy;

import io.proa.formats.StatusLines;
import io.proa.model.AppProtocol;
import io.proa.model.IpPort;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.route.Destination;
import io.proa.traffic.Failure;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What a request to the HTTP proxy does that does not go through the stack: it leaves the mesh, or
/// asks for a tunnel.
final class ProxyDeparture {
    private static final long CONNECT_NANOS = 10_000_000_000L;
    private static final long IDLE_NANOS = 3_600_000_000_000L;
    private static final byte[] ESTABLISHED =
            "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final LoopParts loop;
    private final Dispatching dispatching = new Dispatching();

    ProxyDeparture(LoopParts loop) {
        this.loop = loop;
    }

    /// Passes a request to the outside, as it is.
    void leave(
            Exchange exchange, Destination.Outside outside, Reply<? super UpstreamResponse> reply) {
        exchange.startCallerDeadline(IDLE_NANOS);
        exchange.record.attempts = 1;
        new Passage(exchange, outside, reply).dispatch();
    }

    /// One request to the outside, at its first address and then the others while it cannot be
    /// sent.
    private final class Passage implements Reply<UpstreamResponse> {
        private final Exchange exchange;
        private final Destination.Outside outside;
        private final Reply<? super UpstreamResponse> reply;
        private int at;

        Passage(
                Exchange exchange,
                Destination.Outside outside,
                Reply<? super UpstreamResponse> reply) {
            this.exchange = exchange;
            this.outside = outside;
            this.reply = reply;
        }

        void dispatch() {
            dispatching.apply(
                    new DispatchedAttempt(
                            exchange,
                            loop.plaintext(outside.addresses().get(at)),
                            1,
                            CONNECT_NANOS,
                            0),
                    this);
        }

        @Override
        public void answered(UpstreamResponse response) {
            exchange.record.failedAttempts += response.status() >= 500 ? 1 : 0;
            reply.answered(response);
        }

        @Override
        public void failed(Failure failure) {
            if (failure instanceof Failure.NotSent
                    && at + 1 < outside.addresses().size()
                    && !exchange.isOver()) {
                at++;
                dispatch();
            } else {
                exchange.record.failedAttempts++;
                reply.failed(failure);
            }
        }
    }

    /// Turns the client's connection into one to `address`.
    void connect(Exchange exchange, IpPort address, Destination found) {
        Link link = exchange.takeLink();
        if (protocol(found) == AppProtocol.TCP) {
            // Nobody speaks before the other end does: the answer can wait until it stands.
            OutboundTunnel.open(loop, link, found, true);
        } else if (established(link)) {
            OutboundConnection.adopt(loop, link, address, found);
        }
    }

    private static AppProtocol protocol(Destination found) {
        return switch (found) {
            case Destination.ToService(var cluster) -> cluster.port().protocol();
            case Destination.ToEndpoint(var cluster, var _) -> cluster.port().protocol();
            case Destination.Outside _ -> AppProtocol.TCP;
        };
    }

    /// Answers CONNECT.
    ///
    /// @return whether the client is still there
    static boolean established(Link link) {
        return send(link, ESTABLISHED);
    }

    /// Answers CONNECT where the other end cannot be had.
    static void refused(Link link, Reason reason, String detail) {
        String sentence = "proa: " + reason.sentence() + ": " + detail + "\n";
        if (send(
                link,
                StatusLines.response(reason.status(), reason.code(), sentence, true, false))) {
            link.closeLingering();
        }
    }

    private static boolean send(Link link, byte[] answer) {
        if (!link.canWrite()) {
            link.abort();
            return false;
        }
        Slab out = link.loop().slabs().take(answer.length);
        out.whole().put(0, answer);
        out.tail = answer.length;
        try {
            link.send(out);
            return true;
        } catch (IOException _) {
            link.abort();
            return false;
        }
    }
}
