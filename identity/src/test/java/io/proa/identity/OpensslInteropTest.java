package io.proa.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.identity.TlsSettings.Library;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A TLS stack of other people's as the peer: the `openssl` program.
@EnabledIf("opensslIsHere")
class OpensslInteropTest {
    private static final Path OPENSSL = Path.of("/usr/bin/openssl");
    private static final TestAuthority CA = TestAuthority.of("prod");
    private static final WorkloadIdentity WEB = CA.issue("web");
    private static final WorkloadIdentity ORDERS = CA.issue("orders");
    private static final List<String> HTTP = List.of("proa-tcp", "http/1.1");

    @TempDir Path folder;

    static boolean opensslIsHere() {
        return Files.isExecutable(OPENSSL);
    }

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(folder.resolve("root.pem"), Pem.ofCertificates(CA.bundle().roots()));
        write(WEB, "web");
        write(ORDERS, "orders");
    }

    private void write(WorkloadIdentity identity, String name) throws IOException {
        Files.writeString(
                folder.resolve(name + ".pem"), Pem.ofCertificates(identity.chain().subList(0, 1)));
        Files.writeString(
                folder.resolve(name + "-issuer.pem"),
                Pem.ofCertificates(identity.chain().subList(1, 2)));
        Files.writeString(folder.resolve(name + ".key"), Pem.ofKey(identity.key()));
    }

    private static TlsContext open(WorkloadIdentity identity, Library library) {
        return TlsProvider.open(identity, CA.bundle(), TlsSettings.defaults().withLibrary(library));
    }

    private Process openssl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(OPENSSL.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
    }

    private Process client(int port, String... more) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(
                List.of(
                        "s_client",
                        "-connect",
                        "127.0.0.1:" + port,
                        "-CAfile",
                        "root.pem",
                        "-verify_return_error",
                        "-servername",
                        "8080.orders.default.proa"));
        arguments.addAll(List.of(more));
        return openssl(arguments.toArray(new String[0]));
    }

    private static String[] asWeb(String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(
                List.of(
                        "-cert",
                        "web.pem",
                        "-key",
                        "web.key",
                        "-cert_chain",
                        "web-issuer.pem",
                        "-alpn",
                        "http/1.1"));
        arguments.addAll(List.of(more));
        return arguments.toArray(new String[0]);
    }

    private String said(Process process) throws Exception {
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        return Files.readString(folder.resolve("said"), StandardCharsets.ISO_8859_1);
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static int portOf(ServerSocketChannel listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private static void type(Process process, String text) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /// Whatever s_client reads together with a command is lost, so wait until it has seen the
    /// command.
    private void updateKey(Process process, String command, int times) throws Exception {
        type(process, command);
        for (int i = 0; i < 200; i++) {
            String text = Files.readString(folder.resolve("said"), StandardCharsets.ISO_8859_1);
            if (text.split("KEYUPDATE", -1).length > times) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new AssertionError("s_client took no notice");
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void servesSClientThroughKeyUpdatesToAnOrderlyEnd(Library library) throws Exception {
        try (TlsContext orders = open(ORDERS, library);
                ServerSocketChannel listener = listen()) {
            Process openssl = client(portOf(listener), asWeb("-sess_out", "session"));
            try (SocketPump pump = new SocketPump(listener.accept(), orders.server(HTTP))) {
                pump.handshake();
                type(openssl, "hello\n");
                pump.until(text -> text.contains("hello\n"));
                updateKey(openssl, "K\n", 1); // asks us to update ours as well
                type(openssl, "again\n");
                pump.until(text -> text.contains("again\n"));
                pump.send("answer to both\n");
                updateKey(openssl, "k\n", 2);
                type(openssl, "last\n");
                pump.until(text -> text.contains("last\n"));
                pump.send("answer to last\n");
                pump.sendClose();
                String said = said(openssl);
                assertThat(said)
                        .contains("TLSv1.3")
                        .contains("Verify return code: 0")
                        .contains("answer to both\n")
                        .contains("answer to last\n")
                        .contains("ALPN protocol: http/1.1");
            } finally {
                openssl.destroyForcibly();
            }
            Process second = client(portOf(listener), asWeb("-sess_in", "session"));
            try (SocketPump pump = new SocketPump(listener.accept(), orders.server(HTTP))) {
                pump.handshake();
                type(second, "hello\n");
                pump.until(text -> text.contains("hello\n"));
                pump.sendClose();
                assertThat(said(second)).contains("Reused, TLSv1.3");
            } finally {
                second.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void demandsACertificateOfSClient(Library library) throws Exception {
        try (TlsContext orders = open(ORDERS, library);
                ServerSocketChannel listener = listen()) {
            Process openssl = client(portOf(listener), "-alpn", "http/1.1");
            try (SocketPump pump = new SocketPump(listener.accept(), orders.server(HTTP))) {
                assertThatThrownBy(pump::handshake)
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                e ->
                                        assertThat(e.code())
                                                .isEqualTo(TlsFailure.Code.NO_CERTIFICATE));
            } finally {
                openssl.getOutputStream().close();
            }
            assertThat(said(openssl))
                    .contains("TLSv1.3")
                    .containsAnyOf("certificate required", "bad certificate");
            openssl.destroyForcibly();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void refusesSClientOnTls12(Library library) throws Exception {
        try (TlsContext orders = open(ORDERS, library);
                ServerSocketChannel listener = listen()) {
            Process openssl = client(portOf(listener), asWeb("-tls1_2"));
            try (SocketPump pump = new SocketPump(listener.accept(), orders.server(HTTP))) {
                assertThatThrownBy(pump::handshake)
                        .isInstanceOfSatisfying(
                                TlsFailure.class,
                                e -> assertThat(e.code()).isEqualTo(TlsFailure.Code.PROTOCOL));
            }
            assertThat(said(openssl)).contains("alert protocol version");
            openssl.destroyForcibly();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Library.class,
            names = {"BORINGSSL", "JDK"})
    void speaksToSServer(Library library) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process openssl =
                openssl(
                        "s_server",
                        "-accept",
                        "127.0.0.1:" + port,
                        "-cert",
                        "orders.pem",
                        "-key",
                        "orders.key",
                        "-cert_chain",
                        "orders-issuer.pem",
                        "-CAfile",
                        "root.pem",
                        "-Verify",
                        "3",
                        "-verify_return_error",
                        "-alpn",
                        "http/1.1",
                        "-rev");
        try (TlsContext web = open(WEB, library)) {
            for (int round = 0; round < 2; round++) {
                TlsEngine engine =
                        web.client(ORDERS.id(), "8080.orders.default.proa", List.of("http/1.1"));
                engine.startHandshake();
                try (SocketPump pump = new SocketPump(connect(port), engine)) {
                    pump.handshake();
                    pump.send("abc\n");
                    pump.until(text -> text.contains("\n"));
                    assertThat(pump.text()).isEqualTo("cba\n");
                    assertThat(engine.peer())
                            .isEqualTo(new VerifiedPeer(ORDERS.id(), ORDERS.notAfter()));
                    assertThat(engine.applicationProtocol()).isEqualTo("http/1.1");
                    assertThat(engine.resumed()).isEqualTo(round == 1);
                    pump.sendClose();
                }
            }
        } finally {
            openssl.destroyForcibly();
        }
    }

    private static SocketChannel connect(int port) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int attempt = 0; ; attempt++) {
            try {
                return SocketChannel.open(address);
            } catch (IOException e) {
                if (attempt == 100) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }
}
