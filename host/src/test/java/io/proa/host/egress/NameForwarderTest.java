package io.proa.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two name servers on loopback addresses of one port, and a client.
@SuppressWarnings("try") // some are closed early, and some only have to be there
@Timeout(30)
final class NameForwarderTest {
    private static final Duration PATIENCE = Duration.ofMillis(600);

    @TempDir Path directory;

    @Test
    void answersWithTheClientsIdWhatTheServerSaid() throws Exception {
        try (FakeServer server =
                        new FakeServer("127.0.0.1", 0, q -> DnsSamples.answer(q, 1, 2, 3, 4));
                NameForwarder _ = forwarder(server.port(), "127.0.0.1")) {
            byte[] query = DnsSamples.query(4711, "a.example", 1);
            assertThat(ask(query)).isEqualTo(DnsSamples.answer(query, 1, 2, 3, 4));
        }
    }

    @Test
    void usesRandomIdsAndPorts() throws Exception {
        try (FakeServer server =
                        new FakeServer("127.0.0.1", 0, q -> DnsSamples.answer(q, 1, 2, 3, 4));
                NameForwarder _ = forwarder(server.port(), "127.0.0.1")) {
            for (int i = 0; i < 30; i++) {
                ask(DnsSamples.query(1, "a.example", 1));
            }
            Set<Integer> ids = new TreeSet<>();
            Set<Integer> ports = new TreeSet<>();
            for (DatagramPacket seen : server.seen) {
                ids.add(DnsMessage.id(seen.getData()));
                ports.add(seen.getPort());
            }
            assertThat(ids).hasSizeGreaterThan(25);
            assertThat(ports).hasSizeGreaterThan(25);
        }
    }

    @Test
    void asksTheNextServerWhereOneIsSilentOrRefuses() throws Exception {
        try (FakeServer silent = new FakeServer("127.0.0.2", 0, _ -> null);
                FakeServer server =
                        new FakeServer(
                                "127.0.0.4", silent.port(), q -> DnsSamples.answer(q, 4, 4, 4, 4));
                NameForwarder _ = forwarder(silent.port(), "127.0.0.2", "127.0.0.3", "127.0.0.4")) {
            byte[] query = DnsSamples.query(1, "a.example", 1);
            long before = System.nanoTime();
            assertThat(ask(query)).isEqualTo(DnsSamples.answer(query, 4, 4, 4, 4));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
            // A third of its patience for the silent one, none for the refusal.
            assertThat(millis).isBetween(190L, 390L);
            assertThat(silent.seen).hasSize(1);
        }
    }

    @Test
    void saysThatNobodyAnswered() throws Exception {
        try (FakeServer silent = new FakeServer("127.0.0.1", 0, _ -> null);
                NameForwarder _ = forwarder(silent.port(), "127.0.0.1")) {
            byte[] query = DnsSamples.query(9, "a.example", 1);
            assertThat(ask(query)).isEqualTo(DnsMessage.refusal(query, DnsMessage.SERVFAIL));
        }
    }

    @Test
    void believesNoOtherAnswer() throws Exception {
        UnaryOperator<byte[]> wrongId =
                q -> DnsMessage.withId(DnsSamples.answer(q, 6, 6, 6, 6), DnsMessage.id(q) ^ 1);
        UnaryOperator<byte[]> wrongName =
                q ->
                        DnsSamples.answer(
                                DnsSamples.query(DnsMessage.id(q), "b.example", 1), 6, 6, 6, 6);
        for (UnaryOperator<byte[]> wrong : List.of(wrongId, wrongName)) {
            try (FakeServer server = new FakeServer("127.0.0.1", 0, wrong::apply);
                    NameForwarder _ = forwarder(server.port(), "127.0.0.1")) {
                byte[] query = DnsSamples.query(9, "a.example", 1);
                assertThat(ask(query)).isEqualTo(DnsMessage.refusal(query, DnsMessage.SERVFAIL));
            }
        }
    }

    @Test
    void passesLongAnswersAndTurnsTooLongOnesIntoTruncated() throws Exception {
        try (FakeServer server =
                        new FakeServer(
                                "127.0.0.1",
                                0,
                                q ->
                                        Arrays.copyOf(
                                                DnsSamples.answer(q, 1, 2, 3, 4),
                                                DnsSamples.name(q).equals("long.example")
                                                        ? 4000
                                                        : 9000));
                NameForwarder _ = forwarder(server.port(), "127.0.0.1")) {
            assertThat(ask(DnsSamples.query(1, "long.example", 1))).hasSize(4000);
            byte[] query = DnsSamples.query(1, "longer.example", 1);
            assertThat(ask(query)).isEqualTo(DnsMessage.truncated(query));
        }
    }

    @Test
    void refusesAtOnceWhatIsTooMuch() throws Exception {
        try (FakeServer silent = new FakeServer("127.0.0.1", 0, _ -> null);
                NameForwarder _ = forwarder(silent.port(), "127.0.0.1");
                DatagramSocket client = new DatagramSocket()) {
            byte[] query = DnsSamples.query(9, "a.example", 1);
            client.connect(forwarderAddress());
            client.setSoTimeout(300); // less than the forwarder's patience
            byte[] answer = new byte[1000];
            int answers = 0;
            for (int i = 0; i < NameForwarder.MOST_IN_FLIGHT + 10; i++) {
                client.send(new DatagramPacket(query, query.length));
                Thread.sleep(0, 200_000);
            }
            DatagramPacket packet = new DatagramPacket(answer, answer.length);
            while (answers < 10) {
                client.receive(packet);
                answers++;
            }
            assertThat(Arrays.copyOf(answer, packet.getLength()))
                    .isEqualTo(DnsMessage.refusal(query, DnsMessage.SERVFAIL));
        }
    }

    private @Nullable InetSocketAddress where;

    private InetSocketAddress forwarderAddress() {
        return Objects.requireNonNull(where);
    }

    private NameForwarder forwarder(int port, String... servers) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String server : servers) {
            text.append("nameserver ").append(server).append('\n');
        }
        Path file = Files.writeString(directory.resolve("resolv.conf"), text);
        DatagramChannel channel =
                DatagramChannel.open().bind(new InetSocketAddress(IpPort.literal("127.0.0.1"), 0));
        where = (InetSocketAddress) channel.getLocalAddress();
        return NameForwarder.start(channel, new ResolvConf(file, port), PATIENCE);
    }

    private byte[] ask(byte[] query) throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.connect(forwarderAddress());
            client.setSoTimeout(5000);
            client.send(new DatagramPacket(query, query.length));
            DatagramPacket answer = new DatagramPacket(new byte[10_000], 10_000);
            client.receive(answer);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    /// Answers as it is told; null = not at all.
    private static final class FakeServer implements AutoCloseable {
        private final DatagramSocket socket;
        private final ConcurrentLinkedQueue<DatagramPacket> seen = new ConcurrentLinkedQueue<>();

        FakeServer(String address, int port, Answers answers) throws IOException {
            socket = new DatagramSocket(port, IpPort.literal(address));
            Thread.startVirtualThread(() -> serve(answers));
        }

        interface Answers {
            byte @Nullable [] to(byte[] query);
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve(Answers answers) {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
                    socket.receive(packet);
                    seen.add(packet);
                    byte[] answer = answers.to(Arrays.copyOf(packet.getData(), packet.getLength()));
                    if (answer != null) {
                        socket.send(
                                new DatagramPacket(
                                        answer, answer.length, packet.getSocketAddress()));
                    }
                }
            } catch (IOException _) {
                // closed
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
