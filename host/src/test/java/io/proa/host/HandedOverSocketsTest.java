package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Descriptors that travel over a Unix socket, here within one process.
@SuppressWarnings("try") // some are closed early, and some only have to be there
@Timeout(20)
final class HandedOverSocketsTest {
    private static final IpPort LOOPBACK = IpPort.parse("127.0.0.1:1");

    @TempDir Path directory;

    @Test
    void anAdoptedListenerAcceptsForTheSocketItWasMadeOf() throws Exception {
        try (ServerSocketChannel original = ServerSocketChannel.open()) {
            original.bind(new InetSocketAddress(LOOPBACK.ip(), 0));
            int port = port(original.getLocalAddress());
            try (ServerSocketChannel adopted = AdoptedSocket.listener(handedOver(original))) {
                original.close();
                FutureTask<SocketChannel> accepted = virtually(adopted::accept);
                try (SocketChannel client = SocketChannel.open(at(port));
                        SocketChannel served = accepted.get(5, TimeUnit.SECONDS)) {
                    assertThat(served.getLocalAddress()).isEqualTo(client.getRemoteAddress());
                    assertThat(served.getRemoteAddress()).isEqualTo(client.getLocalAddress());
                    client.setOption(StandardSocketOptions.SO_LINGER, 0);
                    client.close();
                    assertThatThrownBy(() -> served.read(ByteBuffer.allocate(1)))
                            .isInstanceOf(IOException.class);
                }
            }
            assertThatThrownBy(() -> SocketChannel.open(at(port))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void closingAnAdoptedListenerEndsItsAccept() throws Exception {
        try (ServerSocketChannel original = ServerSocketChannel.open()) {
            original.bind(new InetSocketAddress(LOOPBACK.ip(), 0));
            ServerSocketChannel adopted = AdoptedSocket.listener(handedOver(original));
            FutureTask<SocketChannel> accepted = virtually(adopted::accept);
            Thread.sleep(50); // it waits in the kernel
            adopted.close();
            assertThatThrownBy(() -> accepted.get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void anAdoptedDatagramSocketReceivesAndAnswers() throws Exception {
        try (DatagramChannel original = DatagramChannel.open(StandardProtocolFamily.INET);
                DatagramChannel client = DatagramChannel.open(StandardProtocolFamily.INET)) {
            original.bind(new InetSocketAddress(LOOPBACK.ip(), 0));
            int port = port(original.getLocalAddress());
            try (DatagramChannel adopted =
                    AdoptedSocket.datagrams(handedOver(original), StandardProtocolFamily.INET)) {
                original.close();
                FutureTask<Integer> echo =
                        virtually(() -> {
                            ByteBuffer buffer = ByteBuffer.allocate(100);
                            return adopted.send(
                                    buffer, Objects.requireNonNull(receive(adopted, buffer)));
                        });
                client.connect(at(port));
                client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
                assertThat(echo.get(5, TimeUnit.SECONDS)).isEqualTo(5);
                ByteBuffer answer = ByteBuffer.allocate(100);
                assertThat(client.read(answer)).isEqualTo(5);
            }
        }
    }

    @Test
    void refusesAMessageWithoutDescriptors() throws Exception {
        Path path = directory.resolve("meeting");
        try (ServerSocketChannel meeting = meeting(path);
                SocketChannel sender = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel receiver = meeting.accept()) {
            sender.write(ByteBuffer.wrap(new byte[1]));
            assertThatThrownBy(() -> DescriptorPassing.receive(receiver, 1))
                    .hasMessage("expected 1 descriptors, saw a message of another kind");
            sender.close();
            assertThatThrownBy(() -> DescriptorPassing.receive(receiver, 1))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void leavesNoDescriptorBehind() throws Exception {
        long before = openDescriptors();
        for (int i = 0; i < 20; i++) {
            try (ServerSocketChannel original = ServerSocketChannel.open()) {
                original.bind(new InetSocketAddress(LOOPBACK.ip(), 0));
                AdoptedSocket.listener(handedOver(original)).close();
            }
        }
        assertThat(openDescriptors()).isLessThan(before + 10);
    }

    private int handedOver(Channel channel) throws IOException {
        Path path = directory.resolve("meeting");
        try (ServerSocketChannel meeting = meeting(path);
                SocketChannel sender = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel receiver = meeting.accept()) {
            DescriptorPassing.send(sender, ChannelDescriptor.of(channel));
            return DescriptorPassing.receive(receiver, 1)[0];
        } finally {
            Files.delete(path);
        }
    }

    private static ServerSocketChannel meeting(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path));
    }

    private static @Nullable SocketAddress receive(DatagramChannel channel, ByteBuffer into)
            throws IOException {
        SocketAddress sender = channel.receive(into);
        into.flip();
        return sender;
    }

    private static <T> FutureTask<T> virtually(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.startVirtualThread(task);
        return task;
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(LOOPBACK.ip(), port);
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static long openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return List.copyOf(files.toList()).size();
        }
    }
}
