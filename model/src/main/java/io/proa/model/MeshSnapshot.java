package io.proa.model;

import java.util.List;
import java.util.Set;

/// All that one sidecar knows at one moment: itself, and the services it has asked for. Immutable
/// and complete; a sidecar swaps it whole, and an exchange ends on the snapshot it began with.
///
/// @param services those the sidecar subscribed to by destination and that exist
/// @param outside destinations it asked for that belong to no service: passed through untouched
public record MeshSnapshot(
        Revision revision, Workload self, List<MeshService> services, Set<IpPort> outside) {
    public MeshSnapshot {
        services = List.copyOf(services);
        outside = Set.copyOf(outside);
    }
}
