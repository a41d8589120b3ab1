package io.proa.host.egress;

import static io.proa.host.egress.IpPacket.LINK;
import static io.proa.host.egress.IpPacket.UDP;
import static io.proa.host.egress.IpPacket.UDP_HEADER;
import static io.proa.host.egress.IpPacket.V4_HEADER;
import static io.proa.host.egress.IpPacket.V6_FRAGMENT_HEADER;
import static io.proa.host.egress.IpPacket.V6_HEADER;

import java.nio.ByteBuffer;

/// Writes what goes back to the pods: datagrams, and errors of ICMP. For one thread.
final class IpWriter {
    /// Where a payload stands, so that any header fits in front of it.
    static final int PAYLOAD_AT = LINK + V6_HEADER + V6_FRAGMENT_HEADER + UDP_HEADER;

    /// Of the links between pods.
    static final int LINK_MTU = 1500;

    /// Without the headers of UDP and IPv4.
    static final int LONGEST_V4 = 0xffff - V4_HEADER - UDP_HEADER;

    private static final int TTL = 64;
    private static final int PIECE = (LINK_MTU - V6_HEADER - V6_FRAGMENT_HEADER) / 8 * 8;

    private final long mac;
    private int id;

    /// @param mac whom frames are for, 48 bits
    IpWriter(long mac) {
        this.mac = mac;
    }

    /// Puts headers in front of a payload that stands at [#PAYLOAD_AT]; the buffer is the frame
    /// afterwards, from its position to its limit. One of IPv4 may be longer than the links allow:
    /// the hub's kernel makes fragments of it.
    void datagram(ByteBuffer frame, UdpEnds ends, int length) {
        int udp = udp(frame, ends, length);
        boolean v6 = ends.ip().v6();
        int at = udp - (v6 ? V6_HEADER : V4_HEADER);
        int payload = UDP_HEADER + length;
        ip(frame, ends.ip(), at, UDP, payload);
        boolean fits = V4_HEADER + payload <= LINK_MTU;
        if (!v6 && !fits) {
            // Not to be fragmented is what ip() has said; with fragments it needs a name.
            frame.putShort(at + 4, (short) ++id).putShort(at + 6, (short) 0);
            seal(frame, at);
        }
        frame.position(at - LINK).limit(udp + payload);
    }

    /// Whether a datagram has to be sent as [#fragment]s.
    static boolean needsFragments(UdpEnds ends, int length) {
        return ends.ip().v6() && V6_HEADER + UDP_HEADER + length > LINK_MTU;
    }

    /// Prepares the datagram whose payload stands at [#PAYLOAD_AT] for [#fragment].
    void fragmented(ByteBuffer payload, UdpEnds ends, int length) {
        udp(payload, ends, length);
        id++;
    }

    /// Writes the piece of a prepared IPv6 datagram that begins at `offset`.
    ///
    /// @return the offset of the next one; 0 = this was the last
    int fragment(ByteBuffer payload, UdpEnds ends, int length, int offset, ByteBuffer frame) {
        int all = UDP_HEADER + length;
        int piece = Math.min(PIECE, all - offset);
        boolean more = offset + piece < all;
        frame.clear();
        ip(frame, ends.ip(), LINK, IpPacket.V6_FRAGMENT, V6_FRAGMENT_HEADER + piece);
        int at = LINK + V6_HEADER;
        frame.put(at, (byte) UDP).put(at + 1, (byte) 0);
        frame.putShort(at + 2, (short) (offset | (more ? 1 : 0))).putInt(at + 4, id);
        int from = PAYLOAD_AT - UDP_HEADER + offset;
        frame.put(at + V6_FRAGMENT_HEADER, payload, from, piece);
        frame.position(0).limit(at + V6_FRAGMENT_HEADER + piece);
        return more ? offset + piece : 0;
    }

    private static int udp(ByteBuffer frame, UdpEnds ends, int length) {
        int at = PAYLOAD_AT - UDP_HEADER;
        int all = UDP_HEADER + length;
        frame.putShort(at, (short) ends.sourcePort());
        frame.putShort(at + 2, (short) ends.destinationPort());
        frame.putShort(at + 4, (short) all).putShort(at + 6, (short) 0);
        int sum = InternetChecksum.of(frame, at, all, ends.ip().pseudoSum(UDP) + all);
        frame.putShort(at + 6, (short) (sum == 0 ? 0xffff : sum)); // 0 would say: there is none
        return at;
    }

    private void ip(ByteBuffer frame, IpEnds ends, int at, int protocol, int payload) {
        frame.putShort(at - LINK, (short) (mac >> 32)).putInt(at - LINK + 2, (int) mac);
        frame.putShort(at - 8, (short) (mac >> 32)).putInt(at - 6, (int) mac);
        if (ends.v6()) {
            frame.putShort(at - 2, (short) IpPacket.TYPE_V6);
            frame.putInt(at, 6 << 28).putShort(at + 4, (short) payload);
            frame.put(at + 6, (byte) protocol).put(at + 7, (byte) TTL);
            ends.write(frame, at + 8);
        } else {
            frame.putShort(at - 2, (short) IpPacket.TYPE_V4);
            frame.putShort(at, (short) 0x4500).putShort(at + 2, (short) (V4_HEADER + payload));
            frame.putShort(at + 4, (short) 0);
            frame.putShort(at + 6, (short) IpPacket.V4_DONT_FRAGMENT);
            frame.put(at + 8, (byte) TTL).put(at + 9, (byte) protocol);
            ends.write(frame, at + 12);
            seal(frame, at);
        }
    }

    private static void seal(ByteBuffer frame, int at) {
        frame.putShort(at + IpPacket.V4_CHECKSUM_AT, (short) 0);
        int sum = InternetChecksum.of(frame, at, V4_HEADER, 0);
        frame.putShort(at + IpPacket.V4_CHECKSUM_AT, (short) sum);
    }

    /// Writes the error for a packet, in the name of whom it was for: an address of the hub's own
    /// would not be believed where this comes in. It quotes the packet's addresses and ports, which
    /// is what a sender looks for; the rest is made up.
    ///
    /// @param ports of the packet, or its first four bytes
    /// @param mtu told with [Refusal#TOO_BIG], otherwise 0
    void refusal(ByteBuffer frame, IpEnds ends, int protocol, int ports, Refusal why, int mtu) {
        int header = ends.v6() ? V6_HEADER : V4_HEADER;
        int icmp = LINK + header;
        int quoted = icmp + 8;
        int all = 8 + header + UDP_HEADER;
        frame.clear();
        // The quoted header first: writing it clears the room of a link header in front of it.
        ip(frame, ends, quoted, protocol, UDP_HEADER);
        frame.putInt(quoted + header, ports);
        frame.putInt(quoted + header + 4, UDP_HEADER << 16);
        ip(frame, ends.reversed(), LINK, ends.v6() ? IpPacket.ICMP_V6 : IpPacket.ICMP, all);
        frame.putShort(icmp, (short) (ends.v6() ? why.v6 : why.v4)).putShort(icmp + 2, (short) 0);
        frame.putInt(icmp + 4, mtu);
        long pseudo = ends.v6() ? ends.pseudoSum(IpPacket.ICMP_V6) + all : 0;
        frame.putShort(icmp + 2, (short) InternetChecksum.of(frame, icmp, all, pseudo));
        frame.position(0).limit(icmp + all);
    }
}
