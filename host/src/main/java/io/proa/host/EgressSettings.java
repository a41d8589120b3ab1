package io.proa.host;

import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// What of the outside pods reach.
///
/// @param hostServices ports, 1 to 65535, of this machine's loopback that pods reach as
///   [#HOST_NAME]; the rest of the loopback is closed to them
public record EgressSettings(EgressKind kind, SortedSet<Integer> hostServices) {
    /// Nothing.
    public static final EgressSettings NONE =
            new EgressSettings(EgressKind.NONE, Collections.emptySortedSet());

    /// The name under which pods reach the named ports of this machine's loopback.
    public static final String HOST_NAME = "host.proa";

    // Nobody has them: connections to them are turned to this process in the hub. Beside the blocks
    // of pods and services, so that no pod's address can meet them.
    static final InetAddress HOST4 = Cidr.parse("10.89.0.1").address();
    static final InetAddress HOST6 = Cidr.parse("fd50:a0a:0:2::1").address();

    public EgressSettings {
        hostServices = Collections.unmodifiableSortedSet(new TreeSet<>(hostServices));
        for (int port : hostServices) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        "host service " + port + ": expected a port, 1 to 65535");
            }
        }
    }

    EgressSettings with(EgressKind other) {
        return new EgressSettings(other, hostServices);
    }

    EgressSettings withHostServices(Set<Integer> ports) {
        return new EgressSettings(kind, new TreeSet<>(ports));
    }

    /// Names that every pod can resolve besides those of its fleet.
    Map<String, List<InetAddress>> names() {
        return hostServices.isEmpty() ? Map.of() : Map.of(HOST_NAME, List.of(HOST4, HOST6));
    }
}
