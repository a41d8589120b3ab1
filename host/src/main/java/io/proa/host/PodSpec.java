package io.proa.host;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pod to be made.
///
/// @param name unique in the fleet
/// @param ipv4 its address within the fleet's block, see [FleetNetwork.Settings]
/// @param ipv6 likewise; ignored on a kernel without IPv6
/// @param hosts names the pod can resolve, besides localhost
/// @param sidecar its sidecar
/// @param user whom applications run as; null = the user of this process
public record PodSpec(
        String name,
        InetAddress ipv4,
        InetAddress ipv6,
        Map<String, List<InetAddress>> hosts,
        Sidecar sidecar,
        @Nullable User user) {
    /// A process kept running beside the application.
    ///
    /// @param command empty = none
    /// @param environment added to this process' own
    /// @param token one line for the first run's standard input, then its end; later runs get the
    ///   end at once
    /// @param log appended to; null = this process' standard error
    public record Sidecar(
            List<String> command,
            Map<String, String> environment,
            String token,
            @Nullable Path log) {
        public static final Sidecar NONE = new Sidecar(List.of(), Map.of(), "", null);

        public Sidecar {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        /// Without the token.
        @Override
        public String toString() {
            return "Sidecar" + command;
        }
    }

    /// Numeric ids, as in /etc/passwd.
    public record User(int uid, int gid) {}
}
