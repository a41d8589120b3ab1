package io.proa.host;

import java.nio.channels.SocketChannel;

/// Has the kernel ask a silent TCP connection's peer whether it is there still: after 60 s, then
/// every 15 s, and after the eighth question without an answer, that is after three minutes, the
/// connection is broken (tcp(7)). A peer that is merely silent answers without knowing.
public final class KeepAlive {
    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE = 9;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;

    private static final int IDLE_SECONDS = 60;
    private static final int INTERVAL_SECONDS = 15;
    private static final int QUESTIONS = 8;

    private KeepAlive() {}

    /// Begins on an open channel; without effect on a Unix socket. From any thread.
    public static void set(SocketChannel channel) {
        int descriptor = ChannelDescriptor.of(channel);
        CLibrary.setOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_SECONDS);
        CLibrary.setOption(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, INTERVAL_SECONDS);
        CLibrary.setOption(descriptor, IPPROTO_TCP, TCP_KEEPCNT, QUESTIONS);
        CLibrary.setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
    }
}
