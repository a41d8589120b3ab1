package io.proa.proxy;

import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.proxy.http.ArrivedRequest;
import io.proa.proxy.http.ConnectFailures;
import io.proa.proxy.http.Connector;
import io.proa.proxy.http.Exchange;
import io.proa.proxy.http.HttpTools;
import io.proa.proxy.http.UpstreamPool;
import io.proa.proxy.http.UpstreamResponse;
import io.proa.proxy.http.UpstreamTarget;
import io.proa.proxy.http2.Http2Tools;
import io.proa.proxy.http2.LaneConnector;
import io.proa.proxy.loop.Listener;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.route.Clusters;
import io.proa.proxy.tunnel.FirstWords;
import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.CallerContexts;
import io.proa.traffic.Failure;
import io.proa.traffic.PathPolicy;
import io.proa.traffic.Reason;
import io.proa.traffic.Service;
import io.proa.traffic.Stack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What belongs to one loop and to nobody else: its view of the mesh, its pools, its stacks, its
/// metrics.
final class LoopParts {
    private static final UpstreamPool.Limits MESH =
            new UpstreamPool.Limits(64, 30_000_000_000L, 3_600_000_000_000L, 1024, 1024);

    /// Below the five seconds after which common servers close: whoever closes first loses no
    /// request.
    private static final UpstreamPool.Limits APPLICATION =
            new UpstreamPool.Limits(64, 4_000_000_000L, 3_600_000_000_000L, 1024, 1024);

    private static final int MOST_PLAINTEXT = 64;

    private final Loop loop;
    private final DataPlaneSettings settings;
    private final HttpTools tools;
    private final Http2Tools http2Tools;
    private final IdentityGate identity;
    private final Subscriptions subscriptions;
    private final Permitting permitting;
    private final ClientConnections clients;
    private final Connector connector;
    private final ExchangeObserver observer;
    private final CallerContexts callers;
    private final Clusters clusters;
    private final ApplicationAddresses addresses;
    private final ResolvedNames names;
    private final FirstWords words = new FirstWords();
    private final Set<Integer> ownPorts = new HashSet<>();
    private final List<Listener> inboundListeners = new ArrayList<>();
    private final Map<IpPort, UpstreamPool> plaintext = new HashMap<>();
    private final Stack.Built<ArrivedRequest, UpstreamResponse> outbound;
    private final Stack.Built<ArrivedRequest, UpstreamResponse> inbound;
    private final Stack.Built<ArrivedRequest, UpstreamResponse> explicit;

    LoopParts(
            Loop loop,
            DataPlaneSettings settings,
            DataPlane.Surroundings around,
            ExchangeObserver observer,
            CallerContexts callers) {
        this.loop = loop;
        this.settings = settings;
        this.tools = new HttpTools(settings.headLimits());
        this.identity = around.identity();
        this.subscriptions = around.subscriptions();
        this.http2Tools = new Http2Tools(settings.headLimits());
        this.connector =
                new LaneConnector(
                        new MarkedConnector(loop, identity, settings.transparent(), observer),
                        loop,
                        http2Tools);
        this.permitting = new Permitting(this);
        this.clients = new ClientConnections(this);
        this.observer = observer;
        this.callers = callers;
        this.clusters = new Clusters(this::pool, settings.loops());
        this.addresses = new ApplicationAddresses(clusters, settings.explicit());
        this.names = new ResolvedNames(loop, around.resolver());
        this.outbound = OutboundStack.of(this);
        this.inbound = InboundStack.of(this);
        this.explicit = ExplicitStack.of(this);
    }

    private UpstreamPool pool(ServiceName service, ServicePort port, Endpoint endpoint) {
        IpPort address = endpoint.mesh();
        boolean mesh = endpoint.identity() != null;
        String serverName = mesh ? MeshName.of(service, port.port()) : "";
        UpstreamTarget target = new UpstreamTarget(address, endpoint.identity(), serverName, mesh);
        return new UpstreamPool(loop, tools, connector, target, MESH);
    }

    /// The pool to whoever speaks plaintext at `address`: the application, or the outside.
    UpstreamPool plaintext(IpPort address) {
        UpstreamPool known = plaintext.get(address);
        if (known == null) {
            known =
                    new UpstreamPool(
                            loop,
                            tools,
                            connector,
                            new UpstreamTarget(address, null, "", false),
                            APPLICATION);
            forgetUnused();
            plaintext.put(address, known);
        }
        return known;
    }

    /// In permissive mode the outside chooses ports: pools without connections are not kept for
    /// ever.
    private void forgetUnused() {
        if (plaintext.size() >= MOST_PLAINTEXT) {
            plaintext.values().removeIf(pool -> pool.open() == 0);
        }
    }

    /// Where the application listens.
    ApplicationAddresses addresses() {
        return addresses;
    }

    ResolvedNames names() {
        return names;
    }

    /// What the application speaks at its ports, where the outside reaches them.
    FirstWords words() {
        return words;
    }

    /// The sidecar listens on this port itself.
    void own(int port) {
        ownPorts.add(port);
    }

    /// Whether a loopback address is the sidecar's: what is sent there would never end.
    boolean isOwn(IpPort address) {
        return address.ip().isLoopbackAddress() && ownPorts.contains(address.port());
    }

    Loop loop() {
        return loop;
    }

    DataPlaneSettings settings() {
        return settings;
    }

    HttpTools tools() {
        return tools;
    }

    Http2Tools http2Tools() {
        return http2Tools;
    }

    Connector connector() {
        return connector;
    }

    IdentityGate identity() {
        return identity;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    Permitting permitting() {
        return permitting;
    }

    /// Where others come in; closed by a drain.
    List<Listener> inboundListeners() {
        return inboundListeners;
    }

    ClientConnections clients() {
        return clients;
    }

    /// Hands the record of an exchange over and forgets what was kept for its application.
    void ended(Exchange exchange) {
        if (exchange.traceKey != 0) {
            callers.remove(exchange.traceKey);
            callers.remove(exchange.requestKey);
        }
        observer.ended(exchange.record);
    }

    /// Why the path of a request is not one that this sidecar takes; null where it is.
    @Nullable Failure refusedPath(Exchange exchange) {
        PathPolicy paths = settings.paths();
        String against = paths.refusesAny() ? paths.refusal(exchange.path()) : null;
        return against == null ? null : new Failure.Refused(Reason.PATH_REFUSED, against);
    }

    static Reason connectReason(IOException cause) {
        return ConnectFailures.reason(cause);
    }

    ExchangeObserver observer() {
        return observer;
    }

    CallerContexts callers() {
        return callers;
    }

    Clusters clusters() {
        return clusters;
    }

    Service<ArrivedRequest, UpstreamResponse> outbound() {
        return outbound.service();
    }

    Service<ArrivedRequest, UpstreamResponse> inbound() {
        return inbound.service();
    }

    /// What the application sends to its HTTP proxy.
    Service<ArrivedRequest, UpstreamResponse> explicit() {
        return explicit.service();
    }

    String describeStacks() {
        return outbound.describe() + inbound.describe() + explicit.describe();
    }
}
