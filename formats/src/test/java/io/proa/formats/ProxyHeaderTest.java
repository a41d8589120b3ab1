package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String FOUR = "c0000201" + "c6336402" + "04d2" + "01bb";

    private static ProxyHeader read(byte[] bytes) throws MalformedProxyHeader {
        return Objects.requireNonNull(ProxyHeader.read(ByteBuffer.wrap(bytes), 0, bytes.length));
    }

    private static ProxyHeader read(String text) throws MalformedProxyHeader {
        return read(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    void readsALine() throws Exception {
        ProxyHeader header = read("PROXY TCP4 192.0.2.1 198.51.100.2 1234 443\r\nGET /");
        assertThat(header.length()).isEqualTo(44);
        assertThat(header.source()).isEqualTo(new InetSocketAddress("192.0.2.1", 1234));
        assertThat(header.destination()).isEqualTo(new InetSocketAddress("198.51.100.2", 443));
        ProxyHeader six = read("PROXY TCP6 2001:DB8::1 ::1 65535 0\r\n");
        assertThat(six.source()).isEqualTo(new InetSocketAddress("2001:db8::1", 65535));
        ProxyHeader unknown = read("PROXY UNKNOWN whatever 7\r\n");
        assertThat(unknown.length()).isEqualTo(26);
        assertThat(unknown.source()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n",
                "PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n",
                "PROXY TCP4 ::1 ::1 1 2\r\n",
                "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY TCP6 ::1%lo ::1 1 2\r\n",
                "PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n",
                "PROXY TCP6 1::2::3 ::1 1 2\r\n",
                "PROXY TCP6 1:2:3:4:5:6:7:8:: ::1 1 2\r\n",
                "PROXY TCP6 12345:: ::1 1 2\r\n",
                "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
                "PROXY UNKNOWNS\r\n",
                "PROXY\r\n"
            })
    void refusesALineThatIsNotExact(String line) {
        assertThatThrownBy(() -> read(line)).isInstanceOf(MalformedProxyHeader.class);
    }

    @Test
    void bounds() {
        assertThatThrownBy(() -> read("PROXY UNKNOWN " + "x".repeat(100)))
                .isInstanceOf(MalformedProxyHeader.class)
                .hasMessageContaining("107");
        assertThatThrownBy(() -> read(hex(SIGNATURE + "2111" + "ffff")))
                .isInstanceOf(MalformedProxyHeader.class)
                .hasMessageContaining("2048");
    }

    @Test
    void readsTheBinaryForm() throws Exception {
        ProxyHeader header = read(hex(SIGNATURE + "2111" + "000c" + FOUR + "474554"));
        assertThat(header.length()).isEqualTo(28);
        assertThat(header.source()).isEqualTo(new InetSocketAddress("192.0.2.1", 1234));
        assertThat(header.destination()).isEqualTo(new InetSocketAddress("198.51.100.2", 443));
        // AWS and others say more, which is of no interest
        ProxyHeader more = read(hex(SIGNATURE + "2111" + "0011" + FOUR + "ea0002" + "0102"));
        assertThat(more.length()).isEqualTo(33);
        ProxyHeader local = read(hex(SIGNATURE + "2000" + "0003" + "ffffff"));
        assertThat(local.length()).isEqualTo(19);
        assertThat(local.source()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1111000c" + FOUR, // version 1
                "2211000c" + FOUR, // no such command
                "2112000c" + FOUR, // UDP
                "2131000c" + FOUR, // Unix
                "2111000b" + FOUR, // too short for the addresses
                "2111000d" + FOUR + "04", // an extension that is cut off
                "2111000f" + FOUR + "040001", // one longer than what is left
                "21110013" + FOUR + "030004deadbeef", // a checksum that is wrong
                "21110010" + FOUR + "030001de" // one that is none
            })
    void refusesABinaryFormThatIsNotExact(String rest) {
        assertThatThrownBy(() -> read(hex(SIGNATURE + rest)))
                .isInstanceOf(MalformedProxyHeader.class);
    }

    @Test
    void acceptsAChecksumThatIsRight() throws Exception {
        byte[] bytes = hex(SIGNATURE + "21110013" + FOUR + "03000400000000");
        java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
        sum.update(bytes);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) sum.getValue());
        assertThat(read(bytes).length()).isEqualTo(35);
    }

    @Test
    void waitsForTheRestAndKnowsWhatIsWrittenHere() throws Exception {
        for (byte[] seed : Beginnings.proxySeeds()) {
            for (int n = 0; n < seed.length; n++) {
                assertThat(ProxyHeader.read(ByteBuffer.wrap(seed), 0, n)).isNull();
            }
            assertThat(read(seed).length()).isEqualTo(seed.length);
            assertThat(new TwoReaders().beginnings().proxy(seed)).isNotEmpty();
        }
    }
}
