package io.proa.host;

import java.nio.channels.SocketChannel;

/// The mark by which the redirect rules know a sidecar's own connections and let them pass.
///
/// Setting it takes CAP_NET_ADMIN (or CAP_NET_RAW since Linux 5.17) over the network namespace, so
/// an application without capabilities cannot forge it (socket(7), SO_MARK).
public final class SocketMark {
    /// "proa" as far as hexadecimal digits can spell it.
    public static final int PROA = 0x50A0A;

    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;

    private SocketMark() {}

    /// Marks a channel with [#PROA]; call it before `connect`, from any thread.
    ///
    /// @return false where the kernel forbids it: the redirect rules must then know the sidecar by
    ///   its uid
    public static boolean set(SocketChannel channel) {
        return CLibrary.setOption(ChannelDescriptor.of(channel), SOL_SOCKET, SO_MARK, PROA);
    }
}
