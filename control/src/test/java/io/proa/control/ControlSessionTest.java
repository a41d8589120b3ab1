package io.proa.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.identity.CertificateRequest;
import io.proa.identity.Pem;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.ConfigProblem;
import io.proa.model.IpPort;
import io.proa.model.SpiffeId;
import io.proa.wire.Bytes;
import io.proa.wire.ClientMessage;
import io.proa.wire.Credential;
import io.proa.wire.FramedWire;
import io.proa.wire.ServerMessage;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.Signature;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Single connections, by hand: what is let in, and what becomes of those that misbehave.
final class ControlSessionTest extends FleetOnDisk {
    @Test
    void tokenWorksOnceAndForItsPodOnly() throws Exception {
        try (var plane = start()) {
            String token = plane.issueToken("front-1");
            assertThat(greet("orders-1", token)).contains("it works once");
            assertThat(greet("nobody-1", token)).contains("is not in the fleet");
            assertThat(greet("front-1", token + "x")).contains("it works once");
            // a broken line gives the token back; only a certificate spends it
            assertThat(greet("front-1", token)).isEqualTo("welcome");
            Sidecar.awaitThat("given back", () -> greet("front-1", token).equals("welcome"));
            Sidecar.awaitThat(
                    "given back", () -> plane.status().stream().noneMatch(s -> s.connected()));
            try (var _ = sidecar("front-1", token).ready()) {
                assertThat(greet("front-1", token)).contains("it works once");
            }
            assertThat(greet("front-1", token)).contains("it works once");
            assertThat(plane.status()).noneMatch(status -> status.pod().equals("orders-1"));
        }
    }

    @Test
    void tokenExpires() throws Exception {
        try (var plane = start()) {
            String token = plane.issueToken("front-1");
            steady.jump(ControlSettings.DEFAULT_TOKEN_LIFETIME.plusSeconds(1));
            assertThat(greet("front-1", token)).contains("has expired");
        }
    }

    @Test
    void tokenOutlivesARestartOfTheControlPlaneUnlessItWasUsed() throws Exception {
        String unused;
        String used;
        try (var plane = start()) {
            unused = plane.issueToken("front-1");
            used = plane.issueToken("orders-1");
            try (var _ = sidecar("orders-1", used).ready()) {
                assertThat(log).noneMatch(line -> line.contains(used));
            }
        }
        try (var _ = start();
                var _ = sidecar("front-1", unused).ready()) {
            assertThat(greet("orders-1", used)).contains("it works once");
            assertThat(greet("front-1", unused)).contains("it works once");
        }
        assertThat(log).noneMatch(line -> line.contains(unused));
    }

    /// Of two sidecars that say to be one pod, only that of the newer token gets an identity.
    @Test
    void replacedTokenBringsNoCertificate() throws Exception {
        try (var plane = start();
                var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String token = plane.issueToken("front-1");
            FramedWire<ServerMessage, ClientMessage> wire = greeted(channel, "front-1", token);
            plane.issueToken("front-1");
            wire.send(request());
            assertThat(wire.receive())
                    .isEqualTo(
                            new ServerMessage.Refused(
                                    "the token has been replaced by a newer one"));
            assertThat(wire.receive()).isNull();
        }
    }

    /// What was to be said before the end is said.
    @Test
    void answersComeBeforeTheRefusal() throws Exception {
        try (var plane = start();
                var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            FramedWire<ServerMessage, ClientMessage> wire =
                    greeted(channel, "front-1", plane.issueToken("front-1"));
            wire.send(request());
            wire.send(new ClientMessage.Ack(99));
            assertThat(wire.receive()).isInstanceOf(ServerMessage.Identity.class);
            assertThat(wire.receive())
                    .isEqualTo(
                            new ServerMessage.Refused(
                                    "an answer to snapshot 99, the last one is 0"));
            assertThat(wire.receive()).isNull();
        }
    }

    @Test
    void silentConnectionsEnd() throws Exception {
        try (var _ = start();
                var silent = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            var wire = FramedWire.client(silent);
            assertThat(wire.receive()).isInstanceOf(ServerMessage.Challenge.class);
            steady.jump(Duration.ofSeconds(11));
            assertThat(wire.receive()).isNull();
        }
    }

    /// One that does not listen is let go; the others get what they asked for meanwhile.
    @Test
    void deafConnectionsEndAndHoldUpNobody() throws Exception {
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready();
                var deaf = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            var wire = greeted(deaf, "orders-1", plane.issueToken("orders-1"));
            for (int i = 0; i < 40; i++) {
                wire.send(new ClientMessage.Subscribe(many(i)));
            }
            Sidecar.awaitThat("connected", () -> connected(plane, "orders-1"));
            front.subscribe(ordersAddress(plane));
            front.eventually("orders", () -> !front.last().services().isEmpty());
            steady.jump(Duration.ofSeconds(11));
            Sidecar.awaitThat("let go", () -> !connected(plane, "orders-1"));
            assertThat(connected(plane, "front-1")).isTrue();
        }
    }

    @Test
    void whatASidecarWritesStaysOnOneLineOfTheLog() throws Exception {
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            front.verdict = List.of(new ConfigProblem("a\nb", 1, 2, "c\u001b[31m\rd", "e"));
            front.subscribe(ordersAddress(plane));
            Sidecar.awaitThat("log", () -> log.stream().anyMatch(l -> l.contains("did not take")));
            assertThat(log).noneMatch(line -> line.matches("(?s).*\\p{Cntrl}.*"));
        }
    }

    @Test
    void stolenProofIsRefused() throws Exception {
        try (var plane = start()) {
            WorkloadIdentity front;
            try (var sidecar = sidecar("front-1", plane.issueToken("front-1")).ready()) {
                front = sidecar.identities.getFirst();
            }
            Bytes earlier = Bytes.of(new byte[32]);
            // replayed from another connection
            assertThat(greet("front-1", _ -> proof(front, "front-1", earlier)))
                    .contains("not signed by the certificate's key");
            // for another pod
            assertThat(greet("orders-1", nonce -> proof(front, "orders-1", nonce)))
                    .contains("expected spiffe://");
            // a signature for another pod's hello
            assertThat(greet("front-1", nonce -> proof(front, "orders-1", nonce)))
                    .contains("not signed by the certificate's key");
            // the certificate alone
            assertThat(
                            greet(
                                    "front-1",
                                    _ ->
                                            new Credential.Proof(
                                                    Pem.ofCertificates(front.chain()),
                                                    Bytes.of(new byte[64]))))
                    .contains("proof does not hold");
            assertThat(greet("front-1", _ -> new Credential.Proof("", Bytes.of(new byte[64]))))
                    .contains("no certificate");
            assertThat(greet("front-1", nonce -> proof(front, "front-1", nonce)))
                    .isEqualTo("welcome");
        }
    }

    @Test
    void identityOfAnotherAuthorityIsRefused() throws Exception {
        WorkloadIdentity foreign;
        try (var plane = start();
                var sidecar = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            foreign = sidecar.identities.getFirst();
        }
        Files.delete(folder.resolve("state/authority/authority.pem"));
        try (var _ = start()) {
            assertThat(greet("front-1", nonce -> proof(foreign, "front-1", nonce)))
                    .contains("no path");
        } catch (ControlPlane.StartFailure e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void strangeBytesEndOneConnectionOnly() throws Exception {
        try (var plane = start();
                var front = sidecar("front-1", plane.issueToken("front-1")).ready()) {
            for (String bytes : List.of("GET / HTTP/1.1\r\n\r\n", "\0\0\0\2{}", "\0\0\0\1[")) {
                try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                    channel.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
                    var in = ByteBuffer.allocate(4096);
                    int count = 0;
                    while (count >= 0) {
                        in.clear();
                        count = channel.read(in);
                    }
                }
            }
            front.subscribe(ordersAddress(plane));
            front.eventually("orders", () -> !front.last().services().isEmpty());
        }
    }

    private interface Showing {
        Credential of(Bytes nonce) throws Exception;
    }

    private String greet(String pod, String token) {
        return greet(pod, _ -> new Credential.Token(token));
    }

    /// Says hello by hand.
    private String greet(String pod, Showing credential) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            var wire = FramedWire.client(channel);
            var challenge = (ServerMessage.Challenge) wire.receive();
            Bytes nonce = challenge == null ? Bytes.of(new byte[0]) : challenge.nonce();
            wire.send(new ClientMessage.Hello(1, pod, "test", credential.of(nonce)));
            return switch (wire.receive()) {
                case ServerMessage.Welcome _ -> "welcome";
                case ServerMessage.Refused refused -> refused.reason();
                case null, default -> "nothing";
            };
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Credential proof(WorkloadIdentity identity, String pod, Bytes nonce)
            throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(identity.key());
        signature.update(Credential.Proof.signedBytes(pod, nonce));
        return new Credential.Proof(
                Pem.ofCertificates(identity.chain()), Bytes.of(signature.sign()));
    }

    private static boolean connected(ControlPlane plane, String pod) {
        return plane.status().stream()
                .anyMatch(status -> status.pod().equals(pod) && status.connected());
    }

    /// A megabyte of snapshot for a few of these.
    private static Set<IpPort> many(int third) {
        var destinations = new HashSet<IpPort>();
        for (int i = 0; i < 240; i++) {
            destinations.add(
                    IpPort.parse("[2001:db8:1111:2222:3333:4444:" + third + ":" + i + "]:443"));
        }
        return destinations;
    }

    private static ClientMessage request() {
        SpiffeId id = SpiffeId.parse("spiffe://demo.proa/ns/default/sa/front");
        return new ClientMessage.CertificateRequest(Bytes.of(CertificateRequest.create(id).der()));
    }

    private static FramedWire<ServerMessage, ClientMessage> greeted(
            SocketChannel channel, String pod, String token) throws IOException {
        FramedWire<ServerMessage, ClientMessage> wire = FramedWire.client(channel);
        assertThat(wire.receive()).isInstanceOf(ServerMessage.Challenge.class);
        wire.send(new ClientMessage.Hello(1, pod, "test", new Credential.Token(token)));
        assertThat(wire.receive()).isInstanceOf(ServerMessage.Welcome.class);
        return wire;
    }
}
