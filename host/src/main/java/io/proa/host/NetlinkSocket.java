package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A netlink socket: sends messages and waits for the kernel's answers (netlink(7)).
///
/// For one thread. Belongs to the network namespace of the process that opens it.
final class NetlinkSocket implements AutoCloseable {
    static final int ROUTE = 0;
    static final int NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;

    private static final int NLMSG_ERROR = 2;
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int HEADER = 16;
    private static final int RECEIVE_BYTES = 64 * 1024;
    private static final int TIMEOUT_SECONDS = 10;
    private static final int MSG_DONTWAIT = 0x40;

    private static final MemorySegment SOCKET;
    private static final MemorySegment SEND;
    private static final MemorySegment RECV;
    private static final MemorySegment CLOSE;

    static {
        Linker linker = Linker.nativeLinker();
        SOCKET = CLibrary.symbol(linker, "socket");
        SEND = CLibrary.symbol(linker, "send");
        RECV = CLibrary.symbol(linker, "recv");
        CLOSE = CLibrary.symbol(linker, "close");
    }

    private final ByteBuffer answer =
            ByteBuffer.allocateDirect(RECEIVE_BYTES).order(ByteOrder.nativeOrder());
    private final int descriptor;
    private boolean closed;

    private NetlinkSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /// @param protocol [#ROUTE] or [#NETFILTER]
    static NetlinkSocket open(int protocol) throws IOException {
        int descriptor = descriptor(protocol);
        if (descriptor < 0) {
            throw new IOException(
                    protocol == NETFILTER
                            ? "this kernel has no netfilter netlink: load it by 'modprobe nf_tables'"
                            : "this process may not open netlink sockets: a sandbox forbids them");
        }
        NetlinkSocket socket = new NetlinkSocket(descriptor);
        socket.setOptions();
        return socket;
    }

    /// A socket by its number, for those who need no more of one: to be given to [#close(int)].
    ///
    /// @return less than 0 where it is refused
    static int descriptor(int protocol) {
        return CLibrary.call(SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol, 0, 0);
    }

    /// Sends `length` bytes from `address` and receives the answer into the same place; the kernel
    /// has it ready when it has taken the question.
    ///
    /// @param room bytes there are
    /// @return bytes of the answer, less than 0 where there is none
    static int exchange(int descriptor, long address, int length, int room) {
        int sent = CLibrary.call(SEND, descriptor, address, length, 0, 0);
        return sent == length
                ? CLibrary.call(RECV, descriptor, address, room, MSG_DONTWAIT, 0)
                : -1;
    }

    static void close(int descriptor) {
        CLibrary.call(CLOSE, descriptor, 0, 0, 0, 0);
    }

    private void setOptions() {
        ByteBuffer value = Scratch.buffer();
        value.putInt(0, 1);
        // Only nicer messages depend on these two, so a refusal is ignored.
        setOption(SOL_NETLINK, NETLINK_CAP_ACK, value, 4);
        setOption(SOL_NETLINK, NETLINK_EXT_ACK, value, 4);
        value.putLong(0, TIMEOUT_SECONDS).putLong(8, 0); // struct timeval
        setOption(SOL_SOCKET, SO_RCVTIMEO, value, 16);
    }

    private void setOption(int level, int option, ByteBuffer value, int length) {
        long address = Scratch.address(value);
        CLibrary.call(CLibrary.SETSOCKOPT, descriptor, level, option, address, length);
    }

    /// Sends all messages at once and waits until the last one, which must ask for it, is
    /// acknowledged.
    ///
    /// @param what names the request in errors
    void execute(NetlinkMessages messages, String what) throws IOException {
        send(messages, what);
        awaitAcknowledgement(messages.lastSequence(), what);
    }

    /// Likewise for a transaction: the last message but one, before the end mark, must ask.
    void executeBatch(NetlinkMessages messages, String what) throws IOException {
        send(messages, what);
        awaitAcknowledgement(messages.lastSequence() - 1, what);
    }

    /// Sends one request that is answered by one message.
    ///
    /// @return the answer's payload after the netlink header, valid until the next call
    ByteBuffer ask(NetlinkMessages messages, String what) throws IOException {
        send(messages, what);
        ByteBuffer received = receive(what);
        int length = received.getInt(0);
        if (Short.toUnsignedInt(received.getShort(4)) == NLMSG_ERROR) {
            throw error(received, 0, length, what);
        }
        return received.slice(HEADER, length - HEADER).order(ByteOrder.nativeOrder());
    }

    private void send(NetlinkMessages messages, String what) throws IOException {
        ByteBuffer bytes = messages.written();
        long address = Scratch.address(bytes);
        int sent = CLibrary.call(SEND, descriptor, address, bytes.remaining(), 0, 0);
        if (sent != bytes.remaining()) {
            throw new IOException(what + ": the kernel took no message");
        }
    }

    private void awaitAcknowledgement(int sequence, String what) throws IOException {
        while (true) {
            ByteBuffer received = receive(what);
            int at = 0;
            while (at + HEADER <= received.limit()) {
                int length = received.getInt(at);
                if (length < HEADER) {
                    throw new NetlinkException(what, 0, "malformed answer");
                }
                if (Short.toUnsignedInt(received.getShort(at + 4)) == NLMSG_ERROR) {
                    if (received.getInt(at + HEADER) != 0) {
                        throw error(received, at, length, what);
                    }
                    if (received.getInt(at + 8) == sequence) {
                        return;
                    }
                }
                at += (length + 3) & ~3;
            }
        }
    }

    private ByteBuffer receive(String what) throws NetlinkException {
        int got =
                CLibrary.call(
                        RECV, descriptor, Scratch.address(answer.clear()), RECEIVE_BYTES, 0, 0);
        if (got < HEADER) {
            throw new NetlinkException(what, 0, "waited " + TIMEOUT_SECONDS + " s");
        }
        return answer.limit(got);
    }

    /// An error carries, after the echoed header, the kernel's own sentence in an attribute.
    private static NetlinkException error(ByteBuffer from, int at, int length, String what) {
        int errno = -from.getInt(at + HEADER);
        int flags = Short.toUnsignedInt(from.getShort(at + 6));
        String detail = "";
        if ((flags & NLM_F_ACK_TLVS) != 0) {
            int echoed = (flags & NLM_F_CAPPED) != 0 ? HEADER : from.getInt(at + HEADER + 4);
            int attribute = at + HEADER + 4 + ((echoed + 3) & ~3);
            while (attribute + 4 < at + length) {
                int size = Short.toUnsignedInt(from.getShort(attribute));
                if (size < 4) {
                    break;
                }
                if (Short.toUnsignedInt(from.getShort(attribute + 2)) == NLMSGERR_ATTR_MSG) {
                    byte[] text = new byte[size - 5];
                    from.get(attribute + 4, text);
                    detail = new String(text, StandardCharsets.UTF_8);
                }
                attribute += (size + 3) & ~3;
            }
        }
        return new NetlinkException(what, errno, detail);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            close(descriptor);
        }
    }
}
