package io.proa.host;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/// Makes channels of descriptors that came from elsewhere.
///
/// The JDK has no door for that. So a channel is opened here and bound to some port, which it must
/// believe to be, and the descriptor is put in the place of its own, closing that (dup2(2)). What
/// the channel says of its local address stays that of the throw-away socket.
final class AdoptedSocket {
    private static final int O_CLOEXEC = 0x80000;

    private static final MemorySegment DUP3;
    private static final MemorySegment CLOSE;

    static {
        Linker linker = Linker.nativeLinker();
        DUP3 = CLibrary.symbol(linker, "dup3");
        CLOSE = CLibrary.symbol(linker, "close");
    }

    private AdoptedSocket() {}

    /// @param descriptor of a listening TCP socket; taken over, also where this fails
    static ServerSocketChannel listener(int descriptor) throws IOException {
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            replace(channel, descriptor);
            return channel;
        } catch (IOException e) {
            discard(channel);
            throw e;
        } finally {
            close(descriptor);
        }
    }

    /// @param descriptor of a bound UDP socket of this family; taken over, also where this fails
    static DatagramChannel datagrams(int descriptor, ProtocolFamily family) throws IOException {
        DatagramChannel channel = null;
        try {
            channel = DatagramChannel.open(family);
            channel.bind(null);
            replace(channel, descriptor);
            return channel;
        } catch (IOException e) {
            discard(channel);
            throw e;
        } finally {
            close(descriptor);
        }
    }

    /// A pipe both ends of which are the same socket: a read is one packet, and so is a write.
    ///
    /// @param descriptor taken over, also where this fails
    static Pipe packets(int descriptor) throws IOException {
        Pipe pipe = null;
        try {
            pipe = Pipe.open();
            replace(pipe.source(), descriptor);
            replace(pipe.sink(), descriptor);
            return pipe;
        } catch (IOException e) {
            if (pipe != null) {
                discard(pipe.source());
                discard(pipe.sink());
            }
            throw e;
        } finally {
            close(descriptor);
        }
    }

    private static void replace(Channel channel, int descriptor) throws IOException {
        if (CLibrary.call(DUP3, descriptor, ChannelDescriptor.of(channel), O_CLOEXEC, 0, 0) < 0) {
            throw new IOException("descriptor " + descriptor + " cannot be adopted");
        }
    }

    private static void discard(@Nullable Channel channel) throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    static void close(int descriptor) {
        CLibrary.call(CLOSE, descriptor, 0, 0, 0, 0);
    }
}
