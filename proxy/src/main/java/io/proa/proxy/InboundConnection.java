package io.proa.proxy;

import io.proa.formats.MalformedProxyHeader;
import io.proa.formats.ProxyHeader;
import io.proa.identity.TlsContext;
import io.proa.identity.TlsEngine;
import io.proa.identity.VerifiedPeer;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.proxy.InboundTarget.Entry;
import io.proa.proxy.http.Arrival;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.PlainLink;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.loop.TlsBroken;
import io.proa.proxy.loop.TlsLink;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.telemetry.ExchangeObserver.Handshake;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection towards the application, from its acceptance until it is known who calls and which
/// port they mean.
///
/// On the mesh port TLS says both; plaintext from outside is read only where it may pass at all.
final class InboundConnection implements LinkHandler {
    private static final String OPAQUE = "proa-tcp";
    private static final List<String> PROTOCOLS = List.of("h2", "http/1.1", OPAQUE);
    private static final long HANDSHAKE_NANOS = 5_000_000_000L;

    private final LoopParts loop;
    private final SocketChannel channel;
    private final Timer timer = new Timer();
    private @Nullable Link link;
    private @Nullable InboundTarget plaintext;
    private boolean handedOver;

    /// Whether a PROXY header is awaited, and what it said.
    private boolean announced;

    private @Nullable InetSocketAddress source;
    private @Nullable Detection detection;

    private InboundConnection(LoopParts loop, SocketChannel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            InboundTarget target = plaintext;
            if (target == null) {
                loop.observer().handshake(Direction.INBOUND, Handshake.FAILED);
                refuse(Reason.TLS_FAILED, "timeout");
            } else {
                withoutHeader(target, "the PROXY header did not arrive in time");
            }
        }
    }

    private void detected(SpokenProtocol spoken, DetectedBy how) {
        loop.observer().detected(Direction.INBOUND, spoken, how);
    }

    /// A connection to the mesh port.
    static void acceptMesh(LoopParts loop, SocketChannel accepted) throws IOException {
        InboundConnection connection = new InboundConnection(loop, accepted);
        TlsContext context = loop.identity().current();
        if (context == null) {
            // Without an identity there is nobody to prove ourselves as: closed at once, and
            // counted.
            loop.observer().inboundRefused(Reason.NO_CONFIGURATION, "");
            accepted.close();
            return;
        }
        connection.link =
                TlsLink.accepted(loop.loop(), accepted, connection, context.server(PROTOCOLS));
        loop.loop().schedule(connection.timer, HANDSHAKE_NANOS);
    }

    /// A connection from outside the mesh to `dialled`, or to a published port.
    static void acceptPlaintext(LoopParts loop, SocketChannel accepted, InboundTarget target)
            throws IOException {
        InboundConnection connection = new InboundConnection(loop, accepted);
        connection.plaintext = target;
        PlainLink plain = new PlainLink(loop.loop(), accepted, connection, SelectionKey.OP_READ);
        connection.link = plain;
        loop.observer().connectionOpened(Direction.INBOUND, Security.PLAINTEXT);
        if (target.port().acceptProxy()) {
            connection.announced = true;
            loop.loop().schedule(connection.timer, HANDSHAKE_NANOS);
        } else {
            connection.begin(target);
        }
    }

    private void begin(InboundTarget target) {
        switch (target.port().protocol()) {
            case HTTP, DETECT -> {
                boolean declared = target.port().protocol() == AppProtocol.HTTP;
                Detection begun = new Detection(link(), declared, new Plaintext(target));
                detection = begun;
                begun.begin();
            }
            case HTTP2 -> http(target, HttpVersion.HTTP2, null, DetectedBy.DECLARED);
            case TCP -> {
                detected(SpokenProtocol.OPAQUE, DetectedBy.DECLARED);
                tunnel(target, null, null);
            }
        }
    }

    /// It is known which port is meant, and what remains is what is spoken.
    private final class Plaintext implements Detection.Undecided {
        private final InboundTarget target;

        Plaintext(InboundTarget target) {
            this.target = target;
        }

        @Override
        public FirstWord firstWord() {
            return loop.words().of(target.port().targetPort());
        }

        @Override
        public Speculation speculate(Speculation.Heard heard) {
            return InboundTunnel.speculate(loop, link(), target, dialled(), remote(), heard);
        }

        @Override
        public void http(HttpVersion version, DetectedBy how) {
            InboundConnection.this.http(target, version, null, how);
        }

        @Override
        public void other(SpokenProtocol spoken, DetectedBy how, @Nullable Speculation tried) {
            detected(spoken, how);
            tunnel(target, null, tried);
        }
    }

    /// Reads where the connection comes from, before anything else is made of it.
    private void readHeader(InboundTarget target, boolean ended) {
        Slab slab = link().in;
        ProxyHeader header = null;
        try {
            header = slab == null ? null : ProxyHeader.read(slab.whole(), slab.head, slab.tail);
        } catch (MalformedProxyHeader e) {
            withoutHeader(target, String.valueOf(e.getMessage()));
            return;
        }
        if (header == null) {
            if (ended) {
                withoutHeader(target, "the connection ends before its PROXY header does");
            }
            return;
        }
        timer.cancel();
        announced = false;
        source = header.source();
        if (slab != null) {
            slab.head += header.length();
        }
        link().settle();
        begin(target);
        if (!handedOver && (link().in != null || ended)) {
            Objects.requireNonNull(detection).judge(ended);
        }
    }

    /// Who does not say where it comes from has not the right to be here.
    private void withoutHeader(InboundTarget target, String why) {
        loop.observer().inboundRefused(Reason.PROXY_HEADER, "");
        InboundTunnel.refused(loop, target, remote(), Reason.PROXY_HEADER, why);
        over();
        link().abort();
    }

    @Override
    public void established() {
        timer.cancel();
        TlsEngine engine = ((TlsLink) link()).engine();
        loop.observer()
                .handshake(
                        Direction.INBOUND, engine.resumed() ? Handshake.RESUMED : Handshake.FULL);
        VerifiedPeer peer = engine.peer();
        ApplicationPort port = meant(engine.serverName());
        if (peer == null || port == null) {
            refuse(peer == null ? Reason.DENIED : Reason.UNKNOWN_DESTINATION, "");
            return;
        }
        loop.observer().connectionOpened(Direction.INBOUND, Security.MUTUAL_TLS);
        InboundTarget target = new InboundTarget(port, Entry.MESH);
        if (OPAQUE.equals(engine.applicationProtocol()) || port.protocol() == AppProtocol.TCP) {
            detected(SpokenProtocol.OPAQUE, DetectedBy.CALLER);
            tunnel(target, peer, null);
        } else {
            boolean streams = HttpVersion.HTTP2.alpn().equals(engine.applicationProtocol());
            http(target, streams ? HttpVersion.HTTP2 : HttpVersion.HTTP1, peer, DetectedBy.CALLER);
        }
    }

    /// The declared port that SNI names; Proa's own ports are never among them.
    private @Nullable ApplicationPort meant(@Nullable String serverName) {
        MeshName name = MeshName.parse(serverName);
        MeshSnapshot now = loop.clusters().snapshot();
        if (name == null || now == null) {
            return null;
        }
        for (ApplicationPort port : now.self().ports()) {
            if (port.port() == name.port() && port.service().equals(name.service())) {
                return port;
            }
        }
        return null;
    }

    @Override
    public void readable() {
        Link from = link();
        try {
            int n = from.fill();
            InboundTarget target = plaintext;
            if (target != null && announced) {
                readHeader(target, n < 0);
            } else if (target != null) {
                Objects.requireNonNull(detection).judge(n < 0);
            } else if (n < 0 && !handedOver) {
                refuse(Reason.TLS_FAILED, "closed");
            }
            // A peer may end its direction in the very record batch that completes the handshake:
            // whoever took the link
            // over then reads that end itself.
        } catch (IOException e) {
            if (handedOver) {
                from.fail(e);
            } else {
                broken(e);
            }
        }
    }

    private void http(
            InboundTarget target,
            HttpVersion version,
            @Nullable VerifiedPeer peer,
            DetectedBy how) {
        handedOver = true;
        Security security = peer == null ? Security.PLAINTEXT : Security.MUTUAL_TLS;
        detected(version == HttpVersion.HTTP2 ? SpokenProtocol.HTTP2 : SpokenProtocol.HTTP1, how);
        Arrival arrival =
                new Arrival(
                        Direction.INBOUND, security, version, peer, remote(), dialled(), target);
        loop.clients().serve(link(), arrival, loop.inbound());
    }

    private void tunnel(
            InboundTarget target, @Nullable VerifiedPeer peer, @Nullable Speculation tried) {
        handedOver = true;
        link().wantRead(false);
        if (tried != null) {
            tried.commit();
        } else {
            InboundTunnel.open(loop, link(), target, peer, dialled(), remote());
        }
    }

    /// The pod's own address that the connection came to; null on a Unix socket.
    private @Nullable IpPort dialled() {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress address
                    ? IpPort.of(address)
                    : null;
        } catch (IOException _) {
            return null;
        }
    }

    /// Where the client is, as far as it is known.
    private @Nullable IpPort remote() {
        InetSocketAddress told = source;
        if (told != null) {
            return told.getPort() == 0 ? null : IpPort.of(told);
        }
        return link().remoteAddress() instanceof InetSocketAddress address
                ? IpPort.of(address)
                : null;
    }

    private void refuse(Reason reason, String code) {
        timer.cancel();
        loop.observer().inboundRefused(reason, code);
        if (link() instanceof TlsLink tls && OPAQUE.equals(tls.engine().applicationProtocol())) {
            // An end in order would be shown to the application as the whole of the stream.
            tls.abort();
        } else {
            // An end in order, before any byte of a response: the caller may safely ask another.
            link().close();
        }
    }

    private void over() {
        timer.cancel();
        if (detection != null) {
            detection.end();
        }
        if (plaintext != null) {
            loop.observer().connectionClosed(Direction.INBOUND, Security.PLAINTEXT);
        }
    }

    private Link link() {
        return Objects.requireNonNull(link);
    }

    @Override
    public void writable() {}

    @Override
    public void broken(IOException cause) {
        over();
        if (plaintext == null) {
            loop.observer().handshake(Direction.INBOUND, Handshake.FAILED);
            String code =
                    cause instanceof TlsBroken tls
                            ? tls.failure().code().name().toLowerCase(java.util.Locale.ROOT)
                            : "reset";
            loop.observer().inboundRefused(Reason.TLS_FAILED, code);
        }
        link().abort();
    }
}
