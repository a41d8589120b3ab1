package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
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
                                InetAddress.ofLiteral("10.87.0.2"),
                                InetAddress.ofLiteral("fd50:a0a::2")));
        assertThat(view.hosts().get("web")).containsExactly(InetAddress.ofLiteral("10.88.0.1"));
    }

    @Test
    void refusesHalfAnAnswer() {
        assertThatThrownBy(() -> AddressView.parse("{\"pods\":[]}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
    }
}
