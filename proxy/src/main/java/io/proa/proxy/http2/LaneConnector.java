package io.proa.proxy.http2;

import io.proa.proxy.http.Connector;
import io.proa.proxy.http.HttpVersion;
import io.proa.proxy.http.UpstreamTarget;
import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import io.proa.proxy.loop.Loop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Opens lanes where HTTP/2 is asked for, each on a connection that has room for a stream more;
/// everything else is another connector's. Loop-confined.
public final class LaneConnector implements Connector {
    /// A connection older than this is given no lane more.
    private static final long MOST_AGE_NANOS = 3_600_000_000_000L;

    private final Connector connections;
    private final Loop loop;
    private final Http2Tools tools;
    private final Map<UpstreamTarget, List<ClientSession>> sessions = new HashMap<>();
    private @Nullable IOException lastFailure;

    public LaneConnector(Connector connections, Loop loop, Http2Tools tools) {
        this.connections = connections;
        this.loop = loop;
        this.tools = tools;
    }

    @Override
    public Link connect(UpstreamTarget target, String protocol, LinkHandler handler)
            throws IOException {
        if (!HttpVersion.HTTP2.alpn().equals(protocol)) {
            return connections.connect(target, protocol, handler);
        }
        ClientSession session = withRoom(target);
        if (session == null) {
            session = open(target);
        }
        Lane lane = session.open(handler);
        if (session.isEstablished()) {
            loop.execute(() -> {
                if (!lane.isClosed()) {
                    handler.established();
                }
            });
        }
        return lane;
    }

    private @Nullable ClientSession withRoom(UpstreamTarget target) {
        for (ClientSession each : sessions.getOrDefault(target, List.of())) {
            if (each.hasRoom() && loop.now() - each.openedAt() < MOST_AGE_NANOS) {
                return each;
            }
        }
        return null;
    }

    private ClientSession open(UpstreamTarget target) throws IOException {
        Opening opening = new Opening();
        Link link = connections.connect(target, HttpVersion.HTTP2.alpn(), opening);
        ClientSession session =
                new ClientSession(link, tools, target.mesh(), new Ownership(target));
        opening.session = session;
        sessions.computeIfAbsent(target, _ -> new ArrayList<>(1)).add(session);
        return session;
    }

    /// Handles a link until its session, which needs it, is there.
    private static final class Opening implements LinkHandler {
        private @Nullable ClientSession session;

        private ClientSession session() {
            return java.util.Objects.requireNonNull(session);
        }

        @Override
        public void established() {
            session().established();
        }

        @Override
        public void readable() {
            session().readable();
        }

        @Override
        public void writable() {
            session().writable();
        }

        @Override
        public void broken(IOException cause) {
            session().broken(cause);
        }
    }

    private final class Ownership implements ClientSession.Owner {
        private final UpstreamTarget target;

        Ownership(UpstreamTarget target) {
            this.target = target;
        }

        @Override
        public void established(ClientSession session) {
            connections.established(target, session.link());
        }

        @Override
        public void gone(ClientSession session) {
            List<ClientSession> all = sessions.get(target);
            if (all != null && all.remove(session) && all.isEmpty()) {
                sessions.remove(target);
            }
            if (session.isEstablished()) {
                connections.closed(target, session.link());
            }
        }
    }

    @Override
    public void established(UpstreamTarget target, Link link) {
        if (!(link instanceof Lane)) {
            connections.established(target, link);
        }
    }

    @Override
    public void closed(UpstreamTarget target, Link link) {
        if (!(link instanceof Lane)) {
            connections.closed(target, link);
        }
    }

    /// All lanes of a connection fail by one cause, and it is one failure.
    @Override
    @SuppressWarnings("ReferenceEquality") // the very same, not one that looks like it
    public void refused(UpstreamTarget target, IOException cause) {
        if (cause != lastFailure) {
            lastFailure = cause;
            connections.refused(target, cause);
        }
    }

    @Override
    public @Nullable String describe(IOException cause) {
        return connections.describe(cause);
    }
}
