package io.proa.host;

import io.proa.model.IpPort;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Sockets of the hub's network namespace in the hands of this process, which stays outside.
///
/// Whoever may join the hub for a moment, a [NamespaceSetup], makes them and hands them over: see
/// docs/decisions, number 6.
///
/// @param listener accepts TCP on all addresses of the hub
/// @param names one UDP socket for each address that was asked for and that this JVM can speak on
record HubSockets(ServerSocketChannel listener, List<DatagramChannel> names)
        implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_IP = 0;
    private static final int IP_FREEBIND = 15;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    // As many as Linux allows by itself (net.core.somaxconn).
    private static final int BACKLOG = 4096;

    /// Has them made.
    ///
    /// @param via a path in a folder that is closed to others; used for a moment
    /// @param port of the listener
    /// @param names where UDP is to be received
    static HubSockets open(SetupProcess hub, Path via, int port, List<IpPort> names)
            throws IOException {
        StringBuilder command = new StringBuilder("hand-over ").append(port);
        for (IpPort name : names) {
            command.append(' ').append(name);
        }
        return adopt(
                DescriptorPassing.order(hub, command.toString(), via, 1 + names.size()), names);
    }

    private static HubSockets adopt(int[] descriptors, List<IpPort> names) throws IOException {
        List<DatagramChannel> channels = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            boolean v4 = names.get(i).ip() instanceof Inet4Address;
            try {
                channels.add(
                        AdoptedSocket.datagrams(
                                descriptors[1 + i],
                                v4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6));
            } catch (UnsupportedOperationException _) {
                // A machine without IPv6; the pods ask by IPv4.
            }
        }
        return new HubSockets(AdoptedSocket.listener(descriptors[0]), List.copyOf(channels));
    }

    /// The other side: makes the sockets in the network namespace of this process.
    static void handOver(int port, List<IpPort> names, Path via) throws IOException {
        List<Integer> descriptors = new ArrayList<>();
        try (SocketChannel launcher = SocketChannel.open(UnixDomainSocketAddress.of(via))) {
            descriptors.add(listen(port));
            for (IpPort name : names) {
                descriptors.add(receiveAt(name));
            }
            DescriptorPassing.send(
                    launcher, descriptors.stream().mapToInt(Integer::intValue).toArray());
        } finally {
            descriptors.forEach(AdoptedSocket::close);
        }
    }

    /// By both families with one socket where the kernel has both.
    private static int listen(int port) throws IOException {
        boolean v6 = NamespaceSupport.hasIpv6();
        int descriptor = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM);
        if (v6) {
            CLibrary.setOption(descriptor, SOL_IPV6, IPV6_V6ONLY, 0);
        }
        bind(descriptor, v6 ? new byte[16] : new byte[4], port);
        if (call("listen", descriptor, BACKLOG, 0, 0) != 0) {
            AdoptedSocket.close(descriptor);
            throw new IOException("cannot listen on port " + port);
        }
        return descriptor;
    }

    private static int receiveAt(IpPort name) throws IOException {
        InetAddress address = name.ip();
        int descriptor = socket(address instanceof Inet4Address ? AF_INET : AF_INET6, SOCK_DGRAM);
        // Also before the address is ready for use.
        CLibrary.setOption(descriptor, SOL_IP, IP_FREEBIND, 1);
        bind(descriptor, address.getAddress(), name.port());
        return descriptor;
    }

    private static int socket(int family, int type) throws IOException {
        int descriptor = call("socket", family, type | SOCK_CLOEXEC, 0, 0);
        if (descriptor < 0) {
            throw new IOException("no socket of family " + family);
        }
        return descriptor;
    }

    /// struct sockaddr_in or sockaddr_in6
    private static void bind(int descriptor, byte[] address, int port) throws IOException {
        boolean v4 = address.length == 4;
        int length = v4 ? 16 : 28;
        ByteBuffer name = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
        name.putShort((short) (v4 ? AF_INET : AF_INET6));
        name.put((byte) (port >> 8)).put((byte) port);
        name.put(v4 ? 4 : 8, address);
        if (call("bind", descriptor, Scratch.address(name), length, 0) != 0) {
            AdoptedSocket.close(descriptor);
            throw new IOException("port " + port + " of the hub cannot be bound");
        }
    }

    private static int call(String function, long a, long b, long c, long d) {
        MemorySegment symbol = CLibrary.symbol(Linker.nativeLinker(), function);
        return CLibrary.call(symbol, a, b, c, d, 0);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (DatagramChannel channel : names) {
            channel.close();
        }
    }
}
