package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Whose a TCP socket of this machine is, as the kernel knows it: what SO_PEERCRED tells of Unix
/// sockets. Asked by netlink (sock_diag(7)), which finds one socket among many at once; where that
/// is not to be had, read from `/proc/net/tcp` (proc_pid_net(5)). From any thread.
public final class SocketOwner {
    /// The socket is gone, or nobody's: a closed one that the kernel still keeps counts as root's
    /// in both sources, so only one with an inode has an owner.
    public static final int UNKNOWN = -1;

    private static final int SOCK_DIAG = 4;
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int NLM_F_REQUEST = 1;
    private static final int IPPROTO_TCP = 6;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int HEADER = 16;
    // struct inet_diag_req_v2 (linux/inet_diag.h): family, protocol, extensions, padding, states 4,
    // then the socket's id: ports 2 + 2, addresses 16 + 16, interface 4, cookie 8
    private static final int REQUEST = HEADER + 8 + 48;
    private static final int ID = HEADER + 8;
    // struct inet_diag_msg: family, state, timer, retransmissions, id 48, expires 4, queues 4 + 4
    private static final int UID_AT = HEADER + 4 + 48 + 12;
    private static final int INODE_AT = UID_AT + 4;
    private static final int BYTES = 512;

    private static final ThreadLocal<ByteBuffer> MESSAGE =
            ThreadLocal.withInitial(
                    () -> ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder()));

    private SocketOwner() {}

    /// The user of this process, as the kernel counts its rights.
    public static int ofThisProcess() {
        MemorySegment function = CLibrary.symbol(Linker.nativeLinker(), "geteuid");
        return CLibrary.call(function, 0, 0, 0, 0, 0);
    }

    /// The user who has the other end of an accepted connection, which is on this machine.
    ///
    /// @return a number as in /etc/passwd, or [#UNKNOWN]
    public static int ofPeer(SocketChannel accepted) throws IOException {
        if (!(accepted.getRemoteAddress() instanceof InetSocketAddress client)
                || !(accepted.getLocalAddress() instanceof InetSocketAddress server)) {
            return UNKNOWN;
        }
        ByteBuffer message = MESSAGE.get();
        int length = ask(message, client, server);
        if (length >= INODE_AT + 4 && message.getShort(4) == SOCK_DIAG_BY_FAMILY) {
            return message.getInt(INODE_AT) == 0 ? UNKNOWN : message.getInt(UID_AT);
        }
        return listed(client, server);
    }

    /// @return bytes of the answer, in `message`; 0 or less where there is none
    private static int ask(ByteBuffer message, InetSocketAddress client, InetSocketAddress server) {
        int descriptor = NetlinkSocket.descriptor(SOCK_DIAG);
        if (descriptor < 0) {
            return 0;
        }
        try {
            write(message, client, server);
            long address = Scratch.address(message);
            return NetlinkSocket.exchange(descriptor, address, REQUEST, BYTES);
        } finally {
            NetlinkSocket.close(descriptor);
        }
    }

    private static void write(
            ByteBuffer message, InetSocketAddress client, InetSocketAddress server) {
        for (int i = 0; i < REQUEST; i += 8) {
            message.putLong(i, 0);
        }
        boolean v4 = client.getAddress() instanceof Inet4Address;
        message.putInt(0, REQUEST).putShort(4, (short) SOCK_DIAG_BY_FAMILY);
        message.putShort(6, (short) NLM_F_REQUEST).putInt(8, 1);
        message.put(HEADER, (byte) (v4 ? AF_INET : AF_INET6)).put(HEADER + 1, (byte) IPPROTO_TCP);
        message.putInt(HEADER + 4, -1); // in whatever state
        port(message, ID, client.getPort());
        port(message, ID + 2, server.getPort());
        message.put(ID + 4, client.getAddress().getAddress());
        message.put(ID + 20, server.getAddress().getAddress());
        message.putLong(ID + 40, -1); // whatever its cookie
    }

    private static void port(ByteBuffer message, int at, int port) {
        message.put(at, (byte) (port >> 8)).put(at + 1, (byte) port);
    }

    private static int listed(InetSocketAddress client, InetSocketAddress server)
            throws IOException {
        for (String table : List.of("tcp", "tcp6")) {
            Path file = Path.of("/proc/self/net", table);
            if (Files.exists(file)) {
                int found =
                        find(
                                Files.readAllLines(file, StandardCharsets.ISO_8859_1),
                                Endpoint.of(client, table.equals("tcp6")),
                                Endpoint.of(server, table.equals("tcp6")));
                if (found != UNKNOWN) {
                    return found;
                }
            }
        }
        return UNKNOWN;
    }

    /// Columns: slot, local address, remote address, state, queues, timer, retransmissions, user,
    /// timeout, inode.
    static int find(List<String> lines, String client, String server) {
        for (String line : lines) {
            String[] columns = line.strip().split(" +", 11);
            if (columns.length > 9
                    && columns[1].equals(client)
                    && columns[2].equals(server)
                    && !columns[9].equals("0")) {
                return Integer.parseUnsignedInt(columns[7]);
            }
        }
        return UNKNOWN;
    }

    /// An address and port as `/proc/net/tcp` has them.
    static final class Endpoint {
        private static final String DIGITS = "0123456789ABCDEF";

        private Endpoint() {}

        /// @param wide whether IPv4 is mapped into IPv6
        static String of(InetSocketAddress address, boolean wide) {
            byte[] bytes = address.getAddress().getAddress();
            StringBuilder text = new StringBuilder();
            if (wide && bytes.length == 4) {
                text.append("0000000000000000");
                hex(text, new byte[] {0, 0, (byte) 0xff, (byte) 0xff}, 0);
            }
            for (int word = 0; word < bytes.length; word += 4) {
                hex(text, bytes, word);
            }
            int port = address.getPort();
            text.append(':');
            hex(text, port >> 8);
            hex(text, port);
            return text.toString();
        }

        /// A word of the machine's byte order.
        private static void hex(StringBuilder text, byte[] bytes, int at) {
            boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
            for (int i = 0; i < 4; i++) {
                hex(text, bytes[little ? at + 3 - i : at + i]);
            }
        }

        private static void hex(StringBuilder text, int value) {
            text.append(DIGITS.charAt(value >> 4 & 15)).append(DIGITS.charAt(value & 15));
        }
    }
}
