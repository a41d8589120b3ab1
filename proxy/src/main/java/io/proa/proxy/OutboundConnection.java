package io.proa.proxy;

import io.proa.model.AppProtocol;
import io.proa.model.IpPort;
import io.proa.model.ServiceName;
import io.proa.proxy.http.Arrival;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.PlainLink;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.route.Destination;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import io.proa.traffic.Timeout;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection of the application, from its acceptance until it is known where it goes and what it
/// speaks.
final class OutboundConnection implements LinkHandler {
    /// How long a destination nobody knew may take to become known; the application waits
    /// meanwhile.
    private static final long CONFIGURATION_NANOS = 5_000_000_000L;

    private final LoopParts loop;
    private final IpPort address;
    private final Link link;
    private final Runnable known = this::known;
    private final Timeout timer =
            new Timeout() {
                @Override
                protected void expired(long nowNanos) {
                    loop.clusters().giveUp(address, known);
                    refuse(Reason.NO_CONFIGURATION, null);
                }
            };
    private @Nullable Detection detection;

    private OutboundConnection(LoopParts loop, SocketChannel accepted, IpPort address)
            throws IOException {
        this.loop = loop;
        this.address = address;
        // Registered for nothing yet: bytes wait in the kernel until there is somewhere to send
        // them.
        this.link = new PlainLink(loop.loop(), accepted, this, 0);
    }

    private OutboundConnection(LoopParts loop, Link link, IpPort address) {
        this.loop = loop;
        this.address = address;
        this.link = link;
    }

    static void accept(LoopParts loop, SocketChannel accepted, IpPort address) throws IOException {
        new OutboundConnection(loop, accepted, address).resolve();
    }

    /// A connection that is known to go to `found`, with what has been read from it already.
    static void adopt(LoopParts loop, Link link, IpPort address, Destination found) {
        OutboundConnection connection = new OutboundConnection(loop, link, address);
        link.handler(connection);
        connection.go(found);
        Detection begun = connection.detection;
        if (begun != null && link.in != null) {
            begun.judge(false);
        }
    }

    private void resolve() {
        if (found()) {
            return;
        }
        if (!loop.subscriptions().waitFor(address) && loop.clusters().snapshot() != null) {
            go(new Destination.Outside(address));
        } else {
            loop.clusters().whenKnown(address, known);
            loop.loop().schedule(timer, CONFIGURATION_NANOS);
        }
    }

    private void known() {
        timer.cancel();
        found();
    }

    /// @return whether the snapshot says what becomes of the connection
    private boolean found() {
        Destination found = loop.clusters().find(address);
        if (found != null) {
            go(found);
            return true;
        }
        ServiceName owner = loop.clusters().owner(address.ip());
        if (owner != null) {
            // Nobody has to be asked for a port that its service does not have.
            refuse(Reason.UNKNOWN_DESTINATION, owner);
        }
        return owner != null;
    }

    private void go(Destination found) {
        AppProtocol protocol =
                switch (found) {
                    case Destination.ToService(Cluster cluster) -> cluster.port().protocol();
                    case Destination.ToEndpoint(Cluster cluster, var _) ->
                            cluster.port().protocol();
                    case Destination.Outside _ -> AppProtocol.TCP;
                };
        Resolved resolved = new Resolved(found);
        switch (protocol) {
            case HTTP, DETECT -> {
                Detection begun = new Detection(link, protocol == AppProtocol.HTTP, resolved);
                detection = begun;
                link.wantRead(true);
                begun.begin();
            }
            case HTTP2 -> resolved.http(HttpVersion.HTTP2, DetectedBy.DECLARED);
            case TCP ->
                    resolved.other(
                            SpokenProtocol.OPAQUE,
                            found instanceof Destination.Outside
                                    ? DetectedBy.OUTSIDE
                                    : DetectedBy.DECLARED,
                            null);
        }
    }

    /// It is known where it goes, and what remains is what it speaks.
    private final class Resolved implements Detection.Undecided {
        private final Destination destination;

        Resolved(Destination destination) {
            this.destination = destination;
        }

        @Override
        public FirstWord firstWord() {
            return switch (destination) {
                case Destination.ToService(Cluster cluster) -> cluster.firstWord();
                case Destination.ToEndpoint(Cluster cluster, var _) -> cluster.firstWord();
                case Destination.Outside _ -> throw new IllegalStateException("it is opaque");
            };
        }

        @Override
        public Speculation speculate(Speculation.Heard heard) {
            return OutboundTunnel.speculate(loop, link, destination, heard);
        }

        @Override
        public void http(HttpVersion version, DetectedBy how) {
            loop.observer()
                    .detected(
                            Direction.OUTBOUND,
                            version == HttpVersion.HTTP2
                                    ? SpokenProtocol.HTTP2
                                    : SpokenProtocol.HTTP1,
                            how);
            Arrival arrival =
                    new Arrival(
                            Direction.OUTBOUND,
                            Security.PLAINTEXT,
                            version,
                            null,
                            null,
                            address,
                            destination);
            loop.clients().serve(link, arrival, loop.outbound());
        }

        @Override
        public void other(SpokenProtocol spoken, DetectedBy how, @Nullable Speculation tried) {
            loop.observer().detected(Direction.OUTBOUND, spoken, how);
            link.wantRead(false);
            if (tried != null) {
                tried.commit();
            } else {
                OutboundTunnel.open(loop, link, destination, false);
            }
        }
    }

    @Override
    public void readable() {
        try {
            boolean ended = link.fill() < 0;
            Objects.requireNonNull(detection).judge(ended);
        } catch (IOException e) {
            broken(e);
        }
    }

    /// Nothing is answered in a protocol we do not know: the application sees a reset, the operator
    /// the reason.
    private void refuse(Reason reason, @Nullable ServiceName owner) {
        OutboundTunnel.refused(loop, address, reason, owner);
        link.abort();
    }

    @Override
    public void writable() {}

    @Override
    public void broken(IOException cause) {
        timer.cancel();
        loop.clusters().giveUp(address, known);
        if (detection != null) {
            detection.end();
        }
        link.abort();
    }
}
