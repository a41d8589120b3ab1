package io.proa.proxy;

import io.proa.identity.VerifiedPeer;
import io.proa.model.IpPort;
import io.proa.model.RouteRule;
import io.proa.model.ServiceName;
import io.proa.proxy.http.UpstreamTarget;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.route.Destination;
import io.proa.proxy.route.EndpointPool;
import io.proa.proxy.tunnel.Tunnel;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Loaded;
import io.proa.traffic.Reason;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds the other end for a connection whose bytes are not read: an endpoint in mutual TLS,
/// another one while none has taken the connection yet; or the outside, as it is.
final class OutboundTunnel implements LinkHandler, Speculation {
    private static final String PROTOCOL = "proa-tcp";
    private static final long OUTSIDE_CONNECT_NANOS = 10_000_000_000L;

    private final LoopParts loop;
    private final Link client;
    private final Destination destination;
    private final boolean awaited;
    private final ExchangeRecord record;
    private final Timer timer = new Timer();
    private @Nullable Link upstream;
    private @Nullable Loaded<EndpointPool> chosen;

    /// Whether the endpoint chosen last has been told that it is used, and not yet that it no
    /// longer is.
    private boolean begun;

    private boolean over;

    /// Told of what happens before it is known whether there will be a tunnel; null once it is.
    private @Nullable Heard heard;

    private boolean standing;

    private OutboundTunnel(
            LoopParts loop,
            Link client,
            Destination destination,
            boolean awaited,
            @Nullable Heard heard) {
        this.loop = loop;
        this.awaited = awaited;
        this.client = client;
        this.destination = destination;
        this.heard = heard;
        this.record = new ExchangeRecord(Direction.OUTBOUND, loop.loop().now());
        record.method = "TCP";
    }

    /// @param awaited whether the client waits for being told that the connection stands
    static void open(LoopParts loop, Link client, Destination destination, boolean awaited) {
        OutboundTunnel tunnel = new OutboundTunnel(loop, client, destination, awaited, null);
        tunnel.takeClient();
        tunnel.open();
    }

    /// A connection to the endpoint while the client is silent: perhaps the server speaks first.
    /// The client stays whose it is until [#commit].
    static OutboundTunnel speculate(
            LoopParts loop, Link client, Destination destination, Heard heard) {
        OutboundTunnel tunnel = new OutboundTunnel(loop, client, destination, false, heard);
        tunnel.open();
        return tunnel;
    }

    private void takeClient() {
        client.handler(new WaitingClient());
        loop.clients().tunnels(Direction.OUTBOUND, 1);
    }

    @Override
    public void commit() {
        if (over || heard == null) {
            return;
        }
        heard = null;
        client.wantRead(false);
        takeClient();
        if (standing) {
            begin();
        }
    }

    @Override
    public void withdraw() {
        if (over) {
            return;
        }
        over = true;
        timer.cancel();
        if (upstream != null) {
            upstream.abort();
        }
        release(true);
    }

    @Override
    public void giveUp() {
        client.abort();
        finish(record.reason, record.detail);
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            failed(Reason.CONNECT_TIMEOUT, "after the time for one connect");
        }
    }

    /// The client may leave before there is anyone to talk to.
    private final class WaitingClient implements LinkHandler {
        @Override
        public void readable() {}

        @Override
        public void writable() {}

        @Override
        public void broken(IOException cause) {
            end(Reason.CLIENT_GONE, String.valueOf(cause.getMessage()));
        }
    }

    /// A connection that is not taken.
    ///
    /// @param owner whose the address is, where that is known
    static void refused(
            LoopParts loop, IpPort address, Reason reason, @Nullable ServiceName owner) {
        ExchangeRecord record = new ExchangeRecord(Direction.OUTBOUND, loop.loop().now());
        record.method = "TCP";
        record.remote = address;
        record.service = owner;
        record.reason = reason;
        record.detail =
                owner == null
                        ? address.toString()
                        : address + ": " + owner + " has no port " + address.port();
        record.endedAt = loop.loop().clock();
        loop.observer().ended(record);
    }

    private void open() {
        if (loop.loop().slabs().isShedding() || loop.loop().isCrowded()) {
            end(Reason.SHED, "no new work is begun for now");
            return;
        }
        record.attempts++;
        switch (destination) {
            case Destination.ToService(Cluster cluster) -> toService(cluster);
            case Destination.ToEndpoint(Cluster cluster, EndpointPool pinned) -> {
                record.service = cluster.name();
                connect(pinned.pool().target(), rule(cluster).timeouts().connect().toNanos());
            }
            case Destination.Outside(List<IpPort> addresses) ->
                    connect(
                            new UpstreamTarget(addresses.get(record.attempts - 1), null, "", false),
                            OUTSIDE_CONNECT_NANOS);
        }
    }

    private void toService(Cluster cluster) {
        record.service = cluster.name();
        if (record.attempts == 1) {
            cluster.budget().deposit(rule(cluster).retry(), loop.loop().now());
        }
        Loaded<EndpointPool> next =
                cluster.balancer().pick(loop.loop().dice(), loop.loop().now(), chosen);
        if (next == null) {
            end(Reason.NO_ENDPOINT, cluster.name().toString());
            return;
        }
        chosen = next;
        begun = true;
        next.begin(loop.loop().now());
        connect(next.endpoint().pool().target(), rule(cluster).timeouts().connect().toNanos());
    }

    /// Bytes have no path or method: the rule that matches everything else holds.
    private static RouteRule rule(Cluster cluster) {
        return cluster.lastRule();
    }

    private void connect(UpstreamTarget target, long nanos) {
        record.remote = target.address();
        record.security = target.identity() == null ? Security.PLAINTEXT : Security.MUTUAL_TLS;
        loop.loop().schedule(timer, nanos == 0 ? OUTSIDE_CONNECT_NANOS : nanos);
        try {
            upstream = loop.connector().connect(target, PROTOCOL, this);
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void established() {
        timer.cancel();
        Link link = Objects.requireNonNull(upstream);
        record.sentAt = loop.loop().clock();
        VerifiedPeer peer = link.peer();
        if (peer != null) {
            record.peer = peer.id();
        }
        standing = true;
        if (heard == null) {
            begin();
        }
    }

    private void begin() {
        Link link = Objects.requireNonNull(upstream);
        over = true;
        if (awaited && !ProxyDeparture.established(client)) {
            link.abort();
            release(true);
            finish(Reason.CLIENT_GONE, "before it could be told that the connection stands");
            return;
        }
        long idle =
                destination instanceof Destination.ToService(Cluster cluster)
                        ? rule(cluster).timeouts().tcpIdle().toNanos()
                        : 0;
        loop.observer().connectionOpened(Direction.OUTBOUND, record.security);
        if (record.security == Security.MUTUAL_TLS) {
            // Not to the outside: there the application decides whether a pause ends it.
            link.keepAlive();
        }
        new Tunnel(client, link, record, this::ended, idle).start();
    }

    private void ended(ExchangeRecord done) {
        loop.clients().tunnels(Direction.OUTBOUND, -1);
        release(done.reason == Reason.NONE || done.reason == Reason.CLIENT_GONE);
        loop.observer().connectionClosed(Direction.OUTBOUND, done.security);
        loop.observer().ended(done);
    }

    @Override
    public void readable() {
        // TLS makes progress only by being read, and says when it is established.
        Link link = upstream;
        try {
            if (link == null) {
                return;
            }
            int n = link.fill();
            if (standing) {
                Heard hearing = heard;
                if (n != 0 && hearing != null) {
                    link.wantRead(false);
                    hearing.serverSpoke(n > 0);
                }
            } else if (n < 0) {
                failed(Reason.CONNECT_FAILED, "closed during the handshake");
            }
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void writable() {}

    @Override
    public void broken(IOException cause) {
        failed(LoopParts.connectReason(cause), String.valueOf(cause.getMessage()));
    }

    /// No byte has been sent: the next endpoint may have it.
    private void failed(Reason reason, String detail) {
        if (over) {
            return;
        }
        timer.cancel();
        standing = false;
        if (upstream != null) {
            upstream.abort();
            upstream = null;
        }
        release(false);
        record.failedAttempts++;
        if (destination instanceof Destination.Outside(List<IpPort> addresses)
                && record.attempts < addresses.size()) {
            loop.loop().execute(this::openAgain);
        } else if (destination instanceof Destination.ToService(Cluster cluster)
                && record.attempts < rule(cluster).retry().maxAttempts()
                && cluster.budget().tryWithdraw(rule(cluster).retry(), loop.loop().now())) {
            record.retriedFor[Math.min(record.attempts, record.retriedFor.length) - 1] = reason;
            loop.loop().execute(this::openAgain);
        } else {
            end(reason, detail);
        }
    }

    private void openAgain() {
        if (!over) {
            open();
        }
    }

    private void release(boolean success) {
        Loaded<EndpointPool> endpoint = chosen;
        if (endpoint != null && begun) {
            begun = false;
            long now = loop.loop().now();
            // How long it stood says nothing of how quick the endpoint is.
            long took = record.sentAt > 0 ? record.sentAt : now;
            endpoint.end(now, took - record.startedAt, success);
        }
    }

    private void end(Reason reason, String detail) {
        if (over) {
            return;
        }
        over = true;
        timer.cancel();
        if (upstream != null) {
            upstream.abort();
        }
        if (heard != null) {
            release(false);
            record.reason = reason;
            record.detail = detail;
            heard.failed();
            return;
        }
        if (awaited && reason != Reason.CLIENT_GONE) {
            ProxyDeparture.refused(client, reason, detail);
        } else {
            client.abort();
        }
        release(reason == Reason.CLIENT_GONE);
        finish(reason, detail);
    }

    private void finish(Reason reason, String detail) {
        if (heard == null) {
            loop.clients().tunnels(Direction.OUTBOUND, -1);
        }
        record.reason = reason;
        record.detail = detail;
        record.endedAt = loop.loop().clock();
        loop.observer().ended(record);
    }
}
