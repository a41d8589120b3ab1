package io.proa.host;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// Where a redirected connection wanted to go before the kernel turned it to the sidecar.
///
/// The connection tracker remembers it: `SO_ORIGINAL_DST` of `SOL_IP` for IPv4, also on the mapped
/// sockets of a dual-stack listener, and `IP6T_SO_ORIGINAL_DST` of `SOL_IPV6` for real IPv6.
public final class OriginalDestination {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;

    // struct sockaddr_in6, the larger one: family 2, port 2, flow 4, address 16, scope 4. In
    // sockaddr_in the address follows the port.
    private static final int SOCKADDR_BYTES = 28;
    private static final int PORT_AT = 2;
    private static final int ADDRESS_AT_V4 = 4;
    private static final int ADDRESS_AT_V6 = 8;
    // Behind the address, aligned.
    private static final int LENGTH_AT = 32;

    private OriginalDestination() {}

    /// Asks the kernel; call it from any thread, once, right after accepting.
    ///
    /// @return null where nothing was redirected: the connection came to the listener's own address
    public static @Nullable IpPort of(SocketChannel accepted) {
        InetSocketAddress local;
        try {
            local = (InetSocketAddress) accepted.getLocalAddress();
        } catch (IOException _) {
            return null; // closed meanwhile: there is nowhere to go
        }
        // The JDK shows the mapped addresses of a dual-stack socket as IPv4 already.
        boolean v4 = local.getAddress() instanceof Inet4Address;
        ByteBuffer scratch = Scratch.buffer().putInt(LENGTH_AT, SOCKADDR_BYTES);
        long address = Scratch.address(scratch);
        int result =
                CLibrary.call(
                        CLibrary.GETSOCKOPT,
                        ChannelDescriptor.of(accepted),
                        v4 ? SOL_IP : SOL_IPV6,
                        SO_ORIGINAL_DST,
                        address,
                        address + LENGTH_AT);
        return result == 0 ? differing(local, read(scratch, v4)) : null;
    }

    private static InetSocketAddress read(ByteBuffer sockaddr, boolean v4) {
        int port =
                Byte.toUnsignedInt(sockaddr.get(PORT_AT)) << 8
                        | Byte.toUnsignedInt(sockaddr.get(PORT_AT + 1));
        byte[] ip = new byte[v4 ? 4 : 16];
        sockaddr.get(v4 ? ADDRESS_AT_V4 : ADDRESS_AT_V6, ip);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 and 16 bytes are always an address", impossible);
        }
    }

    /// A tracked connection that was not redirected reports the local address itself.
    private static @Nullable IpPort differing(InetSocketAddress local, InetSocketAddress original) {
        boolean same =
                original.getPort() == local.getPort()
                        && original.getAddress().equals(local.getAddress());
        return same || original.getPort() == 0 ? null : IpPort.of(original);
    }
}
