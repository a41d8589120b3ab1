package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.host.egress.DnsSamples;
import io.proa.model.IpPort;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs of others in a pod that ask for names; the name servers are this process', on this
/// machine's loopback, as systemd-resolved is.
@ParameterizedClass(name = "{0}, ordinaryUser = {1}")
@CsvSource({"RELAY, false", "RELAY, true"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class PodNamesTest {
    private static final InetAddress FIRST = IpPort.literal("127.0.0.1");
    private static final InetAddress SECOND = IpPort.literal("127.0.0.2");

    @Parameter(0)
    EgressKind kind = EgressKind.NONE;

    @Parameter(1)
    boolean ordinaryUser;

    @TempDir static Path all = Path.of("");

    private @Nullable EgressStage stage;
    private @Nullable FakeNames first;
    private @Nullable FakeNames second;
    private @Nullable Path conf;

    @BeforeParameterizedClassInvocation
    void startsALauncher() throws Exception {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        Path temporary = EgressStage.folder(all);
        first = new FakeNames(FIRST, 0, 1);
        second = new FakeNames(SECOND, first.port(), 2);
        conf = temporary.resolve("resolv.conf");
        asks(FIRST);
        EgressStage.open(conf);
        stage =
                EgressStage.start(
                        temporary,
                        ordinaryUser,
                        kind.name(),
                        conf.toString(),
                        Integer.toString(first.port()));
    }

    @AfterParameterizedClassInvocation
    void closes() throws Exception {
        for (AutoCloseable one : new AutoCloseable[] {stage, first, second}) {
            if (one != null) {
                one.close();
            }
        }
    }

    private void asks(InetAddress... servers) throws IOException {
        StringBuilder text = new StringBuilder("search example\n");
        for (InetAddress server : servers) {
            text.append("nameserver ").append(server.getHostAddress()).append('\n');
        }
        Files.writeString(there(conf), text);
    }

    @Test
    void theCLibraryResolvesBothFamilies() throws Exception {
        asks(FIRST);
        assertThat(there(stage).run("getent", "ahosts", "some.example"))
                // First, because that is the family by which a pod has a machine's way out at
                // least.
                .startsWith("192.0.2.1 ")
                .contains("2001:db8::1");
        assertThat(
                        there(stage)
                                .python(
                                        """
                                        import socket
                                        print(sorted(set(a[4][0] for a in socket.getaddrinfo('other.example', 80))))
                                        """))
                .isEqualTo("['192.0.2.1', '2001:db8::1']");
    }

    @Test
    void theMachinesSearchListHolds() throws Exception {
        assertThat(there(stage).run("cat", "/etc/resolv.conf"))
                .isEqualTo("nameserver 10.87.0.1\nsearch example");
        asks(FIRST);
        assertThat(there(stage).run("getent", "ahostsv4", "short")).contains("short.example");
    }

    @Test
    void aNameThatIsNotThereIsNotFoundAtOnce() throws Exception {
        asks(FIRST);
        long before = System.nanoTime();
        assertThat(there(stage).run("getent", "ahosts", "missing.example")).isEmpty();
        assertThat(System.nanoTime() - before).isLessThan(2_000_000_000L);
    }

    @Test
    void aChangeOfTheMachinesConfigurationIsSeen() throws Exception {
        asks(SECOND);
        assertThat(there(stage).run("getent", "ahostsv4", "some.example")).contains("192.0.2.2");
        asks(FIRST);
        assertThat(there(stage).run("getent", "ahostsv4", "some.example")).contains("192.0.2.1");
    }

    @Test
    void aSilentServerIsPassedOver() throws Exception {
        asks(SECOND, FIRST);
        assertThat(there(stage).run("getent", "ahostsv4", "silent.example")).contains("192.0.2.1");
    }

    @Test
    void questionsByTcpAreCarriedToo() throws Exception {
        asks(FIRST);
        byte[] query = DnsSamples.query(77, "some.example", 1);
        for (String resolver : new String[] {"10.87.0.1", "fd50:a0a::1"}) {
            assertThat(
                            there(stage)
                                    .python(
                                            """
                                            import socket, sys
                                            q = bytes.fromhex(sys.argv[2])
                                            s = socket.create_connection((sys.argv[1], 53), 5)
                                            s.sendall(len(q).to_bytes(2, 'big') + q)
                                            print(s.makefile('rb').read()[2:].hex())
                                            """,
                                            resolver,
                                            HexFormat.of().formatHex(query)))
                    .isEqualTo(HexFormat.of().formatHex(DnsSamples.answer(query, 192, 0, 2, 1)));
        }
    }

    @Test
    void theResolverAnswersByIpv6() throws Exception {
        asks(FIRST);
        byte[] query = DnsSamples.query(78, "some.example", 1);
        assertThat(
                        there(stage)
                                .python(
                                        """
                                        import socket, sys
                                        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                                        s.settimeout(5)
                                        s.connect(('fd50:a0a::1', 53))
                                        s.send(bytes.fromhex(sys.argv[1]))
                                        print(s.recv(1000).hex())
                                        """,
                                        HexFormat.of().formatHex(query)))
                .isEqualTo(HexFormat.of().formatHex(DnsSamples.answer(query, 192, 0, 2, 1)));
    }

    /// Every name has the address 192.0.2.N and 2001:db8::N, but `missing`, and `silent`, which
    /// server 2 does not answer.
    private static final class FakeNames implements AutoCloseable {
        private final DatagramSocket datagrams;
        private final OutsideServer connections;
        private final int number;

        FakeNames(InetAddress address, int port, int number) throws IOException {
            this.number = number;
            datagrams = new DatagramSocket(port, address);
            connections = new OutsideServer(address, datagrams.getLocalPort(), this::connected);
            Thread.startVirtualThread(this::serve);
        }

        int port() {
            return datagrams.getLocalPort();
        }

        private byte @Nullable [] answer(byte[] query) {
            String name = DnsSamples.name(query);
            if (name.startsWith("silent") && number == 2) {
                return null;
            }
            if (name.startsWith("missing")) {
                byte[] answer = DnsSamples.answer(query);
                answer[3] = 3; // no such name
                return answer;
            }
            return DnsSamples.isForIpv6(query)
                    ? DnsSamples.answer(
                            query, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number)
                    : DnsSamples.answer(query, 192, 0, 2, number);
        }

        private void connected(Socket connection) throws IOException {
            DataInputStream in = new DataInputStream(connection.getInputStream());
            byte[] query = in.readNBytes(in.readUnsignedShort());
            byte[] answer = answer(query);
            if (answer != null) {
                DataOutputStream out = new DataOutputStream(connection.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
            }
        }

        private void serve() {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
                    datagrams.receive(packet);
                    byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                    if (answer != null) {
                        datagrams.send(
                                new DatagramPacket(
                                        answer, answer.length, packet.getSocketAddress()));
                    }
                }
            } catch (IOException _) {
                // closed
            }
        }

        @Override
        public void close() throws IOException {
            datagrams.close();
            connections.close();
        }
    }

    private static <T> T there(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }
}
