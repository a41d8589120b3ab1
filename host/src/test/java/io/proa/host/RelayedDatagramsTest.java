package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.IpPort;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
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

/// UDP of programs in a pod, to servers of this process on addresses of this machine that are not
/// its loopback.
@ParameterizedClass(name = "ordinaryUser = {0}")
@ValueSource(booleans = {false, true})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class RelayedDatagramsTest {
    private static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");

    /// Sends datagrams of given lengths, says what came back.
    private static final String ASK =
            """
            import socket, sys, time
            host, port = sys.argv[1], int(sys.argv[2])
            family, kind, _, _, at = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            s = socket.socket(family, kind)
            s.settimeout(3)
            s.connect(at)
            said = []
            for length in sys.argv[3:]:
                data = bytes(i % 251 for i in range(int(length)))
                start = time.time()
                try:
                    s.send(data)
                    got = s.recv(65536)
                    said.append('same' if got == data else 'other %d' % len(got))
                except OSError as e:
                    late = time.time() - start > 1
                    said.append(type(e).__name__ + (' late' if late else ''))
            print(' '.join(said))
            """;

    @Parameter boolean ordinaryUser;

    @TempDir static Path all = Path.of("");

    private @Nullable EgressStage stage;
    private @Nullable InetAddress outside;
    private @Nullable OutsideDatagrams hostService;

    @BeforeParameterizedClassInvocation
    void startsALauncher() throws Exception {
        hostService = new OutsideDatagrams(LOOPBACK, UnaryOperator.identity());
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
    void datagramsOfAllLengthsPassBothWays() throws Exception {
        for (boolean v6 : new boolean[] {false, true}) {
            InetAddress address = OutsideServer.address(v6).orElse(null);
            if (address == null) {
                continue; // a machine of one family
            }
            try (OutsideDatagrams server =
                    new OutsideDatagrams(address, UnaryOperator.identity())) {
                assertThat(ask(address, server.port(), 1, 0, 2, 511, 1452, 1472))
                        .as(address.toString())
                        .isEqualTo("same same same same same same");
                assertThat(ask(address, server.port(), 1473, 4000, 9000, 65_000, 65_507))
                        .as(address.toString())
                        .isEqualTo("same same same same same");
            }
        }
    }

    @Test
    void nobodyThereIsHeardAtOnce() throws Exception {
        int closed;
        try (OutsideDatagrams server =
                new OutsideDatagrams(there(outside), UnaryOperator.identity())) {
            closed = server.port();
        }
        assertThat(ask(there(outside), closed, 1)).isEqualTo("ConnectionRefusedError");
        InetAddress v6 = OutsideServer.address(true).orElse(null);
        if (v6 != null) {
            assertThat(ask(v6, closed, 1)).isEqualTo("ConnectionRefusedError");
        }
    }

    @Test
    void aNamedPortOfTheLoopbackIsReachedAndNoOther() throws Exception {
        int named = there(hostService).port();
        for (InetAddress host : List.of(EgressSettings.HOST4, EgressSettings.HOST6)) {
            assertThat(ask(host, named, 5, 2000)).isEqualTo("same same");
        }
        try (OutsideDatagrams other = new OutsideDatagrams(LOOPBACK, UnaryOperator.identity());
                OutsideDatagrams six =
                        new OutsideDatagrams(IpPort.literal("::1"), UnaryOperator.identity())) {
            for (String closed :
                    List.of("10.89.0.1", "fd50:a0a:0:2::1", "::ffff:127.0.0.1", "10.88.0.77")) {
                assertThat(ask(IpPort.literal(closed), other.port(), 1))
                        .as(closed)
                        .isIn("OSError", "PermissionError", "ConnectionRefusedError");
            }
            assertThat(other.seen).isEmpty();
            assertThat(six.seen).isEmpty();
        }
    }

    private String ask(InetAddress address, int port, int... lengths) throws Exception {
        Object[] arguments = new Object[2 + lengths.length];
        arguments[0] = Cidr.literal(address);
        arguments[1] = port;
        for (int i = 0; i < lengths.length; i++) {
            arguments[2 + i] = lengths[i];
        }
        return there(stage).python(ASK, arguments);
    }

    private static <T> T there(@Nullable T value) {
        assertThat(value).isNotNull();
        return Objects.requireNonNull(value);
    }
}
