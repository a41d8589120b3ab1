package io.proa.host.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// The two addresses of an IP packet, as numbers, so that looking one up costs no objects of the
/// JDK's. An IPv4 address is the low half of the low number.
record IpEnds(
        boolean v6, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
    private static final long INT = 0xffffffffL;

    /// @param at of the source in the packet's header; the destination is behind it
    static IpEnds readV4(ByteBuffer packet, int at) {
        return new IpEnds(false, 0, packet.getInt(at) & INT, 0, packet.getInt(at + 4) & INT);
    }

    /// @param at of the source in the packet's header; the destination is behind it
    static IpEnds readV6(ByteBuffer packet, int at) {
        return new IpEnds(
                true,
                packet.getLong(at),
                packet.getLong(at + 8),
                packet.getLong(at + 16),
                packet.getLong(at + 24));
    }

    /// Writes source and destination.
    void write(ByteBuffer packet, int at) {
        if (v6) {
            packet.putLong(at, sourceHigh).putLong(at + 8, sourceLow);
            packet.putLong(at + 16, destinationHigh).putLong(at + 24, destinationLow);
        } else {
            packet.putInt(at, (int) sourceLow).putInt(at + 4, (int) destinationLow);
        }
    }

    IpEnds reversed() {
        return new IpEnds(v6, destinationHigh, destinationLow, sourceHigh, sourceLow);
    }

    InetAddress source() {
        return address(sourceHigh, sourceLow);
    }

    /// One of IPv4, too, where an IPv6 address stands for one (RFC 4291, section 2.5.5.2).
    InetAddress destination() {
        return address(destinationHigh, destinationLow);
    }

    private InetAddress address(long high, long low) {
        ByteBuffer bytes = v6 ? ByteBuffer.allocate(16).putLong(high) : ByteBuffer.allocate(4);
        byte[] address = (v6 ? bytes.putLong(low) : bytes.putInt((int) low)).array();
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 and 16 bytes are always an address", impossible);
        }
    }

    /// Of the pseudo header that UDP's and ICMPv6's checksums cover (RFC 768; RFC 8200, section
    /// 8.1); the length of what follows is added by the caller.
    long pseudoSum(int protocol) {
        return half(sourceHigh)
                + half(sourceLow)
                + half(destinationHigh)
                + half(destinationLow)
                + protocol;
    }

    private static long half(long bits) {
        return (bits >>> 32) + (bits & INT);
    }
}
