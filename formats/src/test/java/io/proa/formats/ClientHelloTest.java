package io.proa.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientHelloTest {
    private static ClientHello.State read(ClientHello hello, byte[] bytes) {
        return hello.read(ByteBuffer.wrap(bytes), 0, bytes.length);
    }

    @Test
    void readsWhatAnotherImplementationSends() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("orders.example.com", 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        ClientHello hello = new ClientHello();
        assertThat(hello.read(out, 0, out.position())).isEqualTo(ClientHello.State.COMPLETE);
        assertThat(hello.serverName()).isEqualTo("orders.example.com");
        assertThat(hello.protocols()).isEqualTo("h2 http/1.1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 64, 16384})
    void readsItHoweverItIsCut(int recordSize) {
        byte[] bytes = Beginnings.hello("Shop.Example", recordSize, "h2");
        for (int piece = 1; piece < 80; piece++) {
            ClientHello hello = new ClientHello();
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            for (int i = 0; i < bytes.length; i += piece) {
                hello.read(buffer, i, Math.min(bytes.length, i + piece));
            }
            assertThat(hello.serverName()).isEqualTo("shop.example");
            assertThat(hello.protocols()).isEqualTo("h2");
        }
    }

    @Test
    void saysNothingBeforeItsEnd() {
        byte[] bytes = Beginnings.hello("shop.example", 16384, "h2");
        for (int n = 0; n < bytes.length; n++) {
            ClientHello hello = new ClientHello();
            assertThat(read(hello, Arrays.copyOf(bytes, n))).isEqualTo(ClientHello.State.READING);
            assertThat(hello.serverName()).isEmpty();
            assertThat(hello.protocols()).isEmpty();
        }
    }

    @Test
    void knowsOfClientsThatNameNobody() {
        ClientHello hello = new ClientHello();
        assertThat(read(hello, Beginnings.hello("", 16384))).isEqualTo(ClientHello.State.COMPLETE);
        assertThat(hello.serverName()).isEmpty();
        assertThat(hello.protocols()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\0b", "caf\u00e9", "a/b", "a:443"})
    void takesNothingForANameThatIsNone(String host) {
        ClientHello hello = new ClientHello();
        assertThat(read(hello, Beginnings.hello(host, 16384))).isEqualTo(ClientHello.State.FLAWED);
        assertThat(hello.serverName()).isEmpty();
    }

    @Test
    void showsProtocolsWithoutWhatCouldBeTakenForSomethingElse() {
        ClientHello hello = new ClientHello();
        read(hello, Beginnings.hello("", 16384, "a\nb c", "h2"));
        assertThat(hello.protocols()).isEqualTo("a?b?c h2");
    }

    @Test
    void keepsNoMoreThanItIsBoundTo() {
        String[] many = new String[60];
        Arrays.fill(many, "protocol");
        ClientHello hello = new ClientHello();
        read(hello, Beginnings.hello("", 16384, many));
        assertThat(hello.protocols()).hasSize(128);
    }

    /// One octet of a message changed, at places where something is said of what follows.
    @Test
    void refusesLengthsThatDoNotFit() {
        for (int at : List.of(0, 1, 5, 9, 43, 77, 82)) {
            byte[] bytes = Beginnings.hello("shop.example", 16384, "h2");
            bytes[at] = (byte) 0xEF;
            assertThat(read(new ClientHello(), bytes))
                    .as("octet " + at)
                    .isEqualTo(ClientHello.State.FLAWED);
        }
    }

    @Test
    void refusesAnEmptyRecordAndOneOfAnotherKindWithin() {
        byte[] empty = {22, 3, 1, 0, 0};
        assertThat(read(new ClientHello(), empty)).isEqualTo(ClientHello.State.FLAWED);
        byte[] other = Beginnings.hello("shop.example", 20, "h2");
        other[25] = 23;
        assertThat(read(new ClientHello(), other)).isEqualTo(ClientHello.State.FLAWED);
    }

    @Test
    void isReadByBothReadersAlike() {
        Beginnings readers = new TwoReaders().beginnings();
        for (byte[] seed : Beginnings.helloSeeds()) {
            assertThat(readers.hello(seed)).contains("|");
            for (int i = 0; i < seed.length; i++) {
                for (int value : new int[] {0, 1, 2, 16, 0x7F, 0xFF}) {
                    byte[] changed = seed.clone();
                    changed[i] = (byte) value;
                    assertThat(readers.hello(changed)).isNotEmpty();
                }
            }
        }
    }
}
