package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.model.IpPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs of others in a pod that leaves it by the relay of a launcher in this machine's own
/// network; servers of this process on an address of this machine that is not its loopback.
@ParameterizedClass(name = "ordinaryUser = {0}")
@ValueSource(booleans = {false, true})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class RelayedPodTest {
    private static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");

    @Parameter boolean ordinaryUser;

    @TempDir static Path all = Path.of("");

    private @Nullable EgressStage stage;
    private @Nullable InetAddress outside;
    private @Nullable OutsideServer hostService;

    @BeforeParameterizedClassInvocation
    void startsALauncher() throws Exception {
        hostService = new OutsideServer(LOOPBACK, c -> c.getOutputStream().write(ascii("served")));
        stage = EgressStage.relay(all, ordinaryUser, hostService.port());
        outside = OutsideServer.address(false).orElseThrow();
    }

    @AfterParameterizedClassInvocation
    void leavesNothing() throws Exception {
        if (stage != null) {
            stage.close();
            assertThat(ProcessHandle.of(stage.hubPid())).isEmpty();
            assertThat(ProcessHandle.of(stage.podPid())).isEmpty();
        }
        if (hostService != null) {
            hostService.close();
        }
    }

    @Test
    void theLauncherIsWhoItIsSaidToBe() throws Exception {
        Path process = Path.of("/proc", Long.toString(there(stage).launcherPid()));
        assertThat(Files.getAttribute(process, "unix:uid")).isEqualTo(ordinaryUser ? 1000 : 0);
        assertThat(Files.readSymbolicLink(process.resolve("ns/net")))
                .as("this machine's own network")
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
    }

    @Test
    void curlFetchesOverHttp() throws Exception {
        for (boolean v6 : new boolean[] {false, true}) {
            InetAddress address = OutsideServer.address(v6).orElse(null);
            if (address == null) {
                continue; // a machine of one family
            }
            String host = v6 ? "[" + Cidr.literal(address) + "]" : Cidr.literal(address);
            try (OutsideServer server = new OutsideServer(address, RelayedPodTest::sayHello)) {
                assertThat(curl("http://" + host + ":" + server.port())).isEqualTo("hello");
            }
        }
    }

    @Test
    void curlFetchesOverHttps() throws Exception {
        SSLSocketFactory tls = tls().getSocketFactory();
        try (OutsideServer server =
                new OutsideServer(there(outside), c -> sayHello(tls.createSocket(c, null, true)))) {
            assertThat(curl("-k", "https://" + at(server.port()))).isEqualTo("hello");
        }
    }

    @Test
    void oneDirectionEndsByItself() throws Exception {
        try (OutsideServer server =
                new OutsideServer(
                        there(outside),
                        c -> {
                            byte[] all = c.getInputStream().readAllBytes(); // to its end
                            c.getOutputStream()
                                    .write(
                                            ("got " + all.length)
                                                    .getBytes(StandardCharsets.US_ASCII));
                        })) {
            assertThat(
                            there(stage)
                                    .python(
                                            """
                                            import socket, sys
                                            s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
                                            s.sendall(b'x' * 100000)
                                            s.shutdown(socket.SHUT_WR)
                                            print(s.recv(100).decode(), s.recv(100))
                                            """,
                                            Cidr.literal(there(outside)),
                                            server.port()))
                    .isEqualTo("got 100000 b''");
        }
    }

    @Test
    void aServersResetReachesTheProgram() throws Exception {
        try (OutsideServer server =
                new OutsideServer(
                        there(outside),
                        c -> {
                            c.getInputStream().read();
                            c.setSoLinger(true, 0);
                        })) {
            assertThat(
                            there(stage)
                                    .python(
                                            """
                                            import socket, sys
                                            s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
                                            s.sendall(b'x')
                                            try:
                                                print(s.recv(1))
                                            except ConnectionResetError:
                                                print('reset')
                                            """,
                                            Cidr.literal(there(outside)),
                                            server.port()))
                    .isEqualTo("reset");
        }
    }

    @Test
    void aProgramsResetReachesTheServer() throws Exception {
        BlockingQueue<String> seen = new ArrayBlockingQueue<>(1);
        try (OutsideServer server =
                new OutsideServer(
                        there(outside),
                        c -> {
                            try {
                                InputStream in = c.getInputStream();
                                in.read();
                                c.getOutputStream().write(1);
                                seen.add("read " + in.read());
                            } catch (IOException e) {
                                seen.add(e.toString());
                            }
                        })) {
            there(stage)
                    .python(
                            """
                            import socket, struct, sys
                            s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
                            s.sendall(b'x')
                            s.recv(1)
                            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                            s.close()
                            """,
                            Cidr.literal(there(outside)),
                            server.port());
            assertThat(seen.poll(5, TimeUnit.SECONDS)).contains("reset");
        }
    }

    @Test
    void whatIsRefusedOutsideIsRefusedAtOnce() throws Exception {
        int closed;
        try (OutsideServer server = new OutsideServer(there(outside), _ -> {})) {
            closed = server.port();
        }
        List<InetAddress> addresses = new ArrayList<>(List.of(there(outside)));
        OutsideServer.address(true).ifPresent(addresses::add);
        addresses.add(IpPort.literal("10.88.0.77")); // a service that is not there
        addresses.add(EgressSettings.HOST4);
        addresses.add(EgressSettings.HOST6);
        for (InetAddress address : addresses) {
            assertThat(there(stage).python(FAILS, Cidr.literal(address), closed))
                    .as(address.toString())
                    .isEqualTo("refused within a second");
        }
    }

    private static final String FAILS =
            """
            import socket, sys, time
            start = time.time()
            try:
                s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
                s.recv(1)
                print('answered')
            except (ConnectionResetError, ConnectionRefusedError):
                print('refused within a second' if time.time() - start < 1 else 'refused late')
            """;

    @Test
    void aNamedPortOfTheLoopbackIsReachedAndNoOther() throws Exception {
        int named = there(hostService).port();
        for (String family : new String[] {"-4", "-6"}) {
            assertThat(curl(family, "--http0.9", "http://host.proa:" + named)).isEqualTo("served");
        }
        try (OutsideServer other =
                new OutsideServer(LOOPBACK, c -> c.getOutputStream().write('!'))) {
            assertThat(there(stage).python(FAILS, "host.proa", other.port()))
                    .isEqualTo("refused within a second");
            // Loopback addresses are the pod's own.
            assertThat(there(stage).python(FAILS, "127.0.0.1", other.port()))
                    .isEqualTo("refused within a second");
            assertThat(there(stage).python(FAILS, "::1", other.port()))
                    .isEqualTo("refused within a second");
        }
    }

    @Test
    void otherProtocolsAreRefusedAtOnce() throws Exception {
        for (String address : new String[] {Cidr.literal(there(outside)), "2001:db8::1"}) {
            assertThat(
                            there(stage)
                                    .python(
                                            """
                                            import socket, sys, time
                                            family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
                                            s = socket.socket(family, socket.SOCK_RAW, 253)
                                            s.settimeout(5)
                                            s.connect((sys.argv[1], 0))
                                            start = time.time()
                                            s.send(b'x')
                                            try:
                                                s.recv(1)
                                            except OSError as e:
                                                print(type(e).__name__ if time.time() - start < 1 else 'late')
                                            """,
                                            address))
                    .isIn("OSError", "PermissionError");
        }
    }

    @Test
    void theWorldIsReachedWhereThisMachineReachesIt() throws Exception {
        boolean reachable =
                new ProcessBuilder("curl", "-s", "-o", "/dev/null", "-m", "3", "http://example.com")
                                .start()
                                .waitFor()
                        == 0;
        assumeTrue(reachable, "example.com is not reachable from this machine");
        assertThat(
                        there(stage)
                                .run(
                                        "curl",
                                        "-sS",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}",
                                        "http://example.com/"))
                .isEqualTo("200");
    }

    private String curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "10"));
        command.addAll(List.of(arguments));
        return there(stage).run(command.toArray(String[]::new));
    }

    private String at(int port) {
        return Cidr.literal(there(outside)) + ":" + port;
    }

    private static void sayHello(Socket connection) throws IOException {
        try (connection) {
            // The request of a client that waits for its answer.
            connection.getInputStream().read(new byte[10_000]);
            connection
                    .getOutputStream()
                    .write(
                            ascii(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                                            + "Connection: close\r\n\r\nhello"));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private SSLContext tls() throws Exception {
        Path store = Files.createTempDirectory(all, "tls").resolve("tls.p12");
        List<String> keytool = new ArrayList<>();
        keytool.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        keytool.addAll(List.of("-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=a"));
        keytool.addAll(List.of("-storetype", "PKCS12", "-storepass", "changeit"));
        keytool.addAll(List.of("-keystore", store.toString()));
        assertThat(new ProcessBuilder(keytool).inheritIO().start().waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        char[] password = "changeit".toCharArray();
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static <T> T there(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }
}
