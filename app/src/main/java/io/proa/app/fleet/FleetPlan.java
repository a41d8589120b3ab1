package io.proa.app.fleet;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What the launcher has to do for a fleet whose documents were found to be right.
///
/// @param name of the fleet, and of its run directory
/// @param document the file it came from; the control plane reads it again by itself
/// @param services none before one that it must start after
/// @param hosts what every pod resolves: each service's names and its virtual addresses
public record FleetPlan(
        String name, Path document, List<Service> services, Map<String, List<InetAddress>> hosts) {
    /// The port of a service that only asks others.
    public static final int NO_PORT = 0;

    public FleetPlan {
        services = List.copyOf(services);
        hosts = Map.copyOf(hosts);
    }

    /// One service: the same program in each of its pods.
    ///
    /// @param folder what the program is started in
    /// @param port where the program listens, or [FleetPlan#NO_PORT]
    /// @param published ports of the host's loopback that lead to the first pod
    public record Service(
            String name,
            List<String> command,
            Path folder,
            int port,
            Map<String, String> environment,
            List<String> startAfter,
            List<Integer> published,
            List<PodPlan> pods) {
        public Service {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            startAfter = List.copyOf(startAfter);
            published = List.copyOf(published);
            pods = List.copyOf(pods);
        }

        public Service withCommand(List<String> other) {
            return new Service(name, other, folder, port, environment, startAfter, published, pods);
        }

        public Service withPublished(List<Integer> other) {
            return new Service(name, command, folder, port, environment, startAfter, other, pods);
        }
    }

    /// One replica.
    public record PodPlan(String name, InetAddress ipv4, InetAddress ipv6) {}

    public FleetPlan withServices(List<Service> other) {
        return new FleetPlan(name, document, other, hosts);
    }

    /// Services in groups: each group only needs those before it (`startAfter` has no cycle in a
    /// checked fleet).
    public List<List<Service>> waves() {
        return StartOrder.waves(services);
    }
}
