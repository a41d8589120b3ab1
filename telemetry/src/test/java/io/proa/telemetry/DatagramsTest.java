package io.proa.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class DatagramsTest {
    @Test
    void readsWhatTheKernelWrites() {
        String four =
                "Tcp: A InErrors\nTcp: 1 2\n"
                        + "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\n"
                        + "Udp: 17140 120 3 17537 0\n"
                        + "UdpLite: InDatagrams NoPorts\nUdpLite: 9 9\n";
        String six =
                "Ip6InReceives\t5\nUdp6InDatagrams                 \t7\nUdp6NoPorts\t1\n"
                        + "Udp6InErrors\t2\nUdp6OutDatagrams\t4\nUdpLite6InDatagrams\t100\n";
        assertThat(Datagrams.of(four, six)).isEqualTo(new Datagrams(17147, 17541, 121, 5));
        assertThat(Datagrams.of(four, "")).isEqualTo(new Datagrams(17140, 17537, 120, 3));
        assertThat(Datagrams.of("", "x")).isEqualTo(new Datagrams(0, 0, 0, 0));
    }

    @Test
    void countsWhatIsSentHere() throws Exception {
        try (DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            socket.setSoTimeout(5_000);
            Datagrams before = Datagrams.now();
            for (int i = 0; i < 5; i++) {
                socket.send(new DatagramPacket(new byte[3], 3, socket.getLocalSocketAddress()));
                socket.receive(new DatagramPacket(new byte[3], 3));
            }
            Datagrams after = Datagrams.now();
            assertThat(after.sent() - before.sent()).isGreaterThanOrEqualTo(5);
            assertThat(after.received() - before.received()).isGreaterThanOrEqualTo(5);
        }
    }
}
