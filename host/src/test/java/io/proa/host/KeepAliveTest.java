package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeepAliveTest {
    @TempDir private Path folder;

    @Test
    void aGonePeerIsNoticedWithinThreeMinutes() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                assertThat(client.getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
                KeepAlive.set(client);
                assertThat(client.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                assertThat(option(client, "TCP_KEEPIDLE")).isEqualTo(60);
                assertThat(option(client, "TCP_KEEPINTERVAL")).isEqualTo(15);
                assertThat(option(client, "TCP_KEEPCOUNT")).isEqualTo(8);
            }
        }
    }

    private static Object option(SocketChannel channel, String name) throws IOException {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(name)) {
                return channel.getOption(option);
            }
        }
        throw new AssertionError("this JDK knows no " + name);
    }

    @Test
    void aUnixSocketIsLeftAsItIs() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                KeepAlive.set(client);
                assertThat(client.isOpen()).isTrue();
            }
        }
    }
}
