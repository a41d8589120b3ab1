package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The relay between a pair of sockets in the place of the pods' side, and a server on this
/// machine's loopback in the place of the outside.
@Timeout(30)
final class DatagramRelayTest {
    private static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String OUTSIDE = "192.0.2.1:7";

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final DatagramChannel pods = DatagramChannel.open();
    private final DatagramChannel relaySide = DatagramChannel.open();
    private final DatagramSocket server = new DatagramSocket(0, LOOPBACK);

    DatagramRelayTest() throws IOException {}

    @BeforeEach
    void connects() throws IOException {
        pods.bind(new InetSocketAddress(LOOPBACK, 0));
        relaySide.bind(new InetSocketAddress(LOOPBACK, 0));
        pods.connect(relaySide.getLocalAddress());
        relaySide.connect(pods.getLocalAddress());
        pods.socket().setSoTimeout(5000);
        server.setSoTimeout(5000);
    }

    @AfterEach
    void closes() throws IOException {
        pods.close();
        relaySide.close();
        server.close();
    }

    @Test
    void aFlowIsOneSocketThatHearsOnlyItsServer() throws Exception {
        try (DatagramRelay relay = relay(4, LONG, 1500)) {
            UdpEnds ends = Frames.ends("10.87.0.9:1000", OUTSIDE);
            pods.write(Frames.datagram(ends, Frames.payload(10)));
            DatagramPacket first = received();
            assertThat(first.getLength()).isEqualTo(10);
            try (DatagramSocket stranger = new DatagramSocket()) {
                stranger.send(new DatagramPacket(new byte[3], 3, first.getSocketAddress()));
            }
            server.send(new DatagramPacket(new byte[20], 20, first.getSocketAddress()));
            IpPacket.Datagram answer = (IpPacket.Datagram) toPod();
            assertThat(answer.ends()).isEqualTo(ends.reversed());
            assertThat(answer.length()).as("the server's, not the stranger's").isEqualTo(20);
            pods.write(Frames.datagram(ends, Frames.payload(11)));
            assertThat(received().getSocketAddress()).isEqualTo(first.getSocketAddress());
            assertThat(relay.underWay()).isEqualTo(1);
        }
    }

    @Test
    void theFlowThatWasQuietLongestMakesRoomForANewOne() throws Exception {
        try (DatagramRelay relay = relay(3, LONG, 1500)) {
            int busy = ask(1);
            for (int port = 2; port < 20; port++) {
                ask(port);
                assertThat(ask(1)).as("one that is used stays").isEqualTo(busy);
            }
            assertThat(relay.underWay()).isEqualTo(3);
        }
    }

    @Test
    void quietFlowsEnd() throws Exception {
        try (DatagramRelay relay = relay(3, Duration.ofMillis(50), 1500)) {
            int before = ask(1);
            for (int i = 0; i < 500 && relay.underWay() > 0; i++) {
                Thread.sleep(10);
            }
            assertThat(relay.underWay()).isZero();
            assertThat(ask(1)).isNotEqualTo(before);
        }
    }

    @Test
    void whatIsClosedToPodsIsRefusedCountedAndToldOnce() throws Exception {
        try (DatagramRelay relay = relay(3, LONG, 1500)) {
            UdpEnds closed = Frames.ends("10.87.0.9:1000", "203.0.113.1:7");
            for (int i = 0; i < 3; i++) {
                pods.write(Frames.datagram(closed, new byte[4]));
                assertThat(icmp()).isEqualTo(3 << 8 | 13);
            }
            assertThat(relay.undelivered(Undelivered.FORBIDDEN)).isEqualTo(3);
            assertThat(told.poll(5, TimeUnit.SECONDS)).contains("10.87.0.9 to 203.0.113.1");
            assertThat(told).isEmpty();
        }
    }

    @Test
    void whoeverIsNoPodIsNotHeard() throws Exception {
        try (DatagramRelay relay = relay(3, LONG, 1500)) {
            pods.write(Frames.datagram(Frames.ends("10.99.0.9:1000", OUTSIDE), new byte[4]));
            ask(1); // behind it
            assertThat(relay.underWay()).isEqualTo(1);
        }
    }

    @Test
    void oneThatIsTooLongIsToldOfWithThePathsMtu() throws Exception {
        try (DatagramRelay relay = relay(3, LONG, 1280)) {
            UdpEnds ends = Frames.ends("[fd50:a0a::9]:1000", "[2001:db8::1]:7");
            // More than IPv4 can carry, to which this goes on.
            for (ByteBuffer fragment : Frames.fragments(ends, new byte[65_520])) {
                pods.write(fragment);
            }
            assertThat(icmp()).isEqualTo(2 << 8);
            assertThat(relay.undelivered(Undelivered.TOO_LONG)).isEqualTo(1);
        }
    }

    @Test
    void aPortWhereNobodyListensIsToldOf() throws Exception {
        try (DatagramRelay _ = relay(3, LONG, 1500)) {
            server.close();
            UdpEnds ends = Frames.ends("10.87.0.9:1000", OUTSIDE);
            pods.write(Frames.datagram(ends, new byte[4]));
            assertThat(icmp()).isEqualTo(3 << 8 | 3);
        }
    }

    /// @return the port by which the pod's socket is known outside
    private int ask(int podPort) throws IOException {
        UdpEnds ends = Frames.ends("10.87.0.9:" + podPort, OUTSIDE);
        pods.write(Frames.datagram(ends, new byte[4]));
        return received().getPort();
    }

    private DatagramPacket received() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        server.receive(packet);
        return packet;
    }

    private ByteBuffer frame() throws IOException {
        byte[] bytes = new byte[65_536];
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        pods.socket().receive(packet);
        return ByteBuffer.wrap(bytes, 0, packet.getLength()).slice();
    }

    private IpPacket toPod() throws IOException {
        return IpPacket.read(frame());
    }

    /// Type and code of an ICMP error with a right checksum.
    private int icmp() throws IOException {
        ByteBuffer frame = frame();
        IpPacket.Other packet = (IpPacket.Other) IpPacket.read(frame);
        boolean v6 = packet.ends().v6();
        int at = IpPacket.LINK + (v6 ? IpPacket.V6_HEADER : IpPacket.V4_HEADER);
        int length = frame.limit() - at;
        long pseudo = v6 ? packet.ends().pseudoSum(IpPacket.ICMP_V6) + length : 0;
        assertThat(InternetChecksum.of(frame, at, length, pseudo)).isZero();
        return frame.getShort(at) & 0xffff;
    }

    private DatagramRelay relay(int flows, Duration quiet, int mtu) throws IOException {
        InetSocketAddress there = (InetSocketAddress) server.getLocalSocketAddress();
        return DatagramRelay.start(
                new DatagramRelay.Link<>(relaySide, relaySide, Frames.MAC),
                new DatagramRelay.Rules(
                        wanted ->
                                wanted.ip().getHostAddress().startsWith("203.")
                                        ? List.of()
                                        : List.of(there),
                        pod -> !pod.getHostAddress().startsWith("10.99.")),
                new KnownMtu(mtu),
                told::add,
                new DatagramRelay.Bounds(flows, quiet, quiet));
    }

    private record KnownMtu(int mtu) implements ConnectedDatagrams {
        @Override
        public void allowFragments(DatagramChannel channel, boolean allowed) {}

        @Override
        public int pathMtu(DatagramChannel channel) {
            return mtu;
        }

        @Override
        public void sendEmpty(DatagramChannel channel) {}

        @Override
        public boolean wasRefused(DatagramChannel channel) {
            return false;
        }
    }
}
