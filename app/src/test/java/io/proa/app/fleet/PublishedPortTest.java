package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class PublishedPortTest {
    @TempDir private Path folder;

    @Test
    void carriesBothWaysAndHandsOnEachEndByItself() throws IOException {
        Path socket = folder.resolve("publish.sock");
        try (ServerSocketChannel pod =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                                .bind(UnixDomainSocketAddress.of(socket));
                PublishedPort published = PublishedPort.open(0, socket);
                Socket outside = new Socket(InetAddress.ofLiteral("127.0.0.1"), published.port())) {
            outside.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
            outside.shutdownOutput();
            try (SocketChannel inside = pod.accept()) {
                // The answer begins only after the question has ended: that end must have arrived
                // alone.
                byte[] question = Channels.newInputStream(inside).readAllBytes();
                assertThat(question).asString(StandardCharsets.US_ASCII).isEqualTo("question");
                inside.write(ByteBuffer.wrap("answer".getBytes(StandardCharsets.US_ASCII)));
            }
            assertThat(outside.getInputStream().readAllBytes())
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("answer");
        }
    }

    @Test
    void closesTheCallerWhereNobodyListensInThePod() throws IOException {
        try (PublishedPort published = PublishedPort.open(0, folder.resolve("nobody.sock"));
                Socket outside = new Socket(InetAddress.ofLiteral("127.0.0.1"), published.port())) {
            assertThat(outside.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void leadsToEachInTurnAndPassesOverWhoDoesNotAccept() throws IOException {
        Path one = folder.resolve("one.sock");
        Path gone = folder.resolve("gone.sock");
        Path two = folder.resolve("two.sock");
        try (ServerSocketChannel first = named(one);
                ServerSocketChannel second = named(two);
                PublishedPort published = PublishedPort.open(0, () -> List.of(one, gone, two))) {
            Thread.ofVirtual().start(() -> answer(first, '1'));
            Thread.ofVirtual().start(() -> answer(second, '2'));
            StringBuilder seen = new StringBuilder();
            for (int call = 0; call < 6; call++) {
                try (Socket outside =
                        new Socket(InetAddress.ofLiteral("127.0.0.1"), published.port())) {
                    seen.append((char) outside.getInputStream().read());
                }
            }
            assertThat(seen.toString()).isEqualTo("122122");
        }
    }

    private static ServerSocketChannel named(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket));
    }

    private static void answer(ServerSocketChannel pod, char name) {
        try {
            while (true) {
                try (SocketChannel inside = pod.accept()) {
                    inside.write(ByteBuffer.wrap(new byte[] {(byte) name}));
                }
            }
        } catch (IOException _) {
            // The test has ended.
        }
    }

    @Test
    void saysWhichPortIsTaken() throws IOException {
        try (PublishedPort first = PublishedPort.open(0, folder.resolve("a.sock"))) {
            assertThatThrownBy(() -> PublishedPort.open(first.port(), folder.resolve("b.sock")))
                    .isInstanceOfSatisfying(
                            Fault.class,
                            fault -> assertThat(fault.exit()).isEqualTo(Sysexit.UNAVAILABLE))
                    .hasMessageContaining("port " + first.port() + " on 127.0.0.1");
        }
    }
}
