package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Hands open descriptors to another process over a Unix socket (unix(7), SCM_RIGHTS).
///
/// What is handed over is the open file itself: a socket stays in the network namespace it was made
/// in, wherever its descriptor goes. The structures are those of 64-bit Linux.
final class DescriptorPassing {
    /// In one message.
    static final int MOST = 16;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    // struct msghdr at 0; behind it the one struct iovec, the byte it points to, and the control
    // message: length, level, type, descriptors.
    private static final int IOV_AT = 16;
    private static final int IOV_COUNT_AT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;
    private static final int IOVEC = 56;
    private static final int PAYLOAD = 72;
    private static final int CONTROL = 80;
    private static final int LEVEL_AT = CONTROL + 8;
    private static final int TYPE_AT = CONTROL + 12;
    private static final int DESCRIPTORS_AT = CONTROL + 16;
    private static final int BYTES = DESCRIPTORS_AT + MOST * Integer.BYTES;

    private static final MemorySegment SENDMSG;
    private static final MemorySegment RECVMSG;

    static {
        Linker linker = Linker.nativeLinker();
        SENDMSG = CLibrary.symbol(linker, "sendmsg");
        RECVMSG = CLibrary.symbol(linker, "recvmsg");
    }

    private DescriptorPassing() {}

    /// Has a process make descriptors and hand them over.
    ///
    /// @param command without the words ` to PATH` at its end
    /// @param via a path in a folder that is closed to others; used for a moment
    /// @param count how many it hands over
    static int[] order(SetupProcess maker, String command, Path via, int count) throws IOException {
        try (ServerSocketChannel meeting = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.deleteIfExists(via);
            meeting.bind(UnixDomainSocketAddress.of(via));
            meeting.configureBlocking(false);
            // By the time it has answered, its message waits here.
            maker.run(command + " to " + via);
            try (SocketChannel helper = meeting.accept()) {
                if (helper == null) {
                    throw new IOException("the helper process handed nothing over");
                }
                return receive(helper, count);
            }
        } finally {
            Files.deleteIfExists(via);
        }
    }

    /// The receiver gets copies; the caller still closes its own.
    static void send(SocketChannel over, int... descriptors) throws IOException {
        ByteBuffer message = message(descriptors.length);
        message.putInt(LEVEL_AT, SOL_SOCKET).putInt(TYPE_AT, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
            message.putInt(DESCRIPTORS_AT + i * Integer.BYTES, descriptors[i]);
        }
        if (call(SENDMSG, over, message, 0) != 1) {
            throw new IOException(descriptors.length + " descriptors could not be handed over");
        }
    }

    /// Receives exactly `count` descriptors, which are closed when this process starts another
    /// program. Blocks unless they have been sent already.
    static int[] receive(SocketChannel over, int count) throws IOException {
        ByteBuffer message = message(count);
        int got = call(RECVMSG, over, message, MSG_CMSG_CLOEXEC);
        long length = message.getLong(CONTROL_LENGTH_AT);
        if (got != 1
                || length < DESCRIPTORS_AT - CONTROL
                || message.getLong(CONTROL) != controlLength(count)
                || message.getInt(TYPE_AT) != SCM_RIGHTS) {
            throw new IOException(
                    "expected " + count + " descriptors, saw a message of another kind");
        }
        int[] descriptors = new int[count];
        for (int i = 0; i < count; i++) {
            descriptors[i] = message.getInt(DESCRIPTORS_AT + i * Integer.BYTES);
        }
        return descriptors;
    }

    private static ByteBuffer message(int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(count + " descriptors: expected 1 to " + MOST);
        }
        ByteBuffer message = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        long address = Scratch.address(message);
        message.putLong(IOV_AT, address + IOVEC).putLong(IOV_COUNT_AT, 1);
        message.putLong(IOVEC, address + PAYLOAD).putLong(IOVEC + Long.BYTES, 1);
        message.putLong(CONTROL_AT, address + CONTROL);
        // With its padding; the length inside is without.
        message.putLong(CONTROL_LENGTH_AT, (controlLength(count) + 7) & ~7);
        message.putLong(CONTROL, controlLength(count));
        return message;
    }

    private static int controlLength(int count) {
        return DESCRIPTORS_AT - CONTROL + count * Integer.BYTES;
    }

    private static int call(MemorySegment function, SocketChannel over, ByteBuffer message, int f) {
        return CLibrary.call(
                function, ChannelDescriptor.of(over), Scratch.address(message), f, 0, 0);
    }
}
