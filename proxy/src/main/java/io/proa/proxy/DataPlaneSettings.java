package io.proa.proxy;

import io.proa.formats.HeadLimits;
import io.proa.model.IpPort;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a data plane listens on and how it behaves; fixed while it lives.
///
/// @param loops threads, one selector each; 1 to the number of processors
/// @param outbound where redirected connections of the application arrive; null = nowhere
/// @param explicit local listeners that stand for a destination each, for machines without redirect
/// @param inbound where redirected connections from outside the mesh arrive; null = nowhere
/// @param mesh where other sidecars connect; null = nowhere
/// @param published Unix sockets through which a port is reached from outside the fleet
/// @param transparent whether connections are redirected here, so that own ones must be marked
/// @param describeAll whether every record carries path and authority (for an access log of
///   everything)
public record DataPlaneSettings(
        int loops,
        @Nullable SocketAddress outbound,
        List<Explicit> explicit,
        @Nullable SocketAddress inbound,
        @Nullable SocketAddress mesh,
        List<Published> published,
        boolean transparent,
        boolean describeAll,
        HeadLimits headLimits) {
    public DataPlaneSettings {
        explicit = List.copyOf(explicit);
        published = List.copyOf(published);
    }

    /// `listen` stands for `destination`.
    public record Explicit(SocketAddress listen, IpPort destination) {}

    /// `socket` stands for the application's `port`.
    public record Published(Path socket, int port) {}
}
