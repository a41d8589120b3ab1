package io.proa.proxy;

import io.proa.host.SocketMark;
import io.proa.identity.TlsContext;
import io.proa.model.SpiffeId;
import io.proa.proxy.http.Connector;
import io.proa.proxy.http.UpstreamTarget;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.loop.PlainLink;
import io.proa.proxy.loop.TlsBroken;
import io.proa.proxy.loop.TlsLink;
import io.proa.telemetry.ExchangeObserver;
import io.proa.telemetry.ExchangeObserver.Handshake;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;

/// Opens the sidecar's own connections: marked, so that the redirect rules let them pass.
final class MarkedConnector implements Connector {
    private final Loop loop;
    private final IdentityGate identity;
    private final boolean mark;
    private final ExchangeObserver observer;

    /// @param mark false where nothing is redirected
    MarkedConnector(Loop loop, IdentityGate identity, boolean mark, ExchangeObserver observer) {
        this.loop = loop;
        this.identity = identity;
        this.mark = mark;
        this.observer = observer;
    }

    @Override
    public Link connect(UpstreamTarget target, String protocol, LinkHandler handler)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (mark) {
                SocketMark.set(channel);
            }
            boolean connected = channel.connect(target.address().toSocketAddress());
            int interest = connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT;
            return link(channel, target, protocol, handler, interest, connected);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private Link link(
            SocketChannel channel,
            UpstreamTarget target,
            String protocol,
            LinkHandler handler,
            int interest,
            boolean connected)
            throws IOException {
        SpiffeId expected = target.identity();
        if (expected == null) {
            Link link = new PlainLink(loop, channel, handler, interest);
            if (connected) {
                loop.execute(handler::established);
            }
            return link;
        }
        TlsContext context = identity.current();
        if (context == null) {
            throw new IOException("the sidecar has no identity yet");
        }
        TlsLink link =
                new TlsLink(
                        loop,
                        channel,
                        handler,
                        interest,
                        context.client(expected, target.serverName(), List.of(protocol)));
        if (connected) {
            try {
                link.startHandshake();
            } catch (IOException e) {
                link.abort();
                throw e;
            }
        }
        return link;
    }

    /// Connections to the application beside us are not counted: they never leave the pod.
    @Override
    public void established(UpstreamTarget target, Link link) {
        if (target.mesh() && link instanceof TlsLink tls) {
            observer.handshake(
                    Direction.OUTBOUND,
                    tls.engine().resumed() ? Handshake.RESUMED : Handshake.FULL);
            observer.connectionOpened(Direction.OUTBOUND, Security.MUTUAL_TLS);
        }
    }

    @Override
    public void closed(UpstreamTarget target, Link link) {
        if (target.mesh()) {
            observer.connectionClosed(Direction.OUTBOUND, Security.MUTUAL_TLS);
        }
    }

    @Override
    public void refused(UpstreamTarget target, IOException cause) {
        if (cause instanceof TlsBroken) {
            observer.handshake(Direction.OUTBOUND, Handshake.FAILED);
        }
    }
}
