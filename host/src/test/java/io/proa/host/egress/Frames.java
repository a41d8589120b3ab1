package io.proa.host.egress;

import io.proa.model.IpPort;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// Frames for tests.
final class Frames {
    static final long MAC = 0x0250_a0a0_0002L;

    /// `hello` from 10.87.0.9 port 54467 to 1.1.1.1 port 53, as Linux 6.18 wrote it.
    static final String HELLO =
            "0250a0a000020250a0a00002080045000021c0df40003f116e8b0a57000901010101"
                    + "d4c30035000ddaa768656c6c6f";

    private Frames() {}

    static ByteBuffer of(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    static UdpEnds ends(String from, String to) {
        IpPort source = IpPort.parse(from);
        IpPort destination = IpPort.parse(to);
        byte[] a = source.ip().getAddress();
        byte[] b = bytes(destination.ip(), a.length);
        ByteBuffer both = ByteBuffer.allocate(32).put(a).put(b);
        IpEnds ip = a.length == 4 ? IpEnds.readV4(both, 0) : IpEnds.readV6(both, 0);
        return new UdpEnds(ip, source.port(), destination.port());
    }

    private static byte[] bytes(InetAddress address, int length) {
        byte[] bytes = address.getAddress();
        return bytes.length == length ? bytes : new byte[length];
    }

    /// A datagram, as a pod's kernel would send it.
    static ByteBuffer datagram(UdpEnds ends, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(IpWriter.PAYLOAD_AT + payload.length);
        frame.put(IpWriter.PAYLOAD_AT, payload);
        new IpWriter(MAC).datagram(frame, ends, payload.length);
        return frame.slice();
    }

    /// The fragments of a datagram of IPv6.
    static ByteBuffer[] fragments(UdpEnds ends, byte[] payload) {
        IpWriter writer = new IpWriter(MAC);
        ByteBuffer whole = ByteBuffer.allocate(IpWriter.PAYLOAD_AT + payload.length);
        whole.put(IpWriter.PAYLOAD_AT, payload);
        writer.fragmented(whole, ends, payload.length);
        ByteBuffer[] fragments = new ByteBuffer[100];
        int count = 0;
        int offset = 0;
        do {
            ByteBuffer frame = ByteBuffer.allocate(IpPacket.LINK + IpWriter.LINK_MTU);
            offset = writer.fragment(whole, ends, payload.length, offset, frame);
            fragments[count++] = frame;
        } while (offset > 0);
        return Arrays.copyOf(fragments, count);
    }

    static byte[] payload(int length) {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (i % 251);
        }
        return payload;
    }

    static byte[] payload(IpPacket.Datagram datagram, ByteBuffer frame) {
        byte[] payload = new byte[datagram.length()];
        frame.get(datagram.at(), payload);
        return payload;
    }
}
