package io.proa.app.fleet;

import io.proa.control.fleet.PodAddress;
import java.util.List;

/// A pod of a running fleet at one moment.
///
/// @param running its name, service, addresses and sidecar
/// @param command of its application
/// @param app how its application is
/// @param sidecar process number of its sidecar as seen from outside; 0 between two of them
/// @param init process 1 of the pod, likewise; 0 when the pod is gone
/// @param ports what the mesh reaches it by, and where the program listens
/// @param published ports of the host's loopback that lead to it
/// @param address where it is
public record PodStatus(
        RunningPod running,
        List<String> command,
        AppFacts app,
        long sidecar,
        long init,
        List<Joining.Port> ports,
        List<Integer> published,
        PodAddress address) {
    public PodStatus {
        command = List.copyOf(command);
        ports = List.copyOf(ports);
        published = List.copyOf(published);
    }
}
