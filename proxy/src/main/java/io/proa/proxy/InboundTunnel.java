package io.proa.proxy;

import io.proa.formats.ProxyHeader;
import io.proa.identity.VerifiedPeer;
import io.proa.model.IpPort;
import io.proa.model.SentSource;
import io.proa.proxy.http.UpstreamTarget;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.tunnel.Tunnel;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Joins a connection whose bytes are not read to the application, after the same question of who
/// may call.
final class InboundTunnel implements LinkHandler, Speculation {
    private static final long CONNECT_NANOS = 1_000_000_000L;
    // Whose caller has a rule bounds it there.
    private static final long IDLE_NANOS = 0;

    private final LoopParts loop;
    private final Link client;
    private final InboundTarget target;
    private final boolean identified;
    private final @Nullable IpPort dialled;
    private final ExchangeRecord record;
    private final Timeout timer =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    end(Reason.CONNECT_TIMEOUT, "the application");
                }
            };
    private @Nullable Link upstream;
    private @Nullable IpPort address;
    private @Nullable IpPort refusedAt;
    private String refusal = "";
    private boolean over;
    private @Nullable Heard heard;
    private boolean standing;

    private InboundTunnel(
            LoopParts loop,
            Link client,
            InboundTarget target,
            @Nullable VerifiedPeer peer,
            @Nullable IpPort dialled,
            @Nullable IpPort remote,
            @Nullable Heard heard) {
        this.loop = loop;
        this.client = client;
        this.target = target;
        this.identified = peer != null;
        this.dialled = dialled;
        this.record = new ExchangeRecord(Direction.INBOUND, loop.loop().now());
        record.method = "TCP";
        record.security = identified ? Security.MUTUAL_TLS : Security.PLAINTEXT;
        record.peer = peer == null ? null : peer.id();
        record.remote = remote;
        record.service = target.port().service();
        this.heard = heard;
    }

    static void open(
            LoopParts loop,
            Link client,
            InboundTarget target,
            @Nullable VerifiedPeer peer,
            @Nullable IpPort dialled,
            @Nullable IpPort remote) {
        InboundTunnel tunnel = new InboundTunnel(loop, client, target, peer, dialled, remote, null);
        tunnel.takeClient();
        tunnel.open();
    }

    /// A connection that is not taken.
    static void refused(
            LoopParts loop,
            InboundTarget target,
            @Nullable IpPort remote,
            Reason reason,
            String detail) {
        ExchangeRecord record = new ExchangeRecord(Direction.INBOUND, loop.loop().now());
        record.method = "TCP";
        record.remote = remote;
        record.service = target.port().service();
        record.reason = reason;
        record.detail = detail;
        record.endedAt = loop.loop().clock();
        loop.observer().ended(record);
    }

    /// A connection to the application while its client, who is outside the mesh, is silent; like
    /// [OutboundTunnel#speculate].
    static InboundTunnel speculate(
            LoopParts loop,
            Link client,
            InboundTarget target,
            @Nullable IpPort dialled,
            @Nullable IpPort remote,
            Heard heard) {
        InboundTunnel tunnel =
                new InboundTunnel(loop, client, target, null, dialled, remote, heard);
        tunnel.open();
        return tunnel;
    }

    private void takeClient() {
        client.handler(new WaitingClient());
        loop.clients().tunnels(Direction.INBOUND, 1);
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
    }

    @Override
    public void giveUp() {
        client.abort();
        record.endedAt = loop.loop().clock();
        ended(record);
    }

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

    private void open() {
        Reason against =
                loop.loop().slabs().isShedding() || loop.loop().isCrowded()
                        ? Reason.SHED
                        : loop.permitting().against(target, identified);
        if (against != Reason.NONE) {
            end(against, target.port().service().toString());
            return;
        }
        IpPort first = loop.addresses().first(target.port(), dialled);
        if (first == null) {
            end(Reason.NO_CONFIGURATION, target.port().service().toString());
            return;
        }
        record.attempts = 1;
        loop.loop().schedule(timer, CONNECT_NANOS);
        connect(first);
    }

    private void connect(IpPort to) {
        address = to;
        try {
            upstream = loop.connector().connect(new UpstreamTarget(to, null, "", false), "", this);
        } catch (IOException e) {
            broken(e);
        }
    }

    @Override
    public void established() {
        if (over) {
            return;
        }
        timer.cancel();
        standing = true;
        if (heard == null) {
            begin();
        }
    }

    private void begin() {
        over = true;
        if (refusedAt != null) {
            loop.addresses().learn(refusedAt, Objects.requireNonNull(address));
        }
        record.sentAt = loop.loop().clock();
        client.keepAlive();
        announce(Objects.requireNonNull(upstream));
        new Tunnel(client, Objects.requireNonNull(upstream), record, this::ended, IDLE_NANOS)
                .start();
    }

    /// Tells the application from where the connection comes, if it wants to know.
    private void announce(Link to) {
        SentSource version = target.port().sendProxy();
        if (version == SentSource.NONE) {
            return;
        }
        InetSocketAddress source = socketAddress(record.remote);
        InetSocketAddress destination = socketAddress(dialled == null ? address : dialled);
        byte[] header =
                version == SentSource.V1
                        ? ProxyHeader.version1(source, destination)
                        : ProxyHeader.version2(source, destination);
        Slab slab = loop.loop().slabs().take(header.length);
        slab.whole().put(0, header);
        slab.tail = header.length;
        try {
            to.send(slab);
        } catch (IOException e) {
            // The tunnel finds the same.
            record.detail = message(e);
        }
    }

    private static @Nullable InetSocketAddress socketAddress(@Nullable IpPort address) {
        return address == null ? null : address.toSocketAddress();
    }

    private void ended(ExchangeRecord done) {
        if (heard == null) {
            loop.clients().tunnels(Direction.INBOUND, -1);
        }
        loop.observer().connectionClosed(Direction.INBOUND, done.security);
        loop.observer().ended(done);
    }

    @Override
    public void readable() {
        Link link = upstream;
        Heard hearing = heard;
        try {
            if (link != null && standing && hearing != null) {
                int n = link.fill();
                if (n != 0) {
                    link.wantRead(false);
                    hearing.serverSpoke(n > 0);
                }
            }
        } catch (IOException e) {
            end(Reason.UPSTREAM_RESET, message(e));
        }
    }

    @Override
    public void writable() {}

    @Override
    public void broken(IOException cause) {
        if (standing) {
            end(Reason.UPSTREAM_RESET, message(cause));
            return;
        }
        IpPort refused = address;
        IpPort other =
                over || refused == null || refusedAt != null
                        ? null
                        : loop.addresses().other(refused);
        if (other == null) {
            end(Reason.CONNECT_FAILED, refusal.isEmpty() ? message(cause) : refusal);
        } else {
            refusedAt = refused;
            refusal = message(cause);
            connect(other);
        }
    }

    private static String message(IOException cause) {
        return String.valueOf(cause.getMessage());
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
        record.reason = reason;
        record.detail = detail;
        if (heard != null) {
            heard.failed();
            return;
        }
        client.abort();
        record.endedAt = loop.loop().clock();
        ended(record);
    }
}
