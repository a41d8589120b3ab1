package io.proa.proving.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.proving.capture.CaptureReading.Places;
import io.proa.proving.capture.Packet.Ends;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CaptureReadingTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("10.87.0.2");
    private static final InetAddress OTHER = InetAddress.ofLiteral("10.87.0.3");
    private static final InetAddress HUB = InetAddress.ofLiteral("10.87.0.1");
    private static final Ends BETWEEN = new Ends(ONE, 40000, OTHER, 15008);
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int TLS_12 = 0x0303;
    private static final int TLS_13 = 0x0304;

    private final Phase phase = new Phase("test", 0);

    private CaptureReading reading(Ends... planted) {
        return new CaptureReading(
                new Places(Map.of(ONE, "one", OTHER, "other"), Set.of(HUB)),
                new Markers("canarybird"),
                List.of(phase),
                Set.of(planted));
    }

    @Test
    void findsNothingInTls13() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        say(reading, BETWEEN, 101, hello(Hello.CLIENT, TLS_13));
        byte[] answer = joined(hello(Hello.SERVER, TLS_13), record(20, new byte[] {1}));
        say(reading, BETWEEN.reversed(), 501, joined(answer, record(23, new byte[300])));
        reading.finish();

        assertThat(reading.findings()).isEmpty();
        assertThat(reading.groups()).containsExactly(Map.entry("X25519", 1));
        assertThat(phase.connections()).isEqualTo(1);
    }

    @Test
    void findsPlaintextBetweenPods() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        say(reading, BETWEEN, 101, ascii("GET /canarybird HTTP/1.1\r\n\r\n"));
        reading.finish();

        assertThat(reading.findings())
                .extracting(CaptureReading.Finding::what)
                .anyMatch(what -> what.contains("no TLS record after 0 bytes: 'GET /canarybird"))
                .contains("carries [HTTP/1., canarybird]");
    }

    @Test
    void findsPlaintextBehindAHandshake() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        byte[] hello = hello(Hello.CLIENT, TLS_13);
        say(reading, BETWEEN, 101, joined(hello, record(23, new byte[40]), ascii("GET / ")));
        reading.finish();

        assertThat(reading.findings()).hasSize(1);
        assertThat(reading.findings().getFirst().what()).contains("no TLS record after");
    }

    @Test
    void findsAnOlderTls() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        say(reading, BETWEEN, 101, hello(Hello.CLIENT, TLS_12));
        reading.finish();

        assertThat(reading.findings()).hasSize(1);
        assertThat(reading.findings().getFirst().what()).contains("a hello without TLS 1.3");
    }

    @Test
    void findsAHandshakeThatGoesOnInTheClear() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        byte[] certificate = record(22, new byte[] {11, 0, 0, 1, 0});
        say(reading, BETWEEN, 101, hello(Hello.CLIENT, TLS_13));
        say(reading, BETWEEN.reversed(), 501, joined(hello(Hello.SERVER, TLS_13), certificate));
        reading.finish();

        assertThat(reading.findings())
                .extracting(CaptureReading.Finding::what)
                .containsExactly("the server: a handshake in the clear after the hello");
    }

    @Test
    void findsAWordThatIsSpreadOverSegmentsOutOfOrder() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        say(reading, BETWEEN, 106, ascii("ybird"));
        say(reading, BETWEEN, 101, ascii("canar"));
        say(reading, BETWEEN, 101, ascii("canar"));
        reading.finish();

        assertThat(reading.findings())
                .extracting(CaptureReading.Finding::what)
                .contains("carries [canarybird]");
    }

    @Test
    void findsWhatIsMissing() {
        CaptureReading reading = reading();
        open(reading, BETWEEN);
        say(reading, BETWEEN, 101, hello(Hello.CLIENT, TLS_13));
        say(reading, BETWEEN, 5000, record(23, new byte[10]));
        reading.finish();

        assertThat(reading.findings())
                .extracting(CaptureReading.Finding::what)
                .containsExactly("bytes of it are not in the record");
    }

    @Test
    void findsDatagrams() {
        CaptureReading reading = reading();
        byte[] datagram = ByteBuffer.allocate(8).putShort((short) 999).putShort((short) 53).array();
        reading.frame(1, ipv4(17, ONE, OTHER, datagram));
        reading.finish();

        assertThat(reading.findings())
                .extracting(CaptureReading.Finding::toString)
                .containsExactly("test: one -> other: UDP to port 53");
    }

    @Test
    void findsAPodThatServesAStranger() {
        CaptureReading reading = reading();
        Ends stranger = new Ends(HUB, 41000, ONE, 8080);
        open(reading, stranger);
        say(reading, stranger, 101, ascii("GET / HTTP/1.1\r\n\r\n"));
        say(reading, stranger.reversed(), 501, ascii("HTTP/1.1 200 OK\r\n\r\n"));
        reading.finish();

        assertThat(reading.findings()).hasSize(1);
        assertThat(reading.findings().getFirst().what()).startsWith("answered 'HTTP/1.1 200 OK");
    }

    @Test
    void findsWhatWasPlantedAndHoldsItAgainstNobody() {
        Ends planted = new Ends(ONE, 42000, OTHER, 8080);
        CaptureReading reading = reading(planted);
        open(reading, planted);
        say(reading, planted, 101, ascii("canarybird"));
        reading.finish();

        assertThat(reading.findings()).isEmpty();
        assertThat(reading.plantedSeen()).isEqualTo(1);
        assertThat(reading.seenWords()).containsExactly("canarybird");
    }

    private static void open(CaptureReading reading, Ends ends) {
        reading.frame(1, segment(ends, SYN, 100, new byte[0]));
        reading.frame(1, segment(ends.reversed(), SYN | ACK, 500, new byte[0]));
    }

    private static void say(CaptureReading reading, Ends ends, int sequence, byte[] bytes) {
        reading.frame(2, segment(ends, ACK, sequence, bytes));
    }

    private static byte[] segment(Ends ends, int flags, int sequence, byte[] payload) {
        ByteBuffer tcp = ByteBuffer.allocate(20 + payload.length);
        tcp.putShort((short) ends.sourcePort()).putShort((short) ends.targetPort());
        tcp.putInt(sequence).putInt(0).put((byte) 0x50).put((byte) flags);
        tcp.position(20).put(payload);
        return ipv4(6, ends.source(), ends.target(), tcp.array());
    }

    private static byte[] ipv4(int protocol, InetAddress source, InetAddress target, byte[] body) {
        ByteBuffer frame = ByteBuffer.allocate(34 + body.length);
        frame.position(12).putShort((short) 0x0800).put((byte) 0x45).put((byte) 0);
        frame.putShort((short) (20 + body.length)).position(23).put((byte) protocol);
        frame.position(26).put(source.getAddress()).put(target.getAddress()).put(body);
        return frame.array();
    }

    private static byte[] hello(int kind, int version) {
        ByteBuffer body = ByteBuffer.allocate(64);
        body.putShort((short) TLS_12).put(new byte[32]).put((byte) 0);
        ByteBuffer extensions = ByteBuffer.allocate(16);
        if (kind == Hello.CLIENT) {
            body.putShort((short) 2).putShort((short) 0x1301).put((byte) 1).put((byte) 0);
            extensions.putShort((short) 43).putShort((short) 3).put((byte) 2);
        } else {
            body.putShort((short) 0x1301).put((byte) 0);
            extensions.putShort((short) 51).putShort((short) 2).putShort((short) 0x1d);
            extensions.putShort((short) 43).putShort((short) 2);
        }
        extensions.putShort((short) version).flip();
        body.putShort((short) extensions.remaining()).put(extensions).flip();
        ByteBuffer message = ByteBuffer.allocate(4 + body.remaining());
        message.putInt(kind << 24 | body.remaining()).put(body);
        return record(22, message.array());
    }

    private static byte[] record(int type, byte[] body) {
        ByteBuffer record = ByteBuffer.allocate(5 + body.length);
        return record.put((byte) type)
                .putShort((short) TLS_12)
                .putShort((short) body.length)
                .put(body)
                .array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
