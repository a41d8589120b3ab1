package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class SocketMarkTest {
    @Test
    void marksAChannelWhereTheProcessMay() throws IOException {
        assumeTrue(mayMark(), "needs CAP_NET_ADMIN");
        try (SocketChannel channel = SocketChannel.open()) {
            assertThat(SocketMark.set(channel)).isTrue();
        }
    }

    @Test
    void seesNoOriginalDestinationOnADirectConnection() throws IOException {
        for (String loopback : new String[] {"127.0.0.1", "::1"}) {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getByName(loopback), 0));
                try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                        SocketChannel accepted = server.accept()) {
                    assertThat(client.isConnected()).isTrue();
                    assertThat(OriginalDestination.of(accepted)).isNull();
                }
            }
        }
    }

    @Test
    void seesNothingOnAClosedChannel() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.close();
        assertThat(OriginalDestination.of(channel)).isNull();
    }

    private static boolean mayMark() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & (1L << 12)) != 0;
            }
        }
        return false;
    }
}
