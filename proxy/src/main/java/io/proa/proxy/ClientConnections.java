package io.proa.proxy;

import io.proa.formats.Flaw;
import io.proa.proxy.http.Arrival;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.ClientConnection;
import io.proa.proxy.http.ConnectionObserver;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.http2.ServerSession;
import io.proa.proxy.loop.Link;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.route.Destination;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.Service;
import io.proa.traffic.SpokenProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The HTTP connections of one loop's clients, so that they can be drained. Loop-confined.
final class ClientConnections {
    private static final ClientConnection.Patience PATIENCE =
            new ClientConnection.Patience(10_000_000_000L, 300_000_000_000L);

    private static final String SHORT_OF_MEMORY = "no new work is begun for now";

    private final LoopParts loop;
    private final Set<ClientConnection> inbound = new HashSet<>();
    private final Set<ClientConnection> outbound = new HashSet<>();
    private final Set<ServerSession> inboundSessions = new HashSet<>();
    private final Set<ServerSession> outboundSessions = new HashSet<>();
    private int inboundTunnels;
    private int outboundTunnels;
    private boolean drainingInbound;

    ClientConnections(LoopParts loop) {
        this.loop = loop;
    }

    /// Serves the link's requests from now on.
    void serve(Link link, Arrival arrival, Service<ArrivedRequest, UpstreamResponse> service) {
        switch (arrival.version()) {
            case HTTP1 -> serveConnection(link, arrival, service);
            case HTTP2 -> serveStreams(link, arrival, service);
        }
    }

    private void serveStreams(
            Link link, Arrival arrival, Service<ArrivedRequest, UpstreamResponse> service) {
        Set<ServerSession> all = sessions(arrival.direction());
        ServerSession session =
                new ServerSession(
                        link,
                        loop.http2Tools(),
                        new StreamClients(arrival, service),
                        PATIENCE.idleNanos());
        all.add(session);
        session.start();
        if (drainingInbound && arrival.direction() == Direction.INBOUND) {
            session.drain();
        }
    }

    private void serveConnection(
            Link link, Arrival arrival, Service<ArrivedRequest, UpstreamResponse> service) {
        ClientConnection connection =
                new ClientConnection(
                        link, loop.tools(), arrival, service, new Observer(arrival), PATIENCE);
        of(arrival.direction()).add(connection);
        connection.start();
        if (drainingInbound && arrival.direction() == Direction.INBOUND) {
            connection.drain();
        }
    }

    private Set<ServerSession> sessions(Direction direction) {
        return direction == Direction.INBOUND ? inboundSessions : outboundSessions;
    }

    private Set<ClientConnection> of(Direction direction) {
        return direction == Direction.INBOUND ? inbound : outbound;
    }

    /// Opaque connections that are open, or no longer.
    void tunnels(Direction direction, int change) {
        if (direction == Direction.INBOUND) {
            inboundTunnels += change;
        } else {
            outboundTunnels += change;
        }
    }

    /// Connections that speak HTTP.
    int requests(Direction direction) {
        return of(direction).size() + sessions(direction).size();
    }

    int open(Direction direction) {
        return requests(direction)
                + (direction == Direction.INBOUND ? inboundTunnels : outboundTunnels);
    }

    /// Ends each connection of that side after the exchange it is in.
    void drain(Direction direction) {
        drainingInbound |= direction == Direction.INBOUND;
        new ArrayList<>(of(direction)).forEach(ClientConnection::drain);
        new ArrayList<>(sessions(direction)).forEach(ServerSession::drain);
    }

    /// Whose requests come on the streams of a connection.
    private final class StreamClients implements ServerSession.Clients {
        private final Arrival arrival;
        private final Service<ArrivedRequest, UpstreamResponse> service;

        StreamClients(Arrival arrival, Service<ArrivedRequest, UpstreamResponse> service) {
            this.arrival = arrival;
            this.service = service;
        }

        @Override
        public void accept(Link lane) {
            new ClientConnection(
                            lane,
                            loop.tools(),
                            arrival,
                            service,
                            new LaneObserver(arrival),
                            PATIENCE)
                    .start();
        }

        @Override
        public void malformed(Flaw flaw) {
            ClientConnection.malformed(loop.loop(), arrival, new Observer(arrival), flaw);
        }

        @Override
        public void shed() {
            ClientConnection.malformed(
                    loop.loop(), arrival, new Observer(arrival), Reason.SHED, SHORT_OF_MEMORY);
        }

        @Override
        public void faulted(boolean flood, String why) {
            Reason reason = flood ? Reason.FLOOD : Reason.PROTOCOL_ERROR;
            ClientConnection.malformed(loop.loop(), arrival, new Observer(arrival), reason, why);
        }

        @Override
        public void ended(ServerSession session) {
            sessions(arrival.direction()).remove(session);
            new Observer(arrival).ended();
        }
    }

    /// The end of a lane is no end of a connection.
    private final class LaneObserver extends Observer {
        LaneObserver(Arrival arrival) {
            super(arrival);
        }

        @Override
        public void closed(ClientConnection connection) {}
    }

    private class Observer implements ConnectionObserver {
        private final Arrival arrival;
        private boolean answered;

        Observer(Arrival arrival) {
            this.arrival = arrival;
        }

        @Override
        public void malformed(ExchangeRecord record) {
            loop.observer().ended(record);
        }

        @Override
        public void responding(Exchange exchange) {
            if (!answered) {
                learn(exchange.record);
            }
            if (exchange.record.status >= 500) {
                exchange.describe();
            }
        }

        /// Only what answers in HTTP is known to speak it: any client may send what looks like it.
        private void learn(ExchangeRecord record) {
            if (record.reason != Reason.NONE || record.upstreamStatus == 0) {
                return;
            }
            answered = true;
            FirstWord word = firstWord();
            if (word != null) {
                SpokenProtocol spoken =
                        arrival.version() == HttpVersion.HTTP2
                                ? SpokenProtocol.HTTP2
                                : SpokenProtocol.HTTP1;
                word.saw(spoken, DetectedBy.FIRST_BYTES, loop.loop().now());
            }
        }

        private @Nullable FirstWord firstWord() {
            if (arrival.target() instanceof Destination.ToService(Cluster cluster)) {
                return cluster.firstWord();
            }
            if (arrival.target() instanceof Destination.ToEndpoint(Cluster cluster, var _)) {
                return cluster.firstWord();
            }
            return arrival.peer() == null && arrival.target() instanceof InboundTarget target
                    ? loop.words().of(target.port().targetPort())
                    : null;
        }

        @Override
        public boolean tellsSidecars(Arrival of) {
            return of.direction() == Direction.INBOUND && of.security() == Security.MUTUAL_TLS;
        }

        @Override
        public void closed(ClientConnection connection) {
            of(arrival.direction()).remove(connection);
            ended();
        }

        void ended() {
            if (arrival.direction() == Direction.INBOUND) {
                loop.observer().connectionClosed(Direction.INBOUND, arrival.security());
            }
        }
    }
}
