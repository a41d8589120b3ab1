package io.proa.proxy;

import io.proa.host.OriginalDestination;
import io.proa.host.SocketOwner;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.model.ServiceName;
import io.proa.proxy.InboundTarget.Entry;
import io.proa.proxy.http.Arrival;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Listener;
import io.proa.proxy.loop.PlainLink;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The listeners of a data plane: which there are, and what a connection to each becomes.
final class Doors {
    private static final ServiceName UNDECLARED = new ServiceName("outside", "undeclared");
    private static final String ANOTHER_USER =
            "this proxy is for one user's program, and the connection is another user's";
    private static final Object UNADDRESSED = new Object();

    private final DataPlaneSettings settings;
    private final List<Listener> all = new ArrayList<>();
    private final List<SocketAddress> addresses = new ArrayList<>();
    private final Map<String, SocketAddress> bound = new LinkedHashMap<>();

    Doors(DataPlaneSettings settings) {
        this.settings = settings;
    }

    /// Binds one loop's listeners; the loops share TCP ports.
    ///
    /// @throws IOException naming the address that could not be had
    void open(LoopParts loop) throws IOException {
        boolean first = all.isEmpty();
        DataPlaneSettings.Proxy proxy = settings.proxy();
        if (proxy != null) {
            add(loop, "proxy", proxy.listen(), accepted -> asked(loop, accepted, proxy.users()));
        }
        if (settings.outbound() != null) {
            add(loop, "outbound", settings.outbound(), accepted -> redirected(loop, accepted));
        }
        int number = 0;
        for (DataPlaneSettings.Forward forward : settings.forwards()) {
            number++;
            add(
                    loop,
                    "forward-" + number,
                    forward.listen(),
                    accepted -> OutboundConnection.accept(loop, accepted, forward.destination()));
        }
        if (settings.inbound() != null) {
            addInbound(loop, "inbound", settings.inbound(), accepted -> plaintext(loop, accepted));
        }
        if (settings.mesh() != null) {
            addInbound(
                    loop,
                    "mesh",
                    settings.mesh(),
                    accepted -> InboundConnection.acceptMesh(loop, accepted));
        }
        if (first) {
            for (DataPlaneSettings.Published published : settings.published()) {
                addInbound(
                        loop,
                        "published-" + published.port(),
                        UnixDomainSocketAddress.of(published.socket()),
                        accepted -> published(loop, accepted, published.port()));
            }
        }
    }

    private void addInbound(
            LoopParts loop, String name, SocketAddress address, Listener.Taker taker)
            throws IOException {
        loop.inboundListeners().add(add(loop, name, address, taker));
    }

    private Listener add(LoopParts loop, String name, SocketAddress address, Listener.Taker taker)
            throws IOException {
        // A port that the kernel chose for the first loop is the others' too.
        SocketAddress same = bound.getOrDefault(name, address);
        Listener listener = Listener.open(loop.loop(), same, taker);
        all.add(listener);
        addresses.add(listener.localAddress());
        bound.put(name, listener.localAddress());
        if (listener.localAddress() instanceof InetSocketAddress internet) {
            loop.own(internet.getPort());
        }
        return listener;
    }

    List<SocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    Map<String, SocketAddress> bound() {
        return Map.copyOf(bound);
    }

    /// Before the loops run.
    void close() {
        all.forEach(Listener::close);
    }

    /// A connection to the HTTP proxy, of this machine only and of certain users: who uses it
    /// speaks for the application.
    private static void asked(LoopParts loop, SocketChannel accepted, Set<Integer> users)
            throws IOException {
        if (!(accepted.getRemoteAddress() instanceof InetSocketAddress client)
                || !client.getAddress().isLoopbackAddress()) {
            loop.observer().inboundRefused(Reason.DENIED, "");
            accepted.close();
            return;
        }
        if (!users.isEmpty() && !users.contains(SocketOwner.ofPeer(accepted))) {
            PlaintextRefusal.turnAway(loop, accepted, Reason.DENIED, ANOTHER_USER);
            return;
        }
        Link link = new PlainLink(loop.loop(), accepted, LinkHandler.NOBODY, 0);
        Arrival arrival =
                new Arrival(
                        Direction.OUTBOUND,
                        Security.PLAINTEXT,
                        HttpVersion.HTTP1,
                        null,
                        null,
                        null,
                        UNADDRESSED);
        loop.clients().serve(link, arrival, loop.explicit());
    }

    private static void redirected(LoopParts loop, SocketChannel accepted) throws IOException {
        IpPort wanted = OriginalDestination.of(accepted);
        if (wanted == null) {
            // Dialled directly: sending it on to itself would never end.
            OutboundTunnel.refused(
                    loop,
                    IpPort.of((InetSocketAddress) accepted.getLocalAddress()),
                    Reason.UNKNOWN_DESTINATION,
                    null);
            accepted.close();
            return;
        }
        OutboundConnection.accept(loop, accepted, wanted);
    }

    private static void plaintext(LoopParts loop, SocketChannel accepted) throws IOException {
        MeshSnapshot now = loop.clusters().snapshot();
        IpPort wanted = loop.settings().transparent() ? OriginalDestination.of(accepted) : null;
        if (now == null || now.self().inbound() == InboundMode.STRICT || wanted == null) {
            PlaintextRefusal.turnAway(
                    loop, accepted, Reason.PLAINTEXT_REFUSED, Reason.PLAINTEXT_REFUSED.sentence());
            return;
        }
        ApplicationPort port = declared(now, wanted.port());
        if (port == null) {
            port =
                    new ApplicationPort(
                            UNDECLARED, wanted.port(), wanted.port(), AppProtocol.DETECT, false);
        }
        InboundConnection.acceptPlaintext(loop, accepted, new InboundTarget(port, Entry.PLAINTEXT));
    }

    private static void published(LoopParts loop, SocketChannel accepted, int number)
            throws IOException {
        MeshSnapshot now = loop.clusters().snapshot();
        ApplicationPort port = now == null ? null : declared(now, number);
        if (port == null) {
            loop.observer().inboundRefused(Reason.NO_CONFIGURATION, "");
            accepted.close();
            return;
        }
        InboundConnection.acceptPlaintext(loop, accepted, new InboundTarget(port, Entry.PUBLISHED));
    }

    private static @Nullable ApplicationPort declared(MeshSnapshot now, int number) {
        for (ApplicationPort port : now.self().ports()) {
            if (port.targetPort() == number || port.port() == number) {
                return port;
            }
        }
        return null;
    }
}
