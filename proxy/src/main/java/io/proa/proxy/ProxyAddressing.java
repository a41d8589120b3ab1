package io.proa.proxy;

import io.proa.model.IpPort;
import io.proa.model.ServiceName;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.Cancellable;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.route.Destination;
import io.proa.traffic.Failure;
import io.proa.traffic.Filter;
import io.proa.traffic.Reason;
import io.proa.traffic.Reply;
import io.proa.traffic.Service;
import io.proa.traffic.Timeout;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the [Destination] of a request that names its host itself, as requests to an HTTP proxy
/// do: first by the names of the services in the snapshot, then by the [Resolver].
///
/// What is found is treated as if the application had connected to that address; what lies outside
/// the mesh, and CONNECT, leave the stack here.
final class ProxyAddressing
        implements Filter<ArrivedRequest, UpstreamResponse, ArrivedRequest, UpstreamResponse> {
    /// How long a name may take to be resolved, and then a destination to become known.
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private static final int HTTP_PORT = 80;

    private final LoopParts loop;
    private final ProxyDeparture departure;

    ProxyAddressing(LoopParts loop) {
        this.loop = loop;
        this.departure = new ProxyDeparture(loop);
    }

    @Override
    public void apply(
            ArrivedRequest request,
            Reply<? super UpstreamResponse> reply,
            Service<ArrivedRequest, UpstreamResponse> next) {
        Exchange exchange = request.exchange();
        String authority = exchange.authority();
        if (authority.isEmpty()) {
            refuse(reply, "this is an HTTP proxy: saw a path alone, expected a whole URI");
        } else if (exchange.wantsTls()) {
            refuse(reply, "saw https://, expected CONNECT " + authority);
        } else {
            ProxyAddress wanted =
                    ProxyAddress.parse(authority, exchange.isConnect() ? 0 : HTTP_PORT);
            if (wanted == null) {
                refuse(reply, "saw '" + authority + "', expected HOST:PORT");
            } else {
                new Search(request, wanted, reply, next).begin();
            }
        }
    }

    private static void refuse(Reply<? super UpstreamResponse> reply, String detail) {
        reply.failed(new Failure.Refused(Reason.BAD_REQUEST, detail));
    }

    /// One request until it is known where it goes.
    private final class Search extends Timeout implements Cancellable {
        private final ArrivedRequest request;
        private final Exchange exchange;
        private final ProxyAddress wanted;
        private final Reply<? super UpstreamResponse> reply;
        private final Service<ArrivedRequest, UpstreamResponse> next;
        private final Runnable known = this::known;
        private List<InetAddress> addresses = List.of();
        private @Nullable IpPort asked;
        private boolean parked;
        private boolean over;

        Search(
                ArrivedRequest request,
                ProxyAddress wanted,
                Reply<? super UpstreamResponse> reply,
                Service<ArrivedRequest, UpstreamResponse> next) {
            this.request = request;
            this.exchange = request.exchange();
            this.wanted = wanted;
            this.reply = reply;
            this.next = next;
        }

        void begin() {
            InetAddress address = wanted.literal();
            if (address == null) {
                address = loop.clusters().named(wanted.host());
            }
            if (address != null) {
                resolved(List.of(address));
                return;
            }
            List<InetAddress> lately = loop.names().find(wanted.host());
            if (lately != null) {
                resolved(lately);
            } else {
                park();
                loop.names().ask(wanted.host(), this::resolved);
            }
        }

        private void resolved(List<InetAddress> found) {
            if (over) {
                return;
            }
            if (found.isEmpty()) {
                fail(Reason.UNKNOWN_DESTINATION, "no address is known for " + wanted.host());
                return;
            }
            addresses = found;
            IpPort first = new IpPort(found.getFirst(), wanted.port());
            if (first.ip().isLoopbackAddress() || first.ip().isAnyLocalAddress()) {
                // Pods without a network of their own share it; nobody has to be asked.
                outside(first);
            } else if (!settled(first)) {
                ask(first);
            }
        }

        private void ask(IpPort first) {
            if (!loop.subscriptions().waitFor(first) && loop.clusters().snapshot() != null) {
                outside(first);
            } else {
                asked = first;
                park();
                loop.clusters().whenKnown(first, known);
            }
        }

        private void known() {
            IpPort first = asked;
            asked = null;
            if (first != null && !over) {
                settled(first);
            }
        }

        /// @return whether the snapshot says what becomes of the request
        private boolean settled(IpPort first) {
            Destination found = loop.clusters().find(first);
            if (found instanceof Destination.Outside) {
                outside(first);
                return true;
            }
            if (found != null) {
                go(first, found);
                return true;
            }
            ServiceName owner = loop.clusters().owner(first.ip());
            if (owner != null) {
                fail(Reason.UNKNOWN_DESTINATION, owner + " has no port " + first.port());
            }
            return owner != null;
        }

        private void outside(IpPort first) {
            if (loop.isOwn(first)) {
                fail(Reason.UNKNOWN_DESTINATION, wanted + " is the sidecar itself");
            } else {
                List<IpPort> all =
                        addresses.stream().map(ip -> new IpPort(ip, wanted.port())).toList();
                go(first, new Destination.Outside(all));
            }
        }

        private void go(IpPort address, Destination found) {
            unpark();
            over = true;
            exchange.readdress(address, found);
            if (exchange.isConnect()) {
                departure.connect(exchange, address, found);
            } else if (found instanceof Destination.Outside outside) {
                departure.leave(exchange, outside, reply);
            } else {
                next.apply(request, reply);
            }
        }

        private void fail(Reason reason, String detail) {
            unpark();
            over = true;
            reply.failed(new Failure.Refused(reason, detail));
        }

        /// The answer takes a while: others will use the loop's tools meanwhile.
        private void park() {
            if (!parked) {
                parked = true;
                exchange.keepHead();
                exchange.waitFor(this);
                loop.loop().schedule(this, PATIENCE_NANOS);
            }
        }

        private void unpark() {
            if (parked) {
                parked = false;
                cancel();
                exchange.waitFor(null);
                exchange.edits().clear();
            }
            if (asked != null) {
                loop.clusters().giveUp(asked, known);
                asked = null;
            }
        }

        @Override
        protected void expired(long nowNanos) {
            boolean named = asked != null;
            fail(
                    named ? Reason.NO_CONFIGURATION : Reason.UNKNOWN_DESTINATION,
                    named ? wanted.toString() : wanted.host() + " could not be resolved in time");
        }

        @Override
        public void cancel(Failure why) {
            unpark();
            over = true;
            reply.failed(why);
        }
    }
}
