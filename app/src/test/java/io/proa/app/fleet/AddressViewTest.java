package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.control.fleet.PodAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AddressViewTest {
    @Test
    void readsPodsAndNames() throws IOException {
        AddressView view =
                AddressView.parse(
                        """
                        {"pods":[{"name":"web-1","service":"web","ipv4":"10.87.0.2","ipv6":"fd50:a0a::2"}],
                         "hosts":{"web":["10.88.0.1"]}}
                        """);

        assertThat(view.services()).containsExactly("web");
        assertThat(view.pods().values())
                .containsExactly(
                        new FleetPlan.PodPlan(
                                "web-1",
                                new PodAddress.Network(
                                        InetAddress.ofLiteral("10.87.0.2"),
                                        InetAddress.ofLiteral("fd50:a0a::2"))));
        assertThat(view.listeners()).isEmpty();
        assertThat(view.hosts().get("web")).containsExactly(InetAddress.ofLiteral("10.88.0.1"));
    }

    @Test
    void readsWhoHasWhichPortOfASharedLoopback() throws IOException {
        AddressView view =
                AddressView.parse(
                        """
                        {"pods":[{"name":"web-1","service":"web","mesh_port":23000,"proxy_port":23001,
                                  "target_ports":[8080,8081]},
                                 {"name":"job-1","service":"job","mesh_port":23002,"proxy_port":23003,
                                  "target_ports":[]}],
                         "hosts":{"web":["240.88.0.1"]}}
                        """);

        assertThat(view.pods())
                .containsEntry(
                        "job-1",
                        new FleetPlan.PodPlan("job-1", new PodAddress.Loopback(23002, 23003)));
        assertThat(view.listeners()).isEqualTo(Map.of(8080, "web", 8081, "web"));
    }

    @Test
    void refusesHalfAnAnswer() {
        assertThatThrownBy(() -> AddressView.parse("{\"pods\":[]}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
    }
}
