package io.proa.control.fleet;

import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.Revision;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A whole, checked fleet. Immutable.
///
/// @param services in an order in which they can be started: none before one it must start after
public record CompiledFleet(
        String name, String trustDomain, String namespace, List<FleetService> services) {
    public CompiledFleet {
        services = List.copyOf(services);
    }

    public @Nullable FleetPod pod(String name) {
        for (FleetService service : services) {
            for (FleetPod pod : service.pods()) {
                if (pod.name().equals(name)) {
                    return pod;
                }
            }
        }
        return null;
    }

    public @Nullable FleetService service(ServiceName name) {
        for (FleetService service : services) {
            if (service.name().equals(name)) {
                return service;
            }
        }
        return null;
    }

    /// This fleet with some services as they are in another one, which has them.
    ///
    /// @param kept their names, without the namespace
    CompiledFleet keeping(Set<String> kept, CompiledFleet other) {
        return new CompiledFleet(
                name,
                trustDomain,
                namespace,
                services.stream()
                        .map(service ->
                                kept.contains(service.name().name())
                                        ? Objects.requireNonNullElse(
                                                other.service(service.name()), service)
                                        : service)
                        .toList());
    }

    /// What names resolve to inside the pods: each service by its bare name, with its namespace,
    /// and as the mesh calls it.
    public Map<String, List<InetAddress>> hosts() {
        var hosts = new TreeMap<String, List<InetAddress>>();
        for (FleetService service : services) {
            ServiceName name = service.name();
            List<InetAddress> addresses = service.mesh().virtualAddresses();
            hosts.put(name.name(), addresses);
            hosts.put(name.toString(), addresses);
            hosts.put(name + ".proa", addresses);
        }
        return hosts;
    }

    /// What one pod's sidecar is told.
    ///
    /// A destination belongs to a service by its virtual address or by the address of one of its
    /// pods, whatever the port: a port that the service does not have is the sidecar's to refuse,
    /// it is not outside the mesh.
    ///
    /// @param destinations those the sidecar asked for
    /// @return null where there is no such pod
    public @Nullable MeshSnapshot snapshotFor(
            String pod, Collection<IpPort> destinations, Revision revision) {
        return snapshotFor(pod, destinations, Set.of(), revision);
    }

    /// The same while some pods are about to end: they are no endpoints any more, but to those who
    /// asked for their very address.
    ///
    /// @param leaving the names of those pods
    public @Nullable MeshSnapshot snapshotFor(
            String pod, Collection<IpPort> destinations, Set<String> leaving, Revision revision) {
        FleetPod self = pod(pod);
        if (self == null) {
            return null;
        }
        Map<InetAddress, MeshService> owners = owners();
        Map<ServiceName, MeshService> all = byName();
        var asked = new LinkedHashSet<MeshService>();
        var outside = new HashSet<IpPort>();
        for (IpPort destination : destinations) {
            MeshService owner = owners.get(destination.ip());
            if (owner == null) {
                outside.add(destination);
            } else {
                addWithTargets(owner, all, asked);
            }
        }
        // in the fleet's order, so that the same wishes always give the same snapshot
        List<MeshService> included =
                services.stream()
                        .map(FleetService::mesh)
                        .filter(asked::contains)
                        .map(service -> without(service, leaving, destinations))
                        .toList();
        return new MeshSnapshot(revision, self.workload(), included, outside);
    }

    private static MeshService without(
            MeshService service, Set<String> leaving, Collection<IpPort> destinations) {
        if (leaving.isEmpty()) {
            return service;
        }
        var addresses = new HashSet<InetAddress>();
        destinations.forEach(destination -> addresses.add(destination.ip()));
        List<Endpoint> staying =
                service.endpoints().stream()
                        .filter(endpoint ->
                                !leaving.contains(endpoint.pod())
                                        || endpoint.addresses().stream()
                                                .anyMatch(addresses::contains))
                        .toList();
        return new MeshService(
                service.name(),
                service.virtualAddresses(),
                service.ports(),
                staying,
                service.rules());
    }

    /// A route is of no use without the services it leads to, and they not without theirs.
    private static void addWithTargets(
            MeshService service, Map<ServiceName, MeshService> all, Set<MeshService> into) {
        var open = new ArrayDeque<MeshService>();
        open.add(service);
        while (!open.isEmpty()) {
            MeshService next = open.remove();
            if (!into.add(next)) {
                continue;
            }
            for (RouteRule rule : next.rules()) {
                for (RouteTarget target : rule.targets()) {
                    switch (target) {
                        case RouteTarget.ToService to -> {
                            MeshService other = all.get(to.service());
                            if (other != null) {
                                open.add(other);
                            }
                        }
                    }
                }
            }
        }
    }

    private Map<InetAddress, MeshService> owners() {
        var owners = new HashMap<InetAddress, MeshService>();
        for (FleetService service : services) {
            for (InetAddress address : service.mesh().virtualAddresses()) {
                owners.put(address, service.mesh());
            }
            for (Endpoint endpoint : service.mesh().endpoints()) {
                for (InetAddress address : endpoint.addresses()) {
                    // pods without a network of their own share it: it is nobody's
                    if (!address.isLoopbackAddress()) {
                        owners.put(address, service.mesh());
                    }
                }
            }
        }
        return owners;
    }

    private Map<ServiceName, MeshService> byName() {
        var all = new HashMap<ServiceName, MeshService>();
        for (FleetService service : services) {
            all.put(service.name(), service.mesh());
        }
        return all;
    }
}
