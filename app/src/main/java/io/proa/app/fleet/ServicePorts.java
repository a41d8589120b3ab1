package io.proa.app.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/// The published ports of services: each leads to all replicas that have it, in turn, as long as
/// one of them is there. Safe for use by several threads.
final class ServicePorts {
    private final FleetSite site;
    private final Supplier<List<Replica>> replicas;
    private final Map<Integer, PublishedPort> open = new TreeMap<>();
    private boolean over;

    /// A pod that is there.
    ///
    /// @param serving whether its program can be sent somebody
    record Replica(MeshedPod pod, boolean serving) {}

    /// @param replicas those that are there now
    ServicePorts(FleetSite site, Supplier<List<Replica>> replicas) {
        this.site = site;
        this.replicas = replicas;
    }

    /// Opens what the pods that are there have published.
    ///
    /// @throws io.proa.app.Fault where a port is taken
    synchronized void open() {
        for (int port : published()) {
            if (!over && !open.containsKey(port)) {
                open.put(port, PublishedPort.open(port, () -> sockets(port)));
            }
        }
    }

    /// Closes what no pod has any more, and says so.
    synchronized void closeUnused() throws IOException {
        Set<Integer> used = published();
        Iterator<Map.Entry<Integer, PublishedPort>> each = open.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Integer, PublishedPort> port = each.next();
            if (!used.contains(port.getKey())) {
                each.remove();
                port.getValue().close();
                site.progress()
                        .news(
                                "127.0.0.1:"
                                        + port.getKey()
                                        + " is closed: there is no pod any more that it leads to");
            }
        }
    }

    private Set<Integer> published() {
        Set<Integer> ports = new TreeSet<>();
        for (Replica replica : replicas.get()) {
            replica.pod().service().published().forEach(port -> ports.add(port.hostPort()));
        }
        return ports;
    }

    /// Those that serve; where none does, those that might: their caller learns of it then.
    private List<Path> sockets(int hostPort) {
        List<Path> serving = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        for (Replica replica : replicas.get()) {
            MeshedPod pod = replica.pod();
            for (FleetPlan.PublishedPort port : pod.service().published()) {
                if (port.hostPort() == hostPort && !pod.isLeaving()) {
                    Path socket = site.run().publishSocket(pod.name(), port.targetPort());
                    (replica.serving() ? serving : others).add(socket);
                }
            }
        }
        return serving.isEmpty() ? others : serving;
    }

    /// Those that lead to `pod`, among others.
    synchronized List<Integer> of(MeshedPod pod) {
        return pod.service().published().stream()
                .map(FleetPlan.PublishedPort::hostPort)
                .filter(open::containsKey)
                .toList();
    }

    /// Lets nobody new in, for good.
    synchronized void refuse() {
        over = true;
        open.values().forEach(PublishedPort::refuse);
    }

    synchronized void close() throws IOException {
        over = true;
        for (PublishedPort port : open.values()) {
            port.close();
        }
        open.clear();
    }
}
