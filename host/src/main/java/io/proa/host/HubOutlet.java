package io.proa.host;

import io.proa.host.egress.DatagramRelay;
import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/// The hub's interface for what is neither to pods nor TCP, with its far end in the hands of this
/// process: packets that are routed there are read here, and what is written here comes in there.
///
/// A pair of interfaces and a packet socket (packet(7)) instead of a TUN device: that one needs
/// `/dev/net/tun`, which containers do not have, and ordinary users may not open everywhere. All of
/// it is the hub's and goes with it.
record HubOutlet(Pipe pipe) {
    /// The near end, which routes name.
    static final String NAME = "out0";

    private static final String FAR = "out1";
    private static final long MAC = 0x0250_a0a0_0002L;
    private static final int AF_INET = 2;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    // As much as a thousand datagrams of usual length; the kernel counts more than their bytes.
    private static final int BUFFER = 2 << 20;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_STXCSUM = 0x17;
    // struct sockaddr_ll
    private static final int ADDRESS_BYTES = 20;

    /// Has it made.
    ///
    /// @param via a path in a folder that is closed to others; used for a moment
    static HubOutlet open(SetupProcess hub, Path via) throws IOException {
        int[] descriptors = DescriptorPassing.order(hub, "outlet", via, 1);
        return new HubOutlet(AdoptedSocket.packets(descriptors[0]));
    }

    DatagramRelay.Link<Pipe.SourceChannel> link() {
        return new DatagramRelay.Link<>(pipe.source(), pipe.sink(), MAC);
    }

    /// The other side: makes it in the network namespace of this process.
    static void handOver(RouteNetlink links, Path via) throws IOException {
        links.createOutlet(NAME, HexFormat.of().parseHex(HexFormat.of().toHexDigits(MAC, 12)), FAR);
        finishChecksums();
        int descriptor = packets(links.index(FAR));
        try (SocketChannel launcher = SocketChannel.open(UnixDomainSocketAddress.of(via))) {
            DescriptorPassing.send(launcher, descriptor);
        } finally {
            AdoptedSocket.close(descriptor);
        }
    }

    /// Between interfaces of one machine the kernel leaves checksums to the last one, which this
    /// must be (linux/ethtool.h, struct ethtool_value).
    private static void finishChecksums() throws IOException {
        ByteBuffer request = ByteBuffer.allocateDirect(48).order(ByteOrder.nativeOrder());
        int value = 40; // behind struct ifreq
        request.put(0, NAME.getBytes(StandardCharsets.US_ASCII));
        request.putLong(16, Scratch.address(request) + value);
        request.putInt(value, ETHTOOL_STXCSUM).putInt(value + 4, 0);
        int any = call("socket", AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int result = call("ioctl", any, SIOCETHTOOL, Scratch.address(request));
        AdoptedSocket.close(any);
        if (result != 0) {
            throw new IOException("checksums of " + NAME + " cannot be turned on");
        }
    }

    private static int packets(int index) throws IOException {
        // Of no protocol until it is bound: it would hear all interfaces in between.
        int descriptor = call("socket", AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new IOException("no packet socket");
        }
        if (!CLibrary.setOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)) {
            CLibrary.setOption(descriptor, SOL_SOCKET, SO_RCVBUF, BUFFER);
        }
        CLibrary.setOption(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1); // Linux 4.20
        ByteBuffer address =
                ByteBuffer.allocateDirect(ADDRESS_BYTES).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_PACKET).put((byte) 0).put((byte) ETH_P_ALL).putInt(index);
        if (call("bind", descriptor, Scratch.address(address), ADDRESS_BYTES) != 0) {
            AdoptedSocket.close(descriptor);
            throw new IOException("a packet socket cannot be bound to " + FAR);
        }
        return descriptor;
    }

    private static int call(String function, long a, long b, long c) {
        MemorySegment symbol = CLibrary.symbol(Linker.nativeLinker(), function);
        return CLibrary.call(symbol, a, b, c, 0, 0);
    }
}
