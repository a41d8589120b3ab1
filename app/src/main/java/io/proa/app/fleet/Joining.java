package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.intent.HeadRules;
import io.proa.model.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// A program that joins a running fleet for as long as it runs (`proa run`), or is joined to it
/// (`proa attach`).
///
/// @param name of its service, a label; see `exact`
/// @param exact whether another program of that name is a fault; else a number is put behind it
/// @param command for display
/// @param folder what it is started in
/// @param ports by which others reach it; empty = it only asks others
/// @param published ports of the host's loopback that lead to it
/// @param accessLog what its sidecar writes of exchanges
/// @param pid of the process that becomes it, or asked for it; its end is the end of this
/// @param running of the program where it runs already, whose end is the end of this too; 0 = `pid`
///   becomes it
public record Joining(
        String name,
        boolean exact,
        List<String> command,
        Path folder,
        List<Port> ports,
        List<FleetPlan.PublishedPort> published,
        AccessLogging accessLog,
        long pid,
        long running) {
    private static final int LONGEST_LABEL = 59; // and a pod's number behind it

    public Joining {
        command = List.copyOf(command);
        ports = List.copyOf(ports);
        published = List.copyOf(published);
    }

    /// @param port what the mesh calls it
    /// @param target where the program listens
    public record Port(int port, int target) {}

    /// Under a name that nobody else has.
    ///
    /// @throws Fault where it was to be exactly the one that is taken
    Joining named(Set<String> taken) {
        if (!ServiceName.isLabel(name) || name.length() > LONGEST_LABEL) {
            throw Fault.of(
                    Sysexit.USAGE,
                    "saw '"
                            + name
                            + "' as a name, expected 1 to "
                            + LONGEST_LABEL
                            + " of a-z 0-9 -, beginning and ending with a letter or digit",
                    "");
        }
        if (!taken.contains(name)) {
            return this;
        }
        if (exact) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "a program called '"
                            + name
                            + "' is in the fleet already; expected another name",
                    "choose one with --name, or end that one: proa down " + name);
        }
        int number = 2;
        while (taken.contains(name + "-" + number)) {
            number++;
        }
        return new Joining(
                name + "-" + number,
                true,
                command,
                folder,
                ports,
                published,
                accessLog,
                pid,
                running);
    }

    /// As the launcher's other services are.
    FleetPlan.Service service(FleetPlan.PodPlan pod) {
        return new FleetPlan.Service(
                name,
                command,
                folder,
                ports,
                java.util.Map.of(),
                List.of(),
                published,
                FleetPlan.Care.DEFAULT,
                HeadRules.DEFAULT,
                List.of(pod));
    }
}
