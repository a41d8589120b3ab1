package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.app.fleet.ListeningPorts.Reach;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ListeningPortsTest {
    @Test
    void tellsLoopbackFromEverybody() throws IOException {
        long self = ProcessHandle.current().pid();
        try (ServerSocket all = new ServerSocket(0);
                ServerSocket loopback = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
                ServerSocket loopback6 = new ServerSocket(0, 5, InetAddress.ofLiteral("::1"))) {
            assertThat(ListeningPorts.reach(self, all.getLocalPort())).isEqualTo(Reach.EVERYBODY);
            assertThat(ListeningPorts.reach(self, loopback.getLocalPort()))
                    .isEqualTo(Reach.LOOPBACK);
            assertThat(ListeningPorts.reach(self, loopback6.getLocalPort()))
                    .isEqualTo(Reach.LOOPBACK);
        }
    }

    @Test
    void seesNobodyWhereOnlyAConnectionHasThePort() {
        List<String> lines =
                List.of(
                        "  sl  local_address rem_address   st tx_queue rx_queue",
                        "   0: 0100007F:1F90 0100007F:D431 01 00000000:00000000");
        assertThat(ListeningPorts.reach(lines, 8080)).isEqualTo(Reach.NOBODY);
    }
}
