package io.proa.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessagesTest {
    @Test
    void messagesSurviveTheWire() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            var channel = new Loopback();
            for (ClientMessage message : clientMessages(seed)) {
                FramedWire.client(channel).send(message);
                assertThat(FramedWire.server(channel, Frames.MAX_BYTES).receive())
                        .isEqualTo(message);
            }
            for (ServerMessage message : serverMessages(seed)) {
                FramedWire.server(channel, 0).send(message);
                assertThat(FramedWire.client(channel).receive()).isEqualTo(message);
            }
        }
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(new Credential.Token("hush").toString()).doesNotContain("hush");
        assertThat(new Credential.Proof("c", Bytes.of(new byte[3])).toString())
                .isEqualTo("Proof[***]");
    }

    @Test
    void refusesLongFramesBeforeReadingThem() throws Exception {
        var channel = new Loopback();
        channel.write(ByteBuffer.allocate(4).putInt(65_537).flip());
        assertThatThrownBy(() -> FramedWire.server(channel, 65_536).receive())
                .isInstanceOf(MalformedMessage.class)
                .hasMessage("saw a frame of 65537 bytes, expected at most 65536");
    }

    @Test
    void announcedLengthCostsNothingUntilBytesCome() throws Exception {
        var frames = new Frames();
        byte[] head = {0, 64, 0, 0, 1};
        assertThatThrownBy(() ->
                        frames.read(
                                Channels.newChannel(new ByteArrayInputStream(head)),
                                Frames.MAX_BYTES))
                .isInstanceOf(EOFException.class);
        assertThat(frames.room()).isLessThan(64 << 10);
    }

    @Test
    void tellsAnOrderlyEndFromACutOne() throws Exception {
        var channel = new Loopback();
        assertThat(FramedWire.server(channel, 100).receive()).isNull();
        channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 9, '{'}));
        assertThatThrownBy(() -> FramedWire.server(channel, 100).receive())
                .isInstanceOf(MalformedMessage.class)
                .hasMessage("saw the end within a frame, expected the rest of it");
    }

    @Test
    void framesComeThroughInAnyPieces() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var sent = new ArrayList<byte[]>();
            var bytes = new ByteArrayOutputStream();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                var payload = new byte[random.nextInt(random.nextBoolean() ? 50 : 100_000)];
                random.nextBytes(payload);
                sent.add(payload);
                bytes.write(Frames.encode(payload).array());
            }
            var frames = new Frames();
            ReadableByteChannel pieces = pieces(bytes.toByteArray(), random);
            for (byte[] payload : sent) {
                byte[] got = null;
                while (got == null) {
                    got = frames.read(pieces, Frames.MAX_BYTES);
                }
                assertThat(got).as("seed %d", seed).isEqualTo(payload);
            }
            assertThat(frames.isBetweenFrames()).isTrue();
        }
    }

    /// Whatever the bytes: a message or the one documented exception.
    @Test
    void survivesMutatedMessages() {
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            List<ClientMessage> clients = clientMessages(seed % 20);
            List<ServerMessage> servers = serverMessages(seed % 20);
            byte[] client =
                    SnapshotCodecTest.mutated(
                            MessageWriter.bytes(clients.get(seed % clients.size())), random);
            byte[] server =
                    SnapshotCodecTest.mutated(
                            MessageWriter.bytes(servers.get(seed % servers.size())), random);
            try {
                MessageReader.client(client);
            } catch (MalformedMessage _) {
                // as documented
            }
            try {
                MessageReader.server(server);
            } catch (MalformedMessage _) {
                // as documented
            }
        }
    }

    /// Mutated frames on the wire: messages, an end, or the one documented exception; never more
    /// memory than allowed.
    @Test
    void survivesMutatedFrames() throws Exception {
        for (int seed = 0; seed < 2000; seed++) {
            var random = new Random(seed);
            var bytes = new ByteArrayOutputStream();
            for (ClientMessage message : clientMessages(seed % 20)) {
                bytes.write(Frames.encode(MessageWriter.bytes(message)).array());
            }
            var channel = new Loopback();
            channel.write(ByteBuffer.wrap(SnapshotCodecTest.mutated(bytes.toByteArray(), random)));
            var wire = FramedWire.server(channel, 65_536);
            try {
                while (wire.receive() != null) {
                    // on to the next
                }
            } catch (MalformedMessage _) {
                // as documented
            }
        }
    }

    @Test
    void unknownMessagesAreNamed() {
        assertThatThrownBy(() ->
                        MessageReader.client("{\"helo\": {}}".getBytes(StandardCharsets.UTF_8)))
                .hasMessageStartingWith("/helo: saw unknown field 'helo', expected hello, ");
        assertThatThrownBy(() -> MessageReader.client("{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedMessage.class);
        assertThatThrownBy(() ->
                        MessageReader.client(
                                "{\"ack\":{\"number\":1},\"nack\":{}}"
                                        .getBytes(StandardCharsets.UTF_8)))
                .hasMessage("/nack: saw a second message in one frame, expected one");
    }

    /// However deep, at every place where a value may stand: one sentence, never an overflow.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"hello\":",
                "{\"hello\":{\"pod\":",
                "{\"subscribe\":{\"destinations\":[",
                "{\"nack\":{\"problems\":[{\"message\":"
            })
    void deepMessagesAreRefused(String begin) {
        for (String level : List.of("[", "{\"hello\":", "[{\"a\":")) {
            String text = begin + level.repeat(200_000);
            assertThatThrownBy(() -> MessageReader.client(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(MalformedMessage.class)
                    .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
                    .doesNotContain("\n")
                    .hasSizeLessThan(300);
        }
    }

    private static List<ClientMessage> clientMessages(long seed) {
        var random = new RandomSnapshots(seed);
        var bytes = Bytes.of(random.text().getBytes(StandardCharsets.UTF_8));
        return List.of(
                new ClientMessage.Hello(
                        1, "orders-1", random.text(), new Credential.Token(random.text())),
                new ClientMessage.Hello(
                        7, "a", random.text(), new Credential.Proof(random.text(), bytes)),
                new ClientMessage.CertificateRequest(bytes),
                new ClientMessage.Subscribe(random.destinations()),
                new ClientMessage.Unsubscribe(random.destinations()),
                new ClientMessage.Ack(seed + 1),
                new ClientMessage.Nack(seed + 1, List.of(random.problem(), random.problem())));
    }

    private static List<ServerMessage> serverMessages(long seed) {
        var random = new RandomSnapshots(seed);
        var bytes = Bytes.of(random.text().getBytes(StandardCharsets.UTF_8));
        return List.of(
                new ServerMessage.Challenge(1, bytes),
                new ServerMessage.Welcome(random.workload(), "demo.proa"),
                new ServerMessage.Identity(random.text(), random.text(), seed),
                new ServerMessage.Snapshot(seed + 1, random.snapshot()),
                new ServerMessage.Refused(random.text()));
    }

    /// Gives a few bytes at a time, sometimes none, like a non-blocking socket.
    private static ReadableByteChannel pieces(byte[] bytes, Random random) {
        var rest = ByteBuffer.wrap(bytes);
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) {
                int count =
                        Math.min(
                                Math.min(random.nextInt(3000), rest.remaining()), into.remaining());
                into.put(rest.slice(rest.position(), count));
                rest.position(rest.position() + count);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    /// What is written can be read; at the end there is an end.
    private static final class Loopback implements ByteChannel {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final WritableByteChannel out = Channels.newChannel(written);
        private int taken;

        @Override
        public int read(ByteBuffer into) {
            byte[] bytes = written.toByteArray();
            int count = Math.min(into.remaining(), bytes.length - taken);
            into.put(bytes, taken, count);
            taken += count;
            return count == 0 ? -1 : count;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return out.write(from);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
