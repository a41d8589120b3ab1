package io.proa.host.egress;

import java.nio.ByteBuffer;

/// What a frame from the pods' side holds, read strictly: nothing is passed on that two readers
/// could take for different things (RFC 791, RFC 8200, RFC 768).
sealed interface IpPacket {
    /// Bytes before the packet: two link addresses and the packet's type.
    int LINK = 14;

    int TYPE_AT = 12;
    int TYPE_V4 = 0x0800;
    int TYPE_V6 = 0x86dd;
    int V4_HEADER = 20;
    int V6_HEADER = 40;
    int UDP_HEADER = 8;
    int V6_FRAGMENT_HEADER = 8;
    int UDP = 17;
    int ICMP = 1;
    int ICMP_V6 = 58;
    int V6_FRAGMENT = 44;
    int V4_FRAGMENT_AT = 6;
    int V4_CHECKSUM_AT = 10;
    int V4_DONT_FRAGMENT = 0x4000;
    int V4_MORE_FRAGMENTS = 0x2000;

    /// One of UDP.
    ///
    /// @param whole whether no router may make fragments of it: the sender looks for the path's MTU
    /// @param at of the payload in the frame
    /// @param length of the payload, 0 to 65527 bytes
    record Datagram(UdpEnds ends, boolean whole, int at, int length) implements IpPacket {
        Datagram divisible() {
            return new Datagram(ends, false, at, length);
        }
    }

    /// A piece of some packet.
    ///
    /// @param offset of these bytes in the packet's payload
    /// @param more whether others follow
    /// @param at of these bytes in the frame
    /// @param headerLength of the IP header in front, without the fragment header of IPv6
    record Fragment(PacketName name, int offset, boolean more, int at, int length, int headerLength)
            implements IpPacket {}

    /// What fragments of one packet have in common.
    record PacketName(IpEnds ends, int protocol, int id) {}

    /// A whole packet of another protocol, or UDP behind headers that nobody uses.
    ///
    /// @param first byte behind the IP header: what ICMP calls its type; -1 where there is none
    record Other(IpEnds ends, int protocol, int first) implements IpPacket {}

    /// What no kernel sends.
    record Broken(IpEnds ends, String what) implements IpPacket {}

    /// Neither IPv4 nor IPv6.
    record Foreign() implements IpPacket {}

    /// @param frame from 0 to its limit, in network order
    static IpPacket read(ByteBuffer frame) {
        int length = frame.limit() - LINK;
        int version = length < V4_HEADER ? 0 : frame.get(LINK) >> 4 & 15;
        int type = length < V4_HEADER ? 0 : frame.getShort(TYPE_AT) & 0xffff;
        if (type == TYPE_V4 && version == 4) {
            return readV4(frame, length);
        }
        if (type == TYPE_V6 && version == 6 && length >= V6_HEADER) {
            return readV6(frame, length);
        }
        return new Foreign();
    }

    private static IpPacket readV4(ByteBuffer frame, int length) {
        IpEnds ends = IpEnds.readV4(frame, LINK + 12);
        int header = (frame.get(LINK) & 15) * 4;
        int total = frame.getShort(LINK + 2) & 0xffff;
        if (header < V4_HEADER || total < header || total > length) {
            return new Broken(ends, "a length of IPv4 that is none");
        }
        if (InternetChecksum.of(frame, LINK, header, 0) != 0) {
            return new Broken(ends, "a wrong checksum of IPv4");
        }
        int protocol = frame.get(LINK + 9) & 0xff;
        int bits = frame.getShort(LINK + V4_FRAGMENT_AT) & 0xffff;
        boolean more = (bits & V4_MORE_FRAGMENTS) != 0;
        int offset = (bits & 0x1fff) * 8;
        int at = LINK + header;
        int payload = total - header;
        if (more || offset > 0) {
            PacketName name = new PacketName(ends, protocol, frame.getShort(LINK + 4) & 0xffff);
            return fragment(new Fragment(name, offset, more, at, payload, header));
        }
        return protocol == UDP
                ? readUdp(frame, ends, (bits & V4_DONT_FRAGMENT) != 0, at, payload)
                : new Other(ends, protocol, payload == 0 ? -1 : frame.get(at) & 0xff);
    }

    private static IpPacket readV6(ByteBuffer frame, int length) {
        IpEnds ends = IpEnds.readV6(frame, LINK + 8);
        int payload = frame.getShort(LINK + 4) & 0xffff;
        if (payload > length - V6_HEADER) {
            return new Broken(ends, "a length of IPv6 that is none");
        }
        int next = frame.get(LINK + 6) & 0xff;
        int at = LINK + V6_HEADER;
        if (next == V6_FRAGMENT && payload >= V6_FRAGMENT_HEADER) {
            int bits = frame.getShort(at + 2) & 0xffff;
            PacketName name = new PacketName(ends, frame.get(at) & 0xff, frame.getInt(at + 4));
            return fragment(
                    new Fragment(
                            name,
                            bits & 0xfff8,
                            (bits & 1) != 0,
                            at + V6_FRAGMENT_HEADER,
                            payload - V6_FRAGMENT_HEADER,
                            V6_HEADER));
        }
        return next == UDP
                ? readUdp(frame, ends, true, at, payload) // no router makes fragments of IPv6
                : new Other(ends, next, payload == 0 ? -1 : frame.get(at) & 0xff);
    }

    private static IpPacket fragment(Fragment fragment) {
        boolean odd = fragment.more() && fragment.length() % 8 != 0;
        boolean nested = fragment.name().protocol() == V6_FRAGMENT; // would take a stack to undo
        return odd
                        || nested
                        || fragment.length() == 0
                        || fragment.offset() + fragment.length() > 0xffff
                ? new Broken(fragment.name().ends(), "a fragment that fits nowhere")
                : fragment;
    }

    private static IpPacket readUdp(
            ByteBuffer frame, IpEnds ends, boolean whole, int at, int length) {
        int stated = length < UDP_HEADER ? 0 : frame.getShort(at + 4) & 0xffff;
        if (stated < UDP_HEADER || stated > length) {
            return new Broken(ends, "a length of UDP that is none");
        }
        int checksum = frame.getShort(at + 6) & 0xffff;
        boolean unchecked = checksum == 0 && !ends.v6();
        if (!unchecked
                && (checksum == 0
                        || InternetChecksum.of(frame, at, stated, ends.pseudoSum(UDP) + stated)
                                != 0)) {
            return new Broken(ends, "a wrong checksum of UDP");
        }
        int source = frame.getShort(at) & 0xffff;
        int destination = frame.getShort(at + 2) & 0xffff;
        if (source == 0 || destination == 0) {
            return new Broken(ends, "port 0");
        }
        UdpEnds udp = new UdpEnds(ends, source, destination);
        return new Datagram(udp, whole, at + UDP_HEADER, stated - UDP_HEADER);
    }
}
