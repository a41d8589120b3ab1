package io.proa.proxy.route;

import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.proxy.http.UpstreamPool;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One loop's index of the snapshot: by address dialled and by service. Loop-confined, but for
/// [#all].
public final class Clusters {
    /// Opens the loop's pool for an endpoint.
    @FunctionalInterface
    public interface Pools {
        UpstreamPool open(ServiceName service, ServicePort port, Endpoint endpoint);
    }

    private record Key(ServiceName service, int port) {}

    private final Pools pools;
    private final int loops;
    private Map<IpPort, Destination> byAddress = Map.of();
    private Map<InetAddress, ServiceName> owners = Map.of();
    private Map<String, InetAddress> names = Map.of();
    private final Map<Key, Cluster> byService = new HashMap<>();
    private final Map<IpPort, List<Runnable>> waiting = new HashMap<>();
    private @Nullable MeshSnapshot snapshot;

    /// For whoever is not on the loop.
    private volatile List<Cluster> all = List.of();

    public Clusters(Pools pools, int loops) {
        this.pools = pools;
        this.loops = loops;
    }

    public @Nullable MeshSnapshot snapshot() {
        return snapshot;
    }

    /// Replaces the index; exchanges under way keep the clusters they have.
    public void adopt(MeshSnapshot next, long now) {
        Map<IpPort, Destination> index = new HashMap<>();
        Map<InetAddress, ServiceName> owned = new HashMap<>();
        Map<String, InetAddress> named = new HashMap<>();
        Map<Key, Cluster> alive = new HashMap<>();
        for (MeshService service : next.services()) {
            own(owned, service);
            name(named, service);
            for (ServicePort port : service.ports()) {
                Key key = new Key(service.name(), port.port());
                Cluster cluster = byService.remove(key);
                if (cluster == null) {
                    cluster = new Cluster(service, port, loops);
                }
                cluster.adopt(service, port, pools, now);
                alive.put(key, cluster);
                addAddresses(index, service, port, cluster);
            }
        }
        for (IpPort outside : next.outside()) {
            index.put(outside, new Destination.Outside(outside));
        }
        byService.values().forEach(Cluster::leave);
        byService.clear();
        byService.putAll(alive);
        byAddress = index;
        owners = owned;
        names = named;
        snapshot = next;
        all = List.copyOf(alive.values());
        wake();
    }

    private static void addAddresses(
            Map<IpPort, Destination> index,
            MeshService service,
            ServicePort port,
            Cluster cluster) {
        for (EndpointPool endpoint : cluster.endpoints()) {
            for (InetAddress address : endpoint.endpoint().addresses()) {
                index.put(
                        new IpPort(address, port.targetPort()),
                        new Destination.ToEndpoint(cluster, endpoint));
            }
        }
        for (InetAddress address : service.virtualAddresses()) {
            index.put(new IpPort(address, port.port()), new Destination.ToService(cluster));
        }
    }

    private static void own(Map<InetAddress, ServiceName> owned, MeshService service) {
        for (Endpoint endpoint : service.endpoints()) {
            for (InetAddress address : endpoint.addresses()) {
                // Pods without a network of their own share it: it is nobody's.
                if (!address.isLoopbackAddress()) {
                    owned.put(address, service.name());
                }
            }
        }
        for (InetAddress address : service.virtualAddresses()) {
            owned.put(address, service.name());
        }
    }

    /// As hosts files have it: bare, with its namespace, and as the mesh calls it.
    private static void name(Map<String, InetAddress> named, MeshService service) {
        if (!service.virtualAddresses().isEmpty()) {
            InetAddress address = service.virtualAddresses().getFirst();
            named.putIfAbsent(service.name().name(), address);
            named.put(service.name().toString(), address);
            named.put(service.name() + ".proa", address);
        }
    }

    /// Those of the snapshot. Any thread.
    public List<Cluster> all() {
        return all;
    }

    public @Nullable Destination find(IpPort address) {
        return byAddress.get(address);
    }

    /// The virtual address of the service that the snapshot has under that name.
    public @Nullable InetAddress named(String host) {
        return names.get(host);
    }

    /// Whose the address is, whatever its ports: one that [#find] does not know is not there.
    public @Nullable ServiceName owner(InetAddress address) {
        return owners.get(address);
    }

    /// The concrete backend of a target; null where the snapshot does not hold it.
    public @Nullable Cluster find(RouteTarget target) {
        return switch (target) {
            case RouteTarget.ToService(ServiceName service, int port, int _) ->
                    byService.get(new Key(service, port));
        };
    }

    /// Runs `then` once after the address, or its owner, has become known; the caller bounds its
    /// own patience.
    public void whenKnown(IpPort address, Runnable then) {
        waiting.computeIfAbsent(address, _ -> new ArrayList<>(1)).add(then);
    }

    /// Nobody waits for the address any more.
    public void giveUp(IpPort address, Runnable then) {
        List<Runnable> all = waiting.get(address);
        if (all != null && all.remove(then) && all.isEmpty()) {
            waiting.remove(address);
        }
    }

    private void wake() {
        List<Runnable> due = new ArrayList<>();
        for (Iterator<Map.Entry<IpPort, List<Runnable>>> i = waiting.entrySet().iterator();
                i.hasNext(); ) {
            Map.Entry<IpPort, List<Runnable>> one = i.next();
            IpPort address = one.getKey();
            if (byAddress.containsKey(address) || owners.containsKey(address.ip())) {
                due.addAll(one.getValue());
                i.remove();
            }
        }
        due.forEach(Runnable::run);
    }
}
