package io.proa.app.fleet;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/// A pod with a sidecar that is ready.
///
/// @param appPort where its application listens, or [FleetPlan#NO_PORT]
/// @param adminSocket where its sidecar answers
/// @param readyMs from the sidecar's start to its first `/ready`
public record RunningPod(
        String name,
        String service,
        List<InetAddress> addresses,
        int appPort,
        Path adminSocket,
        long readyMs) {
    public RunningPod {
        addresses = List.copyOf(addresses);
    }
}
