package io.proa.proxy;

import io.proa.model.AppProtocol;
import io.proa.model.IpPort;
import io.proa.model.ServiceName;
import io.proa.proxy.http.Arrival;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.PlainLink;
import io.proa.proxy.loop.Slab;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.route.Destination;
import io.proa.proxy.tunnel.FirstBytes;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import io.proa.traffic.Timeout;
import io.proa.traffic.TimerWheel;
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

    /// A client that says nothing for so long may be waiting for the server to speak first.
    static final long SILENCE_NANOS = 2_000_000L;

    /// Until a connection is made on trial, which decides nothing: timeouts are up to a tick late,
    /// and a server that speaks first is to be heard within 5 ms of when it would be directly.
    static final long SPECULATION_NANOS = SILENCE_NANOS - TimerWheel.TICK_NANOS;

    /// One that has begun to say what could be HTTP, and does not go on, is taken at its word.
    static final long HESITATION_NANOS = 1_000_000_000L;

    /// Where there is no connection to be had, a client of HTTP may still ask and be told why; any
    /// other is not kept from noticing.
    static final long UNREACHABLE_NANOS = 5_000_000_000L;

    private final LoopParts loop;
    private final IpPort address;
    private final Link link;
    private final Timer timer = new Timer();
    private final Runnable known = this::known;
    private @Nullable Destination destination;
    private boolean detecting;
    private boolean httpOnly;
    private long patience;
    private @Nullable Speculation speculation;
    private boolean unreachable;

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
        if ((connection.detecting || connection.httpOnly) && link.in != null) {
            connection.judge(false);
        }
    }

    private final class Timer extends Timeout {
        @Override
        protected void expired(long nowNanos) {
            if (destination == null) {
                loop.clusters().giveUp(address, known);
                refuse(Reason.NO_CONFIGURATION, null);
            } else if (patience > 0) {
                other(SpokenProtocol.OPAQUE, DetectedBy.FIRST_BYTES);
            } else if (unreachable) {
                Objects.requireNonNull(speculation).giveUp();
            } else {
                silent(loop.loop().now());
            }
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
        destination = found;
        AppProtocol protocol =
                switch (found) {
                    case Destination.ToService(Cluster cluster) -> cluster.port().protocol();
                    case Destination.ToEndpoint(Cluster cluster, var _) ->
                            cluster.port().protocol();
                    case Destination.Outside _ -> AppProtocol.TCP;
                };
        switch (protocol) {
            case HTTP -> {
                httpOnly = true;
                link.wantRead(true);
            }
            case HTTP2 -> http(HttpVersion.HTTP2);
            case TCP ->
                    tunnel(
                            SpokenProtocol.OPAQUE,
                            found instanceof Destination.Outside
                                    ? DetectedBy.OUTSIDE
                                    : DetectedBy.DECLARED);
            case DETECT -> {
                detecting = true;
                link.wantRead(true);
                if (firstWord().who(loop.loop().now()) == FirstWord.Who.UNKNOWN) {
                    loop.loop().schedule(timer, SPECULATION_NANOS);
                } else {
                    silent(loop.loop().now());
                }
            }
        }
    }

    /// The client has said nothing, and it is time to do something about it, or not yet.
    private void silent(long now) {
        FirstWord.Seen seen = firstWord().seen(now);
        if (firstWord().who(now) == FirstWord.Who.HTTP_CLIENT && seen != null) {
            // Looked at again when that is no longer believed: nobody waits for ever.
            loop.loop().schedule(timer, seen.believedFor(now));
        } else {
            speculate();
        }
    }

    private FirstWord firstWord() {
        return switch (Objects.requireNonNull(destination)) {
            case Destination.ToService(Cluster cluster) -> cluster.firstWord();
            case Destination.ToEndpoint(Cluster cluster, var _) -> cluster.firstWord();
            case Destination.Outside _ -> throw new IllegalStateException("it is opaque");
        };
    }

    /// Nothing is decided by that: whoever speaks first decides.
    private void speculate() {
        boolean known = firstWord().who(loop.loop().now()) == FirstWord.Who.SERVER;
        Heard heard = new Heard(known);
        Speculation tried =
                OutboundTunnel.speculate(loop, link, Objects.requireNonNull(destination), heard);
        speculation = tried;
        if (unreachable) {
            heard.unreachable(tried);
        }
    }

    private final class Heard implements Speculation.Heard {
        /// Whether the server is known to speak first.
        private final boolean known;

        Heard(boolean known) {
            this.known = known;
        }

        @Override
        public void serverSpoke(boolean said) {
            DetectedBy how = known ? DetectedBy.REMEMBERED : DetectedBy.SPECULATION;
            if (said) {
                firstWord().saw(SpokenProtocol.SERVER_FIRST, how, loop.loop().now());
            }
            tunnel(said ? SpokenProtocol.SERVER_FIRST : SpokenProtocol.OPAQUE, how);
        }

        @Override
        public void failed() {
            unreachable = true;
            if (speculation != null) {
                unreachable(speculation);
            }
        }

        void unreachable(Speculation tried) {
            if (known) {
                timer.cancel();
                tried.giveUp();
            } else if (patience == 0) {
                loop.loop().schedule(timer, UNREACHABLE_NANOS);
            }
        }
    }

    @Override
    public void readable() {
        try {
            judge(link.fill() < 0);
        } catch (IOException e) {
            broken(e);
        }
    }

    private void judge(boolean ended) {
        Slab slab = link.in;
        if (slab == null) {
            if (ended) {
                // Whoever has nothing to say may still want to hear something.
                other(SpokenProtocol.OPAQUE, DetectedBy.FIRST_BYTES);
            }
            return;
        }
        switch (FirstBytes.judge(slab.whole(), slab.head, slab.tail)) {
            case HTTP1 -> http(HttpVersion.HTTP1);
            case HTTP2 -> http(HttpVersion.HTTP2);
            case TLS -> other(SpokenProtocol.TLS, DetectedBy.FIRST_BYTES);
            case OPAQUE -> other(SpokenProtocol.OPAQUE, DetectedBy.FIRST_BYTES);
            case WORD -> hesitates(ended, httpIsSpoken() ? HESITATION_NANOS : SILENCE_NANOS);
            case MORE -> hesitates(ended, HESITATION_NANOS);
        }
    }

    private boolean httpIsSpoken() {
        return httpOnly || firstWord().who(loop.loop().now()) == FirstWord.Who.HTTP_CLIENT;
    }

    private void hesitates(boolean ended, long nanos) {
        if (ended || link.inputFull()) {
            // More will not come, or could not be read.
            other(SpokenProtocol.OPAQUE, DetectedBy.FIRST_BYTES);
        } else if (nanos > patience) {
            patience = nanos;
            loop.loop().schedule(timer, nanos);
        }
    }

    /// What is declared to be HTTP is told so where it is not.
    private void other(SpokenProtocol spoken, DetectedBy how) {
        if (httpOnly) {
            http(HttpVersion.HTTP1);
        } else {
            tunnel(spoken, how);
        }
    }

    private void http(HttpVersion version) {
        timer.cancel();
        loop.observer()
                .detected(
                        Direction.OUTBOUND,
                        version == HttpVersion.HTTP2 ? SpokenProtocol.HTTP2 : SpokenProtocol.HTTP1,
                        detecting ? DetectedBy.FIRST_BYTES : DetectedBy.DECLARED);
        if (speculation != null) {
            speculation.withdraw();
        }
        Arrival arrival =
                new Arrival(
                        Direction.OUTBOUND,
                        Security.PLAINTEXT,
                        version,
                        null,
                        null,
                        address,
                        Objects.requireNonNull(destination));
        loop.clients().serve(link, arrival, loop.outbound());
    }

    private void tunnel(SpokenProtocol spoken, DetectedBy how) {
        timer.cancel();
        loop.observer().detected(Direction.OUTBOUND, spoken, how);
        link.wantRead(false);
        if (speculation != null && !unreachable) {
            speculation.commit();
        } else {
            OutboundTunnel.open(loop, link, Objects.requireNonNull(destination), false);
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
        if (speculation != null) {
            speculation.withdraw();
        }
        link.abort();
    }
}
