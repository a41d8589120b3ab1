package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SocketOwnerTest {
    private static final int ROOT = 0;

    private static int self() throws Exception {
        return (int) Files.getAttribute(Files.createTempFile("owner", ""), "unix:uid");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "::1, ::1", "127.0.0.1, ::ffff:127.0.0.1"})
    void theOtherEndIsItsUsers(String listens, String called) throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral(listens), 0));
            int port = listener.socket().getLocalPort();
            SocketChannel accepted;
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET6)) {
                client.connect(new InetSocketAddress(InetAddress.ofLiteral(called), port));
                accepted = listener.accept();
                assertThat(SocketOwner.ofPeer(accepted)).isEqualTo(self());
                client.shutdownOutput();
                assertThat(SocketOwner.ofPeer(accepted)).isEqualTo(self());
            }
            try (accepted) {
                // The kernel still has the closed one, and calls it root's.
                assertThat(SocketOwner.ofPeer(accepted)).isEqualTo(SocketOwner.UNKNOWN);
            }
        }
        assertThat(SocketOwner.ofThisProcess()).isEqualTo(self());
    }

    @Test
    void whereThereIsNoNetlinkItIsFoundInTheTable() throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET)) {
                client.connect(listener.getLocalAddress());
                try (SocketChannel accepted = listener.accept()) {
                    List<String> table = Files.readAllLines(Path.of("/proc/self/net/tcp"));
                    String one = SocketOwner.Endpoint.of(address(client.getLocalAddress()), false);
                    String two =
                            SocketOwner.Endpoint.of(address(accepted.getLocalAddress()), false);
                    assertThat(SocketOwner.find(table, one, two)).isEqualTo(self());
                    assertThat(SocketOwner.find(table, one, one)).isEqualTo(SocketOwner.UNKNOWN);
                }
            }
        }
    }

    private static InetSocketAddress address(java.net.SocketAddress address) {
        return (InetSocketAddress) address;
    }

    @Test
    void aClosedSocketIsNotRoots() {
        String line =
                "   3: 0100007F:1F90 0100007F:9C40 04 00000000:00000000 01:00000019 00000000     0        0 0 2 0";
        assertThat(SocketOwner.find(List.of(line), "0100007F:1F90", "0100007F:9C40"))
                .isEqualTo(SocketOwner.UNKNOWN);
        assertThat(
                        SocketOwner.find(
                                List.of(line.replace(" 0 2 0", " 4711 2 0")),
                                "0100007F:1F90",
                                "0100007F:9C40"))
                .isEqualTo(ROOT);
    }

    @Test
    void addressesAreWrittenAsTheKernelDoes() {
        assertThat(shown("127.0.0.1", false)).isEqualTo("0100007F:1F90");
        assertThat(shown("127.0.0.1", true)).isEqualTo("0000000000000000FFFF00000100007F:1F90");
        assertThat(shown("::1", true)).isEqualTo("00000000000000000000000001000000:1F90");
    }

    private static String shown(String address, boolean wide) {
        return SocketOwner.Endpoint.of(
                new InetSocketAddress(InetAddress.ofLiteral(address), 8080), wide);
    }
}
