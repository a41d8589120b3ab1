package io.proa.app.fleet;

import io.proa.control.fleet.PodAddress;
import io.proa.control.intent.HeadRules;
import io.proa.control.intent.HealthCheck;
import io.proa.control.intent.Lifecycle;
import io.proa.control.intent.Program;
import io.proa.control.intent.RestartPolicy;
import io.proa.control.intent.StartCondition;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the launcher has to do for a fleet whose documents were found to be right.
///
/// @param name of the fleet that runs, and of its run directory
/// @param documented the name that its documents have; another one where it runs twice
/// @param documents the files, or folders of files, it came from; the control plane reads them
///   again by itself
/// @param services none before one that it must start after
/// @param hosts what every pod resolves: each service's names and its virtual addresses
/// @param mode the same for all of it
public record FleetPlan(
        String name,
        String documented,
        List<Path> documents,
        List<Service> services,
        Map<String, List<InetAddress>> hosts,
        Mode mode) {
    /// The port of a service that only asks others.
    public static final int NO_PORT = 0;

    public FleetPlan {
        documents = List.copyOf(documents);
        services = List.copyOf(services);
        hosts = Map.copyOf(hosts);
    }

    /// A fleet under the name that its documents have.
    public FleetPlan(
            String name,
            List<Path> documents,
            List<Service> services,
            Map<String, List<InetAddress>> hosts,
            Mode mode) {
        this(name, name, documents, services, hosts, mode);
    }

    /// One whose programs do not notice their sidecars.
    public FleetPlan(
            String name,
            List<Path> documents,
            List<Service> services,
            Map<String, List<InetAddress>> hosts) {
        this(name, documents, services, hosts, Mode.TRANSPARENT);
    }

    /// One service: the same program in each of its pods.
    ///
    /// @param folder what the program is started in
    /// @param ports what the mesh calls them, and where the program listens
    /// @param environment the document's, and that of the files it names
    /// @param startAfter services that must be so far before this one is started
    /// @param published ports of the host's loopback that lead to its pods in turn
    /// @param care how the program is looked after
    /// @param heads what its sidecars take for a request's head
    public record Service(
            String name,
            List<String> command,
            Path folder,
            List<Joining.Port> ports,
            Map<String, String> environment,
            List<StartAfter> startAfter,
            List<PublishedPort> published,
            Care care,
            HeadRules heads,
            List<PodPlan> pods) {
        public Service {
            command = List.copyOf(command);
            ports = List.copyOf(ports);
            environment = Map.copyOf(environment);
            startAfter = List.copyOf(startAfter);
            published = List.copyOf(published);
            pods = List.copyOf(pods);
        }

        /// Where the program listens first, or [FleetPlan#NO_PORT].
        public int port() {
            return ports.isEmpty() ? NO_PORT : ports.getFirst().target();
        }

        public Service withCommand(List<String> other) {
            return new Service(
                    name,
                    other,
                    folder,
                    ports,
                    environment,
                    startAfter,
                    published,
                    care,
                    heads,
                    pods);
        }

        public Service withEnvironment(Map<String, String> other) {
            return new Service(
                    name, command, folder, ports, other, startAfter, published, care, heads, pods);
        }

        /// Published on other ports of the host, all of which lead to where the program listens.
        public Service withPublished(List<Integer> hostPorts) {
            List<PublishedPort> other =
                    hostPorts.stream()
                            .map(hostPort -> new PublishedPort(hostPort, port(), port()))
                            .toList();
            return new Service(
                    name,
                    command,
                    folder,
                    ports,
                    environment,
                    startAfter,
                    other,
                    care,
                    heads,
                    pods);
        }

        /// Whether the same program runs in the same way, beside the same sidecar; what the mesh is
        /// told of it does not count.
        boolean runsAs(Service other) {
            return command.equals(other.command)
                    && folder.equals(other.folder)
                    && port() == other.port()
                    && environment.equals(other.environment)
                    && published.equals(other.published)
                    && care.equals(other.care)
                    && heads.equals(other.heads);
        }

        /// Whether it may end without anything being wrong: it serves nobody.
        public boolean isJob() {
            return port() == NO_PORT && care.restart() != RestartPolicy.ALWAYS;
        }
    }

    /// Another service, and what must be true of all its pods.
    public record StartAfter(String service, StartCondition condition) {}

    /// A port of the host's loopback.
    ///
    /// @param servicePort what the mesh calls the service's port
    /// @param targetPort where the program listens for it
    public record PublishedPort(int hostPort, int servicePort, int targetPort) {}

    /// How a program is looked after.
    ///
    /// @param healthCheck null = none: it is well while it runs, ready when it listens
    /// @param user null = whoever starts the fleet; another one is for root alone to become
    /// @param drain how long it may take to end once it was asked to; 0 s to 1 h
    public record Care(
            @Nullable HealthCheck healthCheck,
            RestartPolicy restart,
            Program.@Nullable User user,
            Duration drain) {
        /// What holds where the documents say nothing.
        public static final Care DEFAULT =
                new Care(null, Lifecycle.DEFAULT.restart(), null, Lifecycle.DEFAULT.drain());
    }

    /// One replica.
    public record PodPlan(String name, PodAddress address) {}

    /// The first of the documents: the one to name to people.
    public Path document() {
        return documents.getFirst();
    }

    public FleetPlan withServices(List<Service> other) {
        return new FleetPlan(name, documented, documents, other, hosts, mode);
    }

    /// The same fleet under another name, beside the one that has its own.
    public FleetPlan named(String other) {
        return new FleetPlan(other, documented, documents, services, hosts, mode);
    }

    /// Services in groups: each group only needs those before it (`startAfter` has no cycle in a
    /// checked fleet).
    public List<List<Service>> waves() {
        return StartOrder.waves(services);
    }
}
