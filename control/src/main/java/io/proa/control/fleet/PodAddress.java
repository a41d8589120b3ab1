package io.proa.control.fleet;

import io.proa.model.IpPort;
import io.proa.model.MeshPorts;
import java.net.InetAddress;
import java.util.List;

/// Where one pod is.
public sealed interface PodAddress {
    /// Its own, or what it shares with others.
    List<InetAddress> addresses();

    /// Where its sidecar speaks mutual TLS.
    int meshPort();

    /// A network of its own.
    record Network(InetAddress ipv4, InetAddress ipv6) implements PodAddress {
        @Override
        public List<InetAddress> addresses() {
            return List.of(ipv4, ipv6);
        }

        @Override
        public int meshPort() {
            return MeshPorts.MESH;
        }
    }

    /// The machine's loopback, as all others of its fleet (explicit mode).
    ///
    /// @param proxyPort where its sidecar is its application's HTTP proxy
    record Loopback(int meshPort, int proxyPort) implements PodAddress {
        private static final List<InetAddress> ADDRESSES = List.of(IpPort.literal("127.0.0.1"));

        @Override
        public List<InetAddress> addresses() {
            return ADDRESSES;
        }
    }
}
