package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class AdminClientTest {
    @TempDir private Path folder;

    @Test
    void readsStatusAndBody() throws IOException {
        String body = "x".repeat(40_000);
        try (ServerSocketChannel server =
                listen("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body)) {
            AdminClient.Answer answer =
                    AdminClient.get(path(server), "/ready", Duration.ofSeconds(5));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @Test
    void refusesWhatIsNoHttp() throws IOException {
        try (ServerSocketChannel server = listen("hello\n")) {
            assertThatThrownBy(() -> AdminClient.get(path(server), "/ready", Duration.ofSeconds(5)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("hello");
        }
    }

    @Test
    void doesNotWaitForever() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve("silent.sock")));
            assertThatThrownBy(
                            () -> AdminClient.get(path(server), "/ready", Duration.ofMillis(100)))
                    .hasMessageContaining("no answer within 100 ms");
        }
    }

    private ServerSocketChannel listen(String answer) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("admin.sock")));
        Thread.ofVirtual()
                .start(() -> {
                    try (SocketChannel one = server.accept()) {
                        one.read(ByteBuffer.allocate(1024));
                        ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
                        while (bytes.hasRemaining()) {
                            one.write(bytes);
                        }
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
        return server;
    }

    private static Path path(ServerSocketChannel server) throws IOException {
        return ((UnixDomainSocketAddress) server.getLocalAddress()).getPath();
    }
}
