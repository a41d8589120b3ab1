package io.proa.control.fleet;

import io.proa.control.intent.Located;
import io.proa.model.MeshService;
import io.proa.model.ServiceName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One service of a fleet: what to run, and what the mesh knows of it.
///
/// @param command program and arguments, never empty
/// @param folder where to run it, absolute
/// @param environment added to what the launcher gives to every application
/// @param startAfter those that must be ready first
/// @param publish port of the machine's own loopback that leads to the service's first port; null =
///   none
public record FleetService(
        MeshService mesh,
        Located<List<String>> command,
        Located<Path> folder,
        Map<String, String> environment,
        List<ServiceName> startAfter,
        @Nullable Located<Integer> publish,
        List<FleetPod> pods) {
    public FleetService {
        // unmodifiable, in the order of the file
        environment = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        startAfter = List.copyOf(startAfter);
        pods = List.copyOf(pods);
    }

    public ServiceName name() {
        return mesh.name();
    }
}
