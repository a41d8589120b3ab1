package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IpPacketTest {
    private static final UdpEnds V4 = Frames.ends("10.87.0.9:4000", "192.0.2.1:53");
    private static final UdpEnds V6 = Frames.ends("[fd50:a0a::9]:4000", "[2001:db8::1]:53");

    private final Random random = new Random(Long.getLong("proa.seed", 20_261_124L));

    @Test
    void readsWhatLinuxWrites() {
        ByteBuffer frame = Frames.of(Frames.HELLO);
        assertThat(IpPacket.read(frame))
                .isEqualTo(
                        new IpPacket.Datagram(
                                Frames.ends("10.87.0.9:54467", "1.1.1.1:53"), true, 42, 5));
    }

    @Test
    void readsWhatTheWriterWrites() {
        for (UdpEnds ends : new UdpEnds[] {V4, V6}) {
            for (int length : new int[] {0, 1, 2, 3, 100, 1451, 1472, 1473, 65_507}) {
                ByteBuffer frame = Frames.datagram(ends, Frames.payload(length));
                IpPacket packet = IpPacket.read(frame);
                assertThat(packet).isInstanceOf(IpPacket.Datagram.class);
                IpPacket.Datagram datagram = (IpPacket.Datagram) packet;
                assertThat(datagram.ends()).isEqualTo(ends);
                assertThat(datagram.whole()).isEqualTo(ends.ip().v6() || length <= 1472);
                assertThat(Frames.payload(datagram, frame)).isEqualTo(Frames.payload(length));
            }
        }
    }

    @Test
    void toleratesWhatALinkAppends() {
        ByteBuffer frame = ByteBuffer.allocate(60).put(Frames.of(Frames.HELLO)).clear();
        assertThat(IpPacket.read(frame)).isInstanceOf(IpPacket.Datagram.class);
    }

    @Test
    void refusesWrongLengthsAndChecksums() {
        for (UdpEnds ends : new UdpEnds[] {V4, V6}) {
            ByteBuffer good = Frames.datagram(ends, Frames.payload(100));
            for (int cut = 1; cut <= good.limit(); cut++) {
                ByteBuffer cutOff = ByteBuffer.wrap(good.array(), good.arrayOffset(), good.limit());
                ByteBuffer frame = cutOff.slice().limit(good.limit() - cut);
                assertThat(IpPacket.read(frame))
                        .isInstanceOfAny(IpPacket.Broken.class, IpPacket.Foreign.class);
            }
            int udp = good.limit() - 108;
            for (int stated : new int[] {0, 7, 109, 0xffff}) {
                assertThat(IpPacket.read(changed(good, udp + 4, stated)))
                        .isInstanceOf(IpPacket.Broken.class);
            }
            int checksum = good.getShort(udp + 6) & 0xffff;
            assertThat(IpPacket.read(changed(good, udp + 6, checksum ^ 1)))
                    .isInstanceOf(IpPacket.Broken.class);
        }
    }

    @Test
    void onlyIpv4HasDatagramsWithoutAChecksum() {
        assertThat(IpPacket.read(changed(Frames.datagram(V4, new byte[9]), 40, 0)))
                .isInstanceOf(IpPacket.Datagram.class);
        assertThat(IpPacket.read(changed(Frames.datagram(V6, new byte[9]), 60, 0)))
                .isInstanceOf(IpPacket.Broken.class);
    }

    @Test
    void everyWrongBitIsNoticed() {
        for (UdpEnds ends : new UdpEnds[] {V4, V6}) {
            byte[] payload = Frames.payload(33);
            ByteBuffer good = Frames.datagram(ends, payload);
            // Of IPv6 no checksum covers the first four bytes and the hop limit.
            for (int bit = IpPacket.LINK * 8; bit < good.limit() * 8; bit++) {
                ByteBuffer frame = copy(good);
                frame.put(bit / 8, (byte) (frame.get(bit / 8) ^ 1 << bit % 8));
                if (IpPacket.read(frame) instanceof IpPacket.Datagram datagram) {
                    assertThat(ends.ip().v6()).as("bit " + bit).isTrue();
                    assertThat(datagram.ends()).isEqualTo(ends);
                    assertThat(Frames.payload(datagram, frame)).isEqualTo(payload);
                }
            }
        }
    }

    @Test
    void whateverComesIsReadWithinItsBounds() {
        ByteBuffer[] good = {
            Frames.datagram(V4, Frames.payload(64)),
            Frames.datagram(V6, Frames.payload(64)),
            Frames.fragments(V6, Frames.payload(3000))[1]
        };
        Reassembly reassembly = new Reassembly(new Losses(_ -> {}));
        for (int i = 0; i < 300_000; i++) {
            ByteBuffer frame = copy(good[random.nextInt(good.length)]);
            for (int changes = random.nextInt(8); changes > 0; changes--) {
                frame.put(random.nextInt(frame.limit()), (byte) random.nextInt());
            }
            frame.limit(random.nextInt(4) == 0 ? random.nextInt(frame.limit()) : frame.limit());
            if (random.nextBoolean()) {
                sealed(frame);
            }
            switch (IpPacket.read(frame)) {
                case IpPacket.Datagram(UdpEnds ends, boolean _, int at, int length) -> {
                    assertThat(length).isBetween(0, 0xffff - 8);
                    assertThat(at + length).isLessThanOrEqualTo(frame.limit());
                    assertThat(ends.sourcePort()).isBetween(1, 65535);
                }
                case IpPacket.Fragment fragment -> {
                    assertThat(fragment.at() + fragment.length())
                            .isLessThanOrEqualTo(frame.limit());
                    ByteBuffer all = reassembly.add(fragment, frame, i);
                    if (all != null) {
                        assertThat(IpPacket.read(all)).isNotInstanceOf(IpPacket.Fragment.class);
                    }
                    assertThat(reassembly.underWay()).isLessThanOrEqualTo(Reassembly.MOST);
                }
                case IpPacket.Other _, IpPacket.Broken _, IpPacket.Foreign() -> {}
            }
        }
    }

    /// With a right checksum of the header, so that more than that is reached.
    private static void sealed(ByteBuffer frame) {
        if (frame.limit() >= 34 && frame.get(14) == 0x45) {
            frame.putShort(24, (short) 0);
            frame.putShort(24, (short) InternetChecksum.of(frame, 14, 20, 0));
        }
    }

    private static ByteBuffer changed(ByteBuffer frame, int at, int value) {
        return copy(frame).putShort(at, (short) value);
    }

    private static ByteBuffer copy(ByteBuffer frame) {
        return ByteBuffer.allocate(frame.limit()).put(0, frame, 0, frame.limit());
    }
}
