package io.proa.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.identity.TlsFailure.Code;
import io.proa.identity.TlsSettings.Library;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What a strict peer must refuse, as far as it shows on the wire ([PeerVerifierTest] has the
/// certificates).
class RefusalTest {
    private static final TestAuthority CA = TestAuthority.of("prod");
    private static final List<String> HTTP = List.of("http/1.1");
    private static final WorkloadIdentity WEB = CA.issue("web");
    private static final WorkloadIdentity ORDERS = CA.issue("orders");

    private static TlsContext open(WorkloadIdentity identity, TrustBundle bundle, Library library) {
        return TlsProvider.open(identity, bundle, TlsSettings.defaults().withLibrary(library));
    }

    private static EnginePair pair(TlsContext web, TlsContext orders) {
        return new EnginePair(
                web.client(ORDERS.id(), "1.orders.default.proa", HTTP), orders.server(HTTP));
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,BORINGSSL", "JDK,JDK", "BORINGSSL,JDK", "JDK,BORINGSSL"})
    void aClientOfAnotherAuthorityIsToldSo(Library client, Library server) {
        WorkloadIdentity rogue = TestAuthority.of("prod").issue("web");
        try (TlsContext web = open(rogue, CA.bundle(), client);
                TlsContext orders = open(ORDERS, CA.bundle(), server);
                EnginePair pair = pair(web, orders)) {
            pair.start();
            assertThat(pair.server.failedWith()).isEqualTo(Code.UNTRUSTED);
            assertThat(pair.client.failedWith()).isEqualTo(Code.PEER_ALERT);
            assertThat(pair.server.engine.handshakeComplete()).isFalse();
            assertThat(pair.server.engine.peer()).isNull();
            assertThatThrownBy(() ->
                            pair.server.engine.unwrap(
                                    EnginePair.direct(new byte[0]), ByteBuffer.allocateDirect(10)))
                    .isSameAs(pair.server.failure);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void anExpiredClientIsToldSo(Library library) {
        Instant now = Instant.now();
        WorkloadIdentity old = CA.issue(WEB.id(), now.minusSeconds(100), now.minusSeconds(2));
        try (TlsContext web = open(old, CA.bundle(), library);
                TlsContext orders = open(ORDERS, CA.bundle(), library);
                EnginePair pair = pair(web, orders)) {
            pair.start();
            assertThat(pair.server.failedWith()).isEqualTo(Code.EXPIRED);
            assertThat(pair.client.failedWith()).isEqualTo(Code.PEER_ALERT);
        }
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,BORINGSSL", "JDK,JDK", "BORINGSSL,JDK", "JDK,BORINGSSL"})
    void withoutACommonProtocolThereIsNoConnection(Library client, Library server) {
        try (TlsContext web = open(WEB, CA.bundle(), client);
                TlsContext orders = open(ORDERS, CA.bundle(), server);
                EnginePair pair =
                        new EnginePair(
                                web.client(ORDERS.id(), "1.orders.default.proa", List.of("h9")),
                                orders.server(HTTP))) {
            pair.start();
            assertThat(pair.client.failure).isNotNull();
            assertThat(pair.server.failure).isNotNull();
            assertThat(pair.server.engine.handshakeComplete()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void aClientThatOffersNoProtocolIsRefused(Library library) {
        try (TlsContext web = open(WEB, CA.bundle(), library);
                TlsContext orders = open(ORDERS, CA.bundle(), library);
                EnginePair pair =
                        new EnginePair(
                                web.client(ORDERS.id(), "1.orders.default.proa", List.of()),
                                orders.server(HTTP))) {
            pair.start();
            assertThat(pair.server.failedWith()).isEqualTo(Code.PROTOCOL);
        }
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,true", "BORINGSSL,false", "JDK,true", "JDK,false"})
    void plaintextIsNoTls(Library library, boolean server) {
        try (TlsContext web = open(WEB, CA.bundle(), library);
                TlsContext orders = open(ORDERS, CA.bundle(), library)) {
            for (String text : List.of("GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "\u0000\u0001")) {
                TlsEngine engine =
                        server
                                ? orders.server(HTTP)
                                : web.client(ORDERS.id(), "1.orders.default.proa", HTTP);
                ByteBuffer bytes = EnginePair.direct(text.getBytes(StandardCharsets.ISO_8859_1));
                assertThatThrownBy(() -> engine.unwrap(bytes, ByteBuffer.allocateDirect(100)))
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                e -> assertThat(e.code()).isEqualTo(Code.NOT_TLS));
                engine.free();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void garbageNeverEscapesAsAnythingButAFailure(Library library) {
        Random random = new Random(3);
        try (TlsContext web = open(WEB, CA.bundle(), library);
                TlsContext orders = open(ORDERS, CA.bundle(), library)) {
            for (int round = 0; round < 300; round++) {
                try (EnginePair pair = pair(web, orders)) {
                    byte[] garbage = EnginePair.pattern(1 + random.nextInt(600), round);
                    garbage[0] = 22;
                    if (round % 2 == 0 && garbage.length > 5) {
                        garbage[1] = 3;
                        garbage[2] = 1;
                        garbage[3] = (byte) (garbage.length - 5 >> 8);
                        garbage[4] = (byte) (garbage.length - 5);
                        if (garbage.length > 9) {
                            garbage[5] = 1;
                        }
                    }
                    ByteBuffer bytes = EnginePair.direct(garbage);
                    try {
                        pair.server.engine.unwrap(bytes, ByteBuffer.allocateDirect(17_000));
                        assertThat(bytes.hasRemaining()).isFalse();
                    } catch (TlsFailure e) {
                        assertThat(e.code()).isIn(Code.PROTOCOL, Code.NOT_TLS, Code.PEER_ALERT);
                    }
                    assertThat(pair.server.engine.handshakeComplete()).isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void aBentByteAnywhereInTheHandshakeEndsIt(Library library) throws TlsFailure {
        Random random = new Random(5);
        TlsSettings settings = TlsSettings.defaults().withLibrary(library).withResumption(false);
        try (TlsContext web = TlsProvider.open(WEB, CA.bundle(), settings);
                TlsContext orders = TlsProvider.open(ORDERS, CA.bundle(), settings)) {
            ByteBuffer none = ByteBuffer.allocateDirect(1).limit(0);
            for (int round = 0; round < 60; round++) {
                try (EnginePair pair = pair(web, orders)) {
                    ByteBuffer flight = ByteBuffer.allocateDirect(17_000);
                    pair.client.engine.startHandshake();
                    pair.client.engine.wrap(none, flight);
                    pair.server.engine.unwrap(flight.flip(), ByteBuffer.allocateDirect(100));
                    flight.clear();
                    pair.server.engine.wrap(none, flight);
                    int at = 5 + random.nextInt(flight.position() - 5);
                    if (isRecordVersion(flight, at)) {
                        continue; // to be ignored, RFC 8446 section 5.1
                    }
                    flight.put(at, (byte) (flight.get(at) ^ 0x10));
                    try {
                        pair.client.engine.unwrap(flight.flip(), ByteBuffer.allocateDirect(100));
                    } catch (TlsFailure e) {
                        assertThat(e.code()).isNotNull();
                    }
                    assertThat(pair.client.engine.handshakeComplete()).isFalse();
                    assertThat(pair.client.engine.peer()).isNull();
                }
            }
        }
    }

    private static boolean isRecordVersion(ByteBuffer flight, int at) {
        int start = 0;
        while (start <= at) {
            if (at == start + 1 || at == start + 2) {
                return true;
            }
            start += 5 + Short.toUnsignedInt(flight.getShort(start + 3));
        }
        return false;
    }

    @Test
    void theRightCertificateWithoutItsKeyIsOfNoUse() {
        KeyPair other = CertificateDraft.newKey();
        WorkloadIdentity stolen = new WorkloadIdentity(WEB.id(), other.getPrivate(), WEB.chain());
        assertThatThrownBy(() -> open(stolen, CA.bundle(), Library.BORINGSSL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("do not belong together");
        // The JDK does not look; its signature then fails at the other end.
        try (TlsContext web = open(stolen, CA.bundle(), Library.JDK);
                TlsContext orders = open(ORDERS, CA.bundle(), Library.BORINGSSL);
                EnginePair pair = pair(web, orders)) {
            pair.start();
            assertThat(pair.server.failure).isNotNull();
            assertThat(pair.server.engine.handshakeComplete()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,TLSv1.2", "JDK,TLSv1.2"})
    void olderTlsIsRefused(Library library, String version) throws Exception {
        SSLEngine old = javax.net.ssl.SSLContext.getDefault().createSSLEngine();
        old.setUseClientMode(true);
        old.setEnabledProtocols(new String[] {version});
        ByteBuffer hello = ByteBuffer.allocateDirect(17_000);
        old.wrap(ByteBuffer.allocate(0), hello);
        hello.flip();
        try (TlsContext orders = open(ORDERS, CA.bundle(), library)) {
            TlsEngine server = orders.server(HTTP);
            assertThatThrownBy(() -> server.unwrap(hello, ByteBuffer.allocateDirect(10)))
                    .isInstanceOfSatisfying(
                            TlsFailure.class, e -> assertThat(e.code()).isEqualTo(Code.PROTOCOL));
            assertThat(server.hasPendingCiphertext()).isTrue();
            server.free();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void aTicketDiesWithTheContextThatIssuedIt(Library library) {
        TrustBundle next = new TrustBundle("prod", 2, CA.bundle().roots());
        try (TlsContext web = open(WEB, CA.bundle(), library);
                TlsContext before = open(ORDERS, CA.bundle(), library);
                TlsContext after = open(ORDERS, next, library)) {
            assertThat(handshake(web, before)).isFalse();
            assertThat(handshake(web, before)).isTrue();
            assertThat(handshake(web, after)).isFalse();
            assertThat(handshake(web, after)).isTrue();
        }
        TrustBundle without = new TrustBundle("prod", 3, TestAuthority.of("prod").bundle().roots());
        try (TlsContext web = open(WEB, CA.bundle(), library);
                TlsContext before = open(ORDERS, CA.bundle(), library);
                TlsContext distrusting = open(ORDERS, without, library)) {
            assertThat(handshake(web, before)).isFalse();
            try (EnginePair pair = pair(web, distrusting)) {
                pair.start();
                assertThat(pair.server.failedWith()).isEqualTo(Code.UNTRUSTED);
            }
        }
    }

    /// @return whether it was resumed
    private static boolean handshake(TlsContext web, TlsContext orders) {
        try (EnginePair pair = pair(web, orders)) {
            pair.start();
            pair.settle(EnginePair.direct(new byte[1]), EnginePair.direct(new byte[1]));
            assertThat(pair.client.failure).isNull();
            assertThat(pair.server.failure).isNull();
            assertThat(pair.client.bytes()).hasSize(1);
            return pair.server.engine.resumed();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void aTicketDoesNotOutliveTheCertificate(Library library) {
        Instant now = Instant.now();
        Instant[] clock = {now};
        InstantSource source = () -> clock[0];
        TlsSettings settings = TlsSettings.defaults().withLibrary(library);
        WorkloadIdentity brief = CA.issue(WEB.id(), now.minusSeconds(10), now.plusSeconds(60));
        try (TlsContext web = TlsProvider.open(brief, CA.bundle(), settings);
                TlsContext orders =
                        TlsProvider.open(ORDERS, CA.bundle(), settings.withClock(source))) {
            assertThat(handshake(web, orders)).isFalse();
            clock[0] = now.plus(Duration.ofSeconds(50));
            assertThat(handshake(web, orders)).isTrue();
            clock[0] = now.plus(Duration.ofSeconds(70));
            try (EnginePair pair = pair(web, orders)) {
                pair.start();
                pair.settle(EnginePair.direct(new byte[9]), EnginePair.direct(new byte[9]));
                assertThat(pair.server.failedWith()).isEqualTo(Code.EXPIRED);
                assertThat(pair.server.bytes()).isEmpty();
                assertThat(pair.client.bytes()).isEmpty();
                assertThat(pair.server.engine.peer()).isNull();
            }
        }
    }

    @Test
    void withoutResumptionEveryHandshakeIsFull() {
        TlsSettings settings = TlsSettings.defaults().withResumption(false);
        try (TlsContext web = TlsProvider.open(WEB, CA.bundle(), settings);
                TlsContext orders = TlsProvider.open(ORDERS, CA.bundle(), settings)) {
            assertThat(handshake(web, orders)).isFalse();
            assertThat(handshake(web, orders)).isFalse();
        }
    }

    @Test
    void connectionsOutliveTheClosingOfTheirContext() {
        TlsContext web = open(WEB, CA.bundle(), Library.BORINGSSL);
        TlsContext orders = open(ORDERS, CA.bundle(), Library.BORINGSSL);
        try (EnginePair pair = pair(web, orders)) {
            web.close();
            orders.close();
            orders.close();
            pair.start();
            pair.settle(EnginePair.direct(new byte[100]), EnginePair.direct(new byte[200]));
            assertThat(pair.server.bytes()).hasSize(100);
            assertThat(pair.client.bytes()).hasSize(200);
            assertThatThrownBy(() -> orders.server(HTTP))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void freeingTwiceIsHarmlessAndUseAfterwardsIsNoticed(Library library) {
        try (TlsContext orders = open(ORDERS, CA.bundle(), library)) {
            TlsEngine engine = orders.server(HTTP);
            engine.free();
            engine.free();
            engine.closeOutbound();
            assertThat(engine.hasPendingCiphertext()).isFalse();
            assertThatThrownBy(() ->
                            engine.unwrap(
                                    EnginePair.direct(new byte[1]), ByteBuffer.allocateDirect(1)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void unknownGroupsAreNamed() {
        TlsSettings settings = TlsSettings.defaults().withGroups(List.of("X25519", "nonsense"));
        try (TlsContext orders = TlsProvider.open(ORDERS, CA.bundle(), settings)) {
            assertThatThrownBy(() -> orders.server(HTTP)).hasMessageContaining("nonsense");
        }
    }
}
