package io.proa.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.identity.TlsSettings.Library;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferTest {
    private static final TestAuthority CA = TestAuthority.of("prod");
    private static final List<String> TCP = List.of("proa-tcp");
    private static final WorkloadIdentity WEB = CA.issue("web");
    private static final WorkloadIdentity ORDERS = CA.issue("orders");

    private static TlsContext open(WorkloadIdentity identity, Library library) {
        return TlsProvider.open(identity, CA.bundle(), TlsSettings.defaults().withLibrary(library));
    }

    private static EnginePair pair(
            TlsContext web, TlsContext orders, int ciphertext, int plaintext) {
        return new EnginePair(
                web.client(ORDERS.id(), "1.orders.default.proa", TCP),
                orders.server(TCP),
                ciphertext,
                plaintext);
    }

    @ParameterizedTest
    @CsvSource({
        "BORINGSSL,BORINGSSL,1,1,3000",
        "BORINGSSL,BORINGSSL,7,3,20000",
        "BORINGSSL,BORINGSSL,90,100,50000",
        "BORINGSSL,BORINGSSL,1000,17,200000",
        "BORINGSSL,BORINGSSL,17000,5,70000",
        "BORINGSSL,BORINGSSL,100,40000,200000",
        "BORINGSSL,BORINGSSL,70000,70000,10000000",
        "BORINGSSL,JDK,1,1,2000",
        "JDK,BORINGSSL,13,900,60000",
        "BORINGSSL,JDK,5000,5000,1000000",
        "JDK,JDK,3,2,3000"
    })
    void carriesEveryByteThroughBuffersOfAnySize(
            Library client, Library server, int ciphertext, int plaintext, int size) {
        byte[] up = EnginePair.pattern(size, 1);
        byte[] down = EnginePair.pattern(size + 1234, 2);
        try (TlsContext web = open(WEB, client);
                TlsContext orders = open(ORDERS, server)) {
            for (int round = 0; round < 2; round++) { // the second one resumed
                try (EnginePair pair = pair(web, orders, ciphertext, plaintext)) {
                    pair.start();
                    pair.settle(EnginePair.direct(up), EnginePair.direct(down));
                    assertThat(pair.client.failure).isNull();
                    assertThat(pair.server.failure).isNull();
                    assertThat(pair.server.bytes()).isEqualTo(up);
                    assertThat(pair.client.bytes()).isEqualTo(down);
                    assertThat(pair.server.engine.resumed()).isEqualTo(round == 1);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,BORINGSSL", "JDK,JDK", "BORINGSSL,JDK", "JDK,BORINGSSL"})
    void endsEachDirectionOnItsOwn(Library client, Library server) throws TlsFailure {
        byte[] up = EnginePair.pattern(30_000, 1);
        byte[] down = EnginePair.pattern(90_000, 2);
        try (TlsContext web = open(WEB, client);
                TlsContext orders = open(ORDERS, server);
                EnginePair pair = pair(web, orders, 17_000, 17_000)) {
            pair.start();
            pair.settle(EnginePair.direct(up), EnginePair.direct(new byte[0]));

            pair.client.engine.closeOutbound();
            pair.settle();
            assertThat(pair.server.engine.peerClosed()).isTrue();
            assertThat(pair.client.engine.peerClosed()).isFalse();
            pair.settle(EnginePair.direct(new byte[0]), EnginePair.direct(down));
            assertThat(pair.client.bytes()).isEqualTo(down);

            pair.server.engine.closeOutbound();
            pair.settle();
            assertThat(pair.client.engine.peerClosed()).isTrue();
            assertThat(pair.client.failure).isNull();
            assertThat(pair.server.failure).isNull();
            assertThat(pair.client.engine.hasPendingCiphertext()).isFalse();
            assertThat(pair.server.engine.hasPendingCiphertext()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL", "JDK"})
    void closeNotifyBehindDataComesAfterTheData(Library library) {
        byte[] down = EnginePair.pattern(50_000, 2);
        try (TlsContext web = open(WEB, library);
                TlsContext orders = open(ORDERS, library);
                EnginePair pair = pair(web, orders, 60_000, 100)) {
            pair.start();
            java.nio.ByteBuffer source = EnginePair.direct(down);
            java.nio.ByteBuffer wire = java.nio.ByteBuffer.allocateDirect(120_000);
            java.nio.ByteBuffer tiny = java.nio.ByteBuffer.allocateDirect(777);
            java.io.ByteArrayOutputStream received = new java.io.ByteArrayOutputStream();
            try {
                while (source.hasRemaining()) {
                    pair.server.engine.wrap(source, wire);
                }
                pair.server.engine.closeOutbound();
                pair.server.engine.wrap(source, wire);
                wire.flip();
                while (!pair.client.engine.peerClosed()) {
                    tiny.clear();
                    pair.client.engine.unwrap(wire, tiny);
                    tiny.flip();
                    byte[] some = new byte[tiny.remaining()];
                    tiny.get(some);
                    received.writeBytes(some);
                }
            } catch (TlsFailure e) {
                throw new AssertionError(e);
            }
            assertThat(received.toByteArray()).isEqualTo(down);
            assertThat(wire.hasRemaining()).isFalse();
        }
    }

    @Test
    void survivesRandomSizesAndDirections() {
        Random random = new Random(42);
        try (TlsContext web = open(WEB, Library.BORINGSSL);
                TlsContext orders = open(ORDERS, Library.BORINGSSL)) {
            for (int round = 0; round < 150; round++) {
                int ciphertext = 1 + random.nextInt(random.nextBoolean() ? 200 : 40_000);
                int plaintext = 1 + random.nextInt(random.nextBoolean() ? 200 : 40_000);
                byte[] up = EnginePair.pattern(random.nextInt(60_000), round);
                byte[] down = EnginePair.pattern(random.nextInt(60_000), -round);
                try (EnginePair pair = pair(web, orders, ciphertext, plaintext)) {
                    pair.start();
                    pair.settle(EnginePair.direct(up), EnginePair.direct(down));
                    assertThat(pair.server.bytes()).isEqualTo(up);
                    assertThat(pair.client.bytes()).isEqualTo(down);
                }
            }
        }
    }
}
