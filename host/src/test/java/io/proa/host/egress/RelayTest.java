package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client, the relay and a server on the loopback; where a connection wanted to go is made up.
@SuppressWarnings("try") // some are closed early, and some only have to be there
@Timeout(30)
final class RelayTest {
    private static final IpPort ANYWHERE = IpPort.parse("192.0.2.1:443");

    private ServerSocketChannel server;
    private ServerSocketChannel listener;
    private Relay relay;

    RelayTest() throws IOException {
        server = listening();
        listener = listening();
        relay = relay(Relay.Bounds.USUAL);
    }

    @BeforeEach
    void nothingIsUnderWay() {
        assertThat(relay.underWay()).isZero();
    }

    @AfterEach
    void closes() throws Exception {
        relay.close();
        server.close();
        await(() -> relay.underWay() == 0);
    }

    private Relay relay(Relay.Bounds bounds) {
        return Relay.start(
                listener,
                _ -> ANYWHERE,
                wanted -> wanted.equals(ANYWHERE) ? List.of(address(server)) : List.of(),
                bounds);
    }

    @Test
    void carriesBytesBothWaysAndEachEndByItself() throws Exception {
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            write(client, "question");
            client.shutdownOutput();
            assertThat(readAll(served)).isEqualTo("question");
            write(served, "answer");
            served.shutdownOutput();
            assertThat(readAll(client)).isEqualTo("answer");
        }
        await(() -> relay.underWay() == 0);
    }

    @Test
    void carriesAReset() throws Exception {
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            write(client, "half a ques");
            assertThat(served.read(ByteBuffer.allocate(100))).isEqualTo(11);
            Carriage.reset(client);
            assertThatThrownBy(() -> readAll(served)).isInstanceOf(IOException.class);
        }
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            write(served, "half an ans");
            assertThat(client.read(ByteBuffer.allocate(100))).isEqualTo(11);
            Carriage.reset(served);
            assertThatThrownBy(() -> readAll(client)).isInstanceOf(IOException.class);
        }
        await(() -> relay.underWay() == 0);
    }

    @Test
    void resetsWhatIsRefused() throws Exception {
        InetSocketAddress nobody = address(server);
        server.close();
        try (SocketChannel client = SocketChannel.open(address(listener))) {
            assertThat(nobody.getPort()).isPositive();
            assertThatThrownBy(() -> readAll(client)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void resetsWhatWantedToComeHere() throws Exception {
        ServerSocketChannel own = listening();
        Relay nowhere = Relay.start(own, _ -> null, _ -> List.of(address(server)));
        try (SocketChannel client = SocketChannel.open(address(own))) {
            assertThatThrownBy(() -> readAll(client)).isInstanceOf(IOException.class);
        } finally {
            nowhere.close();
        }
    }

    @Test
    void takesTheNextWayWhereOneIsClosed() throws Exception {
        ServerSocketChannel closed = listening();
        InetSocketAddress first = address(closed);
        closed.close();
        ServerSocketChannel own = listening();
        Relay two = Relay.start(own, _ -> ANYWHERE, _ -> List.of(first, address(server)));
        try (SocketChannel client = SocketChannel.open(address(own));
                SocketChannel served = server.accept()) {
            write(served, "second");
            served.close();
            assertThat(readAll(client)).isEqualTo("second");
        } finally {
            two.close();
        }
    }

    @Test
    void aSlowReaderHoldsTheWriterBack() throws Exception {
        try (SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 16 * 1024);
            client.connect(address(listener));
            try (SocketChannel served = server.accept()) {
                served.configureBlocking(false);
                ByteBuffer block = ByteBuffer.allocateDirect(64 * 1024);
                long written = 0;
                int idle = 0;
                while (idle < 20 && written < 200 << 20) {
                    int now = served.write(block.clear());
                    written += now;
                    idle = now == 0 ? idle + 1 : 0;
                    if (now == 0) {
                        Thread.sleep(10);
                    }
                }
                // Buffers of two connections in the kernel, a few megabytes each, and one here.
                assertThat(written).isLessThan(40 << 20);
                served.configureBlocking(true);
                served.shutdownOutput();
                assertThat(count(client)).isEqualTo(written);
            }
        }
    }

    @Test
    void aQuietConnectionIsResetInTheEnd() throws Exception {
        relay.close();
        listener = listening();
        relay = relay(new Relay.Bounds(10, Duration.ofMillis(300)));
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            long before = System.nanoTime();
            assertThatThrownBy(() -> readAll(client)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> readAll(served)).isInstanceOf(IOException.class);
            assertThat(System.nanoTime() - before).isGreaterThan(250_000_000);
        }
    }

    @Test
    void oneTooManyIsResetAndItsPlaceIsGivenAgain() throws Exception {
        relay.close();
        listener = listening();
        relay = relay(new Relay.Bounds(1, Duration.ofMinutes(1)));
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            try (SocketChannel tooMany = SocketChannel.open(address(listener))) {
                assertThatThrownBy(() -> readAll(tooMany)).isInstanceOf(IOException.class);
            }
            client.shutdownOutput();
            served.shutdownOutput();
            assertThat(readAll(client)).isEmpty();
        }
        await(() -> relay.underWay() == 0);
        Thread.sleep(50); // its place is free a moment later
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            write(client, "next");
            client.shutdownOutput();
            assertThat(readAll(served)).isEqualTo("next");
        }
    }

    @Test
    void everyByteArrivesWhateverTheSizesOfReads() throws Exception {
        byte[] sent = new byte[3_000_001];
        new Random(1).nextBytes(sent);
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            Thread writer =
                    Thread.startVirtualThread(() -> {
                        try {
                            Random random = new Random(2);
                            int at = 0;
                            while (at < sent.length) {
                                int length = Math.min(1 + random.nextInt(20_000), sent.length - at);
                                at += client.write(ByteBuffer.wrap(sent, at, length));
                            }
                            client.shutdownOutput();
                        } catch (IOException _) {
                            // what is missing is noticed below
                        }
                    });
            ByteBuffer got = ByteBuffer.allocate(sent.length + 1);
            while (served.read(got) >= 0) {
                // until the end
            }
            writer.join();
            assertThat(got.flip()).isEqualTo(ByteBuffer.wrap(sent));
        }
    }

    @Test
    void closingResetsWhatIsUnderWay() throws Exception {
        try (SocketChannel client = SocketChannel.open(address(listener));
                SocketChannel served = server.accept()) {
            write(client, "x");
            assertThat(served.read(ByteBuffer.allocate(10))).isEqualTo(1);
            relay.close();
            assertThatThrownBy(() -> readAll(client)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> readAll(served)).isInstanceOf(IOException.class);
        }
    }

    private static ServerSocketChannel listening() throws IOException {
        return ServerSocketChannel.open()
                .bind(new InetSocketAddress(IpPort.literal("127.0.0.1"), 0), 100);
    }

    private static InetSocketAddress address(ServerSocketChannel channel) {
        return new InetSocketAddress(IpPort.literal("127.0.0.1"), channel.socket().getLocalPort());
    }

    private static void write(SocketChannel to, String text) throws IOException {
        to.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String readAll(SocketChannel from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        while (from.read(buffer) >= 0) {
            // until the end
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }

    private static long count(SocketChannel from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
        long all = 0;
        int got;
        while ((got = from.read(buffer.clear())) >= 0) {
            all += got;
        }
        return all;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
