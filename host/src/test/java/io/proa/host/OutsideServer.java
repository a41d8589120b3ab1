package io.proa.host;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;

/// A server of this machine's own, for tests; each connection is served on a thread of its own.
final class OutsideServer implements AutoCloseable {
    private final ServerSocket socket;

    /// What is done with a connection.
    interface Service {
        void serve(Socket connection) throws Exception;
    }

    OutsideServer(InetAddress address, Service service) throws IOException {
        this(address, 0, service);
    }

    OutsideServer(InetAddress address, int port, Service service) throws IOException {
        socket = new ServerSocket();
        socket.bind(new InetSocketAddress(address, port), 500);
        Thread.startVirtualThread(() -> accept(service));
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept(Service service) {
        try {
            while (true) {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> {
                    try (connection) {
                        service.serve(connection);
                    } catch (Exception _) {
                        // the client notices
                    }
                });
            }
        } catch (IOException _) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// An address of this machine that is not its loopback; none where it has no network at all.
    static Optional<InetAddress> address(boolean v6) throws SocketException {
        return NetworkInterface.networkInterfaces()
                .filter(OutsideServer::isUp)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
                .filter(a -> v6 == a instanceof Inet6Address)
                .findFirst()
                .map(OutsideServer::withoutScope);
    }

    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static boolean isUp(NetworkInterface networkInterface) {
        try {
            return networkInterface.isUp();
        } catch (SocketException _) {
            return false;
        }
    }
}
