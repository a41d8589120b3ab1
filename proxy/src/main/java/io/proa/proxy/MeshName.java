package io.proa.proxy;

import io.proa.model.ServiceName;
import org.jspecify.annotations.Nullable;

/// What SNI says between sidecars: `8080.orders.default.proa`.
record MeshName(ServiceName service, int port) {
    private static final String SUFFIX = ".proa";

    static String of(ServiceName service, int port) {
        return port + "." + service + SUFFIX;
    }

    /// @return null for anything else
    static @Nullable MeshName parse(@Nullable String serverName) {
        if (serverName == null || !serverName.endsWith(SUFFIX)) {
            return null;
        }
        String[] parts =
                serverName.substring(0, serverName.length() - SUFFIX.length()).split("\\.", -1);
        if (parts.length != 3
                || parts[0].isEmpty()
                || parts[0].length() > 5
                || !ServiceName.isLabel(parts[1])
                || !ServiceName.isLabel(parts[2])) {
            return null;
        }
        try {
            return new MeshName(new ServiceName(parts[2], parts[1]), Integer.parseInt(parts[0]));
        } catch (NumberFormatException _) {
            return null;
        }
    }
}
