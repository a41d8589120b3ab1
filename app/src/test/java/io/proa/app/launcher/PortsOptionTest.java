package io.proa.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import io.proa.app.fleet.FleetPlan;
import io.proa.app.fleet.Joining;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PortsOptionTest {
    @Test
    void readsPortsAndWhereTheyArePublished() {
        List<Joining.Port> ports = PortsOption.ports(List.of("80:8080", "9000"));

        assertThat(ports).containsExactly(new Joining.Port(80, 8080), new Joining.Port(9000, 9000));
        assertThat(PortsOption.published(List.of("18080", "19000:9000"), ports))
                .containsExactly(
                        new FleetPlan.PublishedPort(18080, 80, 8080),
                        new FleetPlan.PublishedPort(19000, 9000, 9000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "80:", ":80", "80:81:82", "eighty", "15001", "-1"})
    void refusesWhatIsNoPort(String option) {
        assertThatThrownBy(() -> PortsOption.ports(List.of(option)))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("option '--port': saw");
    }

    @Test
    void refusesToPublishWhatIsNotThere() {
        assertThatThrownBy(() -> PortsOption.published(List.of("8080"), List.of()))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("no --port");
        assertThatThrownBy(() ->
                        PortsOption.published(
                                List.of("8080:81"), List.of(new Joining.Port(80, 80))))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("no --port 81");
    }
}
