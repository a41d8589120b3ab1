package io.proa.host;

import io.proa.host.egress.ConnectedDatagrams;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// By the options of ip(7) and ipv6(7); each is tried for both families, as a socket has one.
final class DatagramOptions implements ConnectedDatagrams {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int ECONNREFUSED = 111;
    private static final int SOL_IP = 0;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_MTU = 14;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_MTU = 24;
    private static final int PMTUDISC_WANT = 1;
    private static final int PMTUDISC_DO = 2;
    private static final int LENGTH_AT = 8;

    private static final MemorySegment SEND = CLibrary.symbol(Linker.nativeLinker(), "send");

    @Override
    public void allowFragments(DatagramChannel channel, boolean allowed) {
        int descriptor = ChannelDescriptor.of(channel);
        int how = allowed ? PMTUDISC_WANT : PMTUDISC_DO;
        CLibrary.setOption(descriptor, SOL_IP, IP_MTU_DISCOVER, how);
        CLibrary.setOption(descriptor, SOL_IPV6, IPV6_MTU_DISCOVER, how);
    }

    @Override
    public int pathMtu(DatagramChannel channel) {
        int v6 = option(channel, SOL_IPV6, IPV6_MTU);
        return Math.max(v6 > 0 ? v6 : option(channel, SOL_IP, IP_MTU), 0);
    }

    @Override
    public void sendEmpty(DatagramChannel channel) {
        CLibrary.call(SEND, ChannelDescriptor.of(channel), 0, 0, 0, 0);
    }

    @Override
    public boolean wasRefused(DatagramChannel channel) {
        return option(channel, SOL_SOCKET, SO_ERROR) == ECONNREFUSED;
    }

    /// -1 = the socket has no such option.
    private static int option(DatagramChannel channel, int level, int option) {
        ByteBuffer scratch = Scratch.buffer().putInt(0, 0).putInt(LENGTH_AT, Integer.BYTES);
        long address = Scratch.address(scratch);
        int descriptor = ChannelDescriptor.of(channel);
        long length = address + LENGTH_AT;
        return CLibrary.call(CLibrary.GETSOCKOPT, descriptor, level, option, address, length) == 0
                ? scratch.getInt(0)
                : -1;
    }
}
