package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReassemblyTest {
    private static final UdpEnds ENDS = Frames.ends("[fd50:a0a::9]:4000", "[2001:db8::1]:53");
    private static final UdpEnds OTHER = Frames.ends("[fd50:a0a::8]:4000", "[2001:db8::1]:53");

    private final List<String> told = new ArrayList<>();
    private final Losses losses = new Losses(told::add);
    private final Reassembly reassembly = new Reassembly(losses);

    @Test
    void fragmentsInOrderBecomeTheDatagramTheyWere() {
        for (int length : new int[] {1453, 3000, 30_000, 65_507, 65_527}) {
            byte[] payload = Frames.payload(length);
            ByteBuffer[] fragments = Frames.fragments(ENDS, payload);
            for (int i = 0; i < fragments.length - 1; i++) {
                assertThat(add(fragments[i], 0)).isNull();
            }
            ByteBuffer all = Objects.requireNonNull(add(fragments[fragments.length - 1], 0));
            assertThat(IpPacket.read(all)).isInstanceOf(IpPacket.Datagram.class);
            IpPacket.Datagram datagram = (IpPacket.Datagram) IpPacket.read(all);
            assertThat(datagram.ends()).isEqualTo(ENDS);
            assertThat(Frames.payload(datagram, all)).isEqualTo(payload);
            assertThat(reassembly.underWay()).isZero();
        }
        assertThat(told).isEmpty();
    }

    @Test
    void thoseOfSeveralDatagramsMayCrossEachOther() {
        ByteBuffer[] one = Frames.fragments(ENDS, Frames.payload(2500));
        ByteBuffer[] two = Frames.fragments(OTHER, Frames.payload(2600));
        assertThat(add(one[0], 0)).isNull();
        assertThat(add(two[0], 0)).isNull();
        assertThat(add(two[1], 0)).isNotNull();
        assertThat(add(one[1], 0)).isNotNull();
    }

    @Test
    void gapsRepetitionsAndStraysAreLostAndCounted() {
        ByteBuffer[] fragments = Frames.fragments(ENDS, Frames.payload(6000));
        assertThat(add(fragments[1], 0)).as("a stray").isNull();
        assertThat(losses.of(Undelivered.INCOMPLETE)).isEqualTo(1);
        add(fragments[0], 0);
        assertThat(add(fragments[2], 0)).as("behind a gap").isNull();
        assertThat(losses.of(Undelivered.INCOMPLETE)).isEqualTo(2);
        add(fragments[0], 0);
        assertThat(add(fragments[0], 0)).as("again").isNull();
        assertThat(losses.of(Undelivered.INCOMPLETE)).isEqualTo(3);
        assertThat(reassembly.underWay()).isZero();
        assertThat(told).as("once").hasSize(1);
    }

    @Test
    void theOldestMakesRoomAndThoseThatNeverEndAreForgotten() {
        for (int i = 0; i < Reassembly.MOST + 5; i++) {
            UdpEnds ends = Frames.ends("[fd50:a0a::" + (100 + i) + "]:4000", "[2001:db8::1]:53");
            add(Frames.fragments(ends, Frames.payload(3000))[0], 0);
            assertThat(reassembly.underWay()).isLessThanOrEqualTo(Reassembly.MOST);
        }
        assertThat(losses.of(Undelivered.INCOMPLETE)).isEqualTo(5);
        add(Frames.fragments(ENDS, Frames.payload(3000))[0], 16_000_000_000L);
        assertThat(reassembly.underWay()).isEqualTo(1);
    }

    private @Nullable ByteBuffer add(ByteBuffer frame, long now) {
        IpPacket packet = IpPacket.read(frame);
        assertThat(packet).isInstanceOf(IpPacket.Fragment.class);
        return reassembly.add((IpPacket.Fragment) packet, frame, now);
    }
}
