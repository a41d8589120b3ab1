package io.proa.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.identity.TlsSettings.Library;
import io.proa.model.SpiffeId;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HandshakeTest {
    private static final TestAuthority CA = TestAuthority.of("prod");
    private static final List<String> HTTP = List.of("http/1.1");
    private static final WorkloadIdentity WEB = CA.issue("web");
    private static final WorkloadIdentity ORDERS = CA.issue("orders");

    private static TlsContext open(WorkloadIdentity identity, Library library) {
        return TlsProvider.open(identity, CA.bundle(), TlsSettings.defaults().withLibrary(library));
    }

    @ParameterizedTest
    @CsvSource({"BORINGSSL,BORINGSSL", "JDK,JDK", "BORINGSSL,JDK", "JDK,BORINGSSL"})
    void provesBothIdentitiesAndCarriesBytes(Library client, Library server) {
        try (TlsContext web = open(WEB, client);
                TlsContext orders = open(ORDERS, server);
                EnginePair pair =
                        new EnginePair(
                                web.client(ORDERS.id(), "8080.orders.default.proa", HTTP),
                                orders.server(List.of("proa-tcp", "http/1.1")))) {
            pair.start();
            assertThat(pair.client.failure).isNull();
            assertThat(pair.server.failure).isNull();
            assertThat(pair.client.engine.handshakeComplete()).isTrue();
            assertThat(pair.server.engine.handshakeComplete()).isTrue();
            assertThat(pair.client.engine.peer())
                    .isEqualTo(new VerifiedPeer(ORDERS.id(), ORDERS.notAfter()));
            assertThat(pair.server.engine.peer())
                    .isEqualTo(new VerifiedPeer(WEB.id(), WEB.notAfter()));
            assertThat(pair.server.engine.serverName()).isEqualTo("8080.orders.default.proa");
            assertThat(pair.server.engine.applicationProtocol()).isEqualTo("http/1.1");
            assertThat(pair.client.engine.applicationProtocol()).isEqualTo("http/1.1");
            byte[] question = EnginePair.pattern(70_000, 1);
            byte[] answer = EnginePair.pattern(300_000, 2);
            ByteBuffer up = EnginePair.direct(question);
            ByteBuffer down = EnginePair.direct(answer);
            pair.settle(up, down);
            assertThat(pair.server.bytes()).isEqualTo(question);
            assertThat(pair.client.bytes()).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void refusesAnotherIdentityThanExpected(Library library) {
        SpiffeId other = SpiffeId.ofServiceAccount("prod", "default", "payments");
        try (TlsContext web = open(WEB, library);
                TlsContext orders = open(ORDERS, library);
                EnginePair pair =
                        new EnginePair(
                                web.client(other, "8080.orders.default.proa", HTTP),
                                orders.server(HTTP))) {
            pair.start();
            assertThat(pair.client.failedWith()).isEqualTo(TlsFailure.Code.WRONG_IDENTITY);
            assertThat(pair.server.failedWith()).isEqualTo(TlsFailure.Code.PEER_ALERT);
            assertThat(pair.client.engine.peer()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void resumesWithinAContextAndKnowsThePeerStill(Library library) {
        try (TlsContext web = open(WEB, library);
                TlsContext orders = open(ORDERS, library)) {
            for (int round = 0; round < 3; round++) {
                try (EnginePair pair =
                        new EnginePair(
                                web.client(ORDERS.id(), "8080.orders.default.proa", HTTP),
                                orders.server(HTTP))) {
                    pair.start();
                    pair.settle(
                            EnginePair.direct(new byte[] {1}), EnginePair.direct(new byte[] {2}));
                    assertThat(pair.client.failure).isNull();
                    assertThat(pair.server.failure).isNull();
                    assertThat(pair.client.engine.resumed()).isEqualTo(round > 0);
                    assertThat(pair.server.engine.resumed()).isEqualTo(round > 0);
                    assertThat(pair.server.peerId()).isEqualTo(WEB.id().toString());
                    assertThat(pair.client.peerId()).isEqualTo(ORDERS.id().toString());
                    assertThat(pair.server.bytes()).hasSize(1);
                    assertThat(pair.client.bytes()).hasSize(1);
                }
            }
        }
    }
}
