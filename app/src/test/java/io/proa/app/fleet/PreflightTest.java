package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.intent.HeadRules;
import io.proa.control.intent.StartCondition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PreflightTest {
    private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    @Test
    void findsNothingWrongWithAPlanThatCanStart() {
        assertThatCode(() -> Preflight.check(plan(service("a", "sh"), service("b", "sh")), PATH))
                .doesNotThrowAnyException();
    }

    @Test
    void namesTheToolsThatAreMissing() {
        assertThatThrownBy(() -> Preflight.check(plan(service("a", "sh")), "/nowhere"))
                .isInstanceOfSatisfying(
                        Fault.class,
                        fault -> assertThat(fault.exit()).isEqualTo(Sysexit.UNAVAILABLE))
                .hasMessageContaining(
                        "the program 'unshare' is in no folder of PATH (/nowhere), expected it there");
    }

    @Test
    void namesThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> Preflight.check(plan(service("a", "sh", port)), PATH))
                    .isInstanceOf(Fault.class)
                    .hasMessageContaining(
                            "service 'a': port "
                                    + port
                                    + " on 127.0.0.1 is in use, expected it to be free");
        }
    }

    @Test
    void startsEachServiceAfterThoseItNeeds() {
        FleetPlan.Service front = after("front", "orders", "catalog");
        FleetPlan.Service orders = after("orders", "inventory");
        FleetPlan.Service catalog = after("catalog");
        FleetPlan.Service inventory = after("inventory");

        assertThat(plan(front, orders, catalog, inventory).waves())
                .containsExactly(List.of(catalog, inventory), List.of(orders), List.of(front));
        assertThatThrownBy(() -> plan(after("a", "b"), after("b", "a")).waves())
                .hasMessageContaining("cycle among [a, b]");
    }

    private static FleetPlan plan(FleetPlan.Service... services) {
        return new FleetPlan("test", List.of(Path.of("fleet.yaml")), List.of(services), Map.of());
    }

    private static FleetPlan.Service service(String name, String program, Integer... published) {
        return new FleetPlan.Service(
                        name,
                        List.of(program),
                        Path.of("/"),
                        List.of(new Joining.Port(8080, 8080)),
                        Map.of(),
                        List.of(),
                        List.of(),
                        FleetPlan.Care.DEFAULT,
                        HeadRules.DEFAULT,
                        List.of())
                .withPublished(List.of(published));
    }

    private static FleetPlan.Service after(String name, String... others) {
        return new FleetPlan.Service(
                name,
                List.of("sh"),
                Path.of("/"),
                List.of(new Joining.Port(8080, 8080)),
                Map.of(),
                Stream.of(others)
                        .map(other -> new FleetPlan.StartAfter(other, StartCondition.LISTENING))
                        .toList(),
                List.of(),
                FleetPlan.Care.DEFAULT,
                HeadRules.DEFAULT,
                List.of());
    }
}
