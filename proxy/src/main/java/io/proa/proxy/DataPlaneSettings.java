package io.proa.proxy;

import io.proa.formats.HeadLimits;
import io.proa.model.IpPort;
import io.proa.traffic.PathPolicy;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a data plane listens on and how it behaves; fixed while it lives.
///
/// @param loops threads, one selector each; 1 to the number of processors
/// @param outbound where redirected connections of the application arrive; null = nowhere
/// @param forwards local listeners that stand for a destination each, for machines without redirect
/// @param inbound where redirected connections from outside the mesh arrive; null = nowhere
/// @param mesh where other sidecars connect; null = nowhere
/// @param published Unix sockets through which a port is reached from outside the fleet
/// @param transparent whether connections are redirected here, so that own ones must be marked
/// @param describeAll whether every record carries path and authority (for an access log of
///   everything)
/// @param proxy where the application's requests to its HTTP proxy arrive; null = nowhere. Where it
///   is given there is no network of the pod's own, and the application is reached on loopback
/// @param paths how rules read the paths of requests
/// @param memory bytes that connections may hold together, in buffers; from three quarters of it on
///   new work is shed
public record DataPlaneSettings(
        int loops,
        @Nullable SocketAddress outbound,
        List<Forward> forwards,
        @Nullable SocketAddress inbound,
        @Nullable SocketAddress mesh,
        List<Published> published,
        boolean transparent,
        boolean describeAll,
        HeadLimits headLimits,
        @Nullable Proxy proxy,
        PathPolicy paths,
        long memory) {
    /// Below the JVM's own limit for direct memory, so that nothing is refused but by us.
    public static final long DEFAULT_MEMORY = 24 << 20;

    public DataPlaneSettings {
        forwards = List.copyOf(forwards);
        published = List.copyOf(published);
    }

    /// Without an HTTP proxy, with the usual policy for paths and as much memory as a sidecar has.
    public DataPlaneSettings(
            int loops,
            @Nullable SocketAddress outbound,
            List<Forward> forwards,
            @Nullable SocketAddress inbound,
            @Nullable SocketAddress mesh,
            List<Published> published,
            boolean transparent,
            boolean describeAll,
            HeadLimits headLimits) {
        this(
                loops,
                outbound,
                forwards,
                inbound,
                mesh,
                published,
                transparent,
                describeAll,
                headLimits,
                null,
                PathPolicy.DEFAULT,
                DEFAULT_MEMORY);
    }

    /// Whether applications say themselves where they want to go, by an HTTP proxy.
    boolean explicit() {
        return proxy != null;
    }

    /// An HTTP proxy of one application.
    ///
    /// @param listen a loopback address
    /// @param users whose programs may use it, numbers as in /etc/passwd; empty = everybody's on
    ///   this machine
    public record Proxy(SocketAddress listen, Set<Integer> users) {
        public Proxy {
            users = Set.copyOf(users);
        }
    }

    /// `listen` stands for `destination`.
    public record Forward(SocketAddress listen, IpPort destination) {}

    /// `socket` stands for the application's `port`.
    public record Published(Path socket, int port) {}
}
