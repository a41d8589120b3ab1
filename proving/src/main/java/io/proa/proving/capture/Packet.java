package io.proa.proving.capture;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// One frame of Ethernet, as far as it matters who says what to whom.
public sealed interface Packet {
    /// A TCP segment; its payload is `frame` between `from` and `to`.
    @SuppressWarnings("ArrayRecordComponent") // made, read and forgotten: never compared
    record Tcp(Ends ends, int flags, int sequence, byte[] frame, int from, int to)
            implements Packet {
        boolean syn() {
            return (flags & 2) != 0;
        }

        boolean ack() {
            return (flags & 16) != 0;
        }
    }

    /// Neighbours finding each other, or an error told of a packet: no application has a say in it.
    record Plumbing(String what) implements Packet {}

    /// Anything else.
    record Other(String what, InetAddress source, InetAddress target) implements Packet {}

    /// What cannot even be read.
    record Unreadable(String what) implements Packet {}

    /// From where to where.
    record Ends(InetAddress source, int sourcePort, InetAddress target, int targetPort) {
        Ends reversed() {
            return new Ends(target, targetPort, source, sourcePort);
        }

        @Override
        public String toString() {
            return end(source, sourcePort) + " -> " + end(target, targetPort);
        }

        private static String end(InetAddress address, int port) {
            String text = address.getHostAddress();
            return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
        }
    }

    /// @param frame from its Ethernet header on
    static Packet parse(byte[] frame) {
        try {
            return switch (number(frame, 12)) {
                case 0x0800 -> ipv4(frame);
                case 0x86dd -> ipv6(frame);
                case 0x0806 -> new Plumbing("ARP");
                default -> new Unreadable("type 0x" + Integer.toHexString(number(frame, 12)));
            };
        } catch (IndexOutOfBoundsException | UnknownHostException _) {
            return new Unreadable("a frame of " + frame.length + " bytes is cut short");
        }
    }

    private static Packet ipv4(byte[] frame) throws UnknownHostException {
        InetAddress source = address(frame, 26, 4);
        InetAddress target = address(frame, 30, 4);
        if ((number(frame, 20) & 0x3fff) != 0) {
            return new Other("a fragment", source, target);
        }
        int total = number(frame, 16);
        return carried(
                frame[23] & 0xff,
                frame,
                14 + (frame[14] & 15) * 4,
                total == 0 ? frame.length : 14 + total,
                source,
                target);
    }

    private static Packet ipv6(byte[] frame) throws UnknownHostException {
        int total = number(frame, 18);
        int next = frame[20] & 0xff;
        int at = 54;
        if (next == 0) { // hop-by-hop options stand before multicast listener reports
            next = frame[at] & 0xff;
            at += 8 + (frame[at + 1] & 0xff) * 8;
        }
        return carried(
                next,
                frame,
                at,
                total == 0 ? frame.length : 54 + total,
                address(frame, 22, 16),
                address(frame, 38, 16));
    }

    private static Packet carried(
            int protocol, byte[] frame, int at, int end, InetAddress source, InetAddress target) {
        return switch (protocol) {
            case 6 -> tcp(frame, at, end, source, target);
            case 1 -> control("ICMP", frame[at] & 0xff, source, target);
            case 58 -> control("ICMPv6", frame[at] & 0xff, source, target);
            case 2 -> new Plumbing("IGMP");
            case 17 -> new Other("UDP to port " + number(frame, at + 2), source, target);
            default -> new Other("IP protocol " + protocol, source, target);
        };
    }

    /// Echoes carry what an application gives them; errors and neighbours do not.
    private static Packet control(
            String protocol, int type, InetAddress source, InetAddress target) {
        boolean echo =
                protocol.equals("ICMP") ? type == 0 || type == 8 : type == 128 || type == 129;
        return echo
                ? new Other(protocol + " echo", source, target)
                : new Plumbing(protocol + " " + type);
    }

    private static Packet tcp(
            byte[] frame, int at, int end, InetAddress source, InetAddress target) {
        Ends ends = new Ends(source, number(frame, at), target, number(frame, at + 2));
        int sequence = number(frame, at + 4) << 16 | number(frame, at + 6);
        int payload = at + ((frame[at + 12] & 0xf0) >> 2);
        if (payload > end || end > frame.length) {
            throw new IndexOutOfBoundsException();
        }
        return new Tcp(ends, frame[at + 13] & 0xff, sequence, frame, payload, end);
    }

    private static int number(byte[] frame, int at) {
        return (frame[at] & 0xff) << 8 | frame[at + 1] & 0xff;
    }

    private static InetAddress address(byte[] frame, int at, int length)
            throws UnknownHostException {
        return InetAddress.getByAddress(Arrays.copyOfRange(frame, at, at + length));
    }
}
