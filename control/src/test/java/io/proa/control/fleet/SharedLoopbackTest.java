package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Problems;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.model.Revision;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Fleets whose pods share the machine's loopback.
final class SharedLoopbackTest {
    private static final String TWO =
            IntentCompilerTest.HEAD
                    + """
                      - {name: orders, command: x, ports: [{port: 8080, targetPort: 18080}]}
                      - {name: front, command: x, port: 8080}
                    """;

    private static Compilation compile(String text, FleetAddresses addresses, AddressBook book) {
        return new IntentCompiler(addresses, book, null)
                .compile(
                        List.of(new IntentSource("fleet.yaml", Path.of("/srv/fleet"), text)),
                        new Problems());
    }

    private static CompiledFleet compiled(String text, FleetAddresses addresses, AddressBook book) {
        return switch (compile(text, addresses, book)) {
            case Compilation.Compiled(CompiledFleet fleet) -> fleet;
            case Compilation.Rejected rejected -> throw new AssertionError(rejected.problems());
        };
    }

    private static PodAddress.Loopback address(CompiledFleet fleet, String pod) {
        return (PodAddress.Loopback) Objects.requireNonNull(fleet.pod(pod)).address();
    }

    private static String rejected(String services) {
        return switch (compile(
                IntentCompilerTest.HEAD + services, SharedLoopback.ANYWHERE, new AddressBook())) {
            case Compilation.Compiled _ -> "";
            case Compilation.Rejected(var problems) -> IntentErrorsTest.text(problems);
        };
    }

    @Test
    void eachPodHasTwoPortsOfOneAddress() {
        CompiledFleet fleet = compiled(TWO, SharedLoopback.ANYWHERE, new AddressBook());
        assertThat(address(fleet, "orders-1")).isEqualTo(new PodAddress.Loopback(23000, 23001));
        assertThat(address(fleet, "front-1")).isEqualTo(new PodAddress.Loopback(23002, 23003));
        Endpoint orders = fleet.services().getFirst().mesh().endpoints().getFirst();
        assertThat(orders.mesh()).isEqualTo(IpPort.parse("127.0.0.1:23000"));
        assertThat(orders.addresses()).containsExactly(IpPort.literal("127.0.0.1"));
        assertThat(Objects.requireNonNull(fleet.pod("orders-1")).workload().addresses())
                .containsExactly(IpPort.literal("127.0.0.1"));
    }

    @Test
    void servicesAreFoundByNameAndTheLoopbackIsNobodys() {
        CompiledFleet fleet = compiled(TWO, SharedLoopback.ANYWHERE, new AddressBook());
        assertThat(fleet.hosts().get("orders")).containsExactly(IpPort.literal("240.88.0.1"));
        MeshSnapshot snapshot =
                Objects.requireNonNull(
                        fleet.snapshotFor(
                                "front-1",
                                Set.of(
                                        IpPort.parse("240.88.0.1:8080"),
                                        IpPort.parse("127.0.0.1:18080")),
                                new Revision(1)));
        assertThat(snapshot.services()).hasSize(1);
        assertThat(snapshot.outside()).containsExactly(IpPort.parse("127.0.0.1:18080"));
    }

    @Test
    void portsThatSomebodyListensOnAreLeftToThem() throws Exception {
        try (var taken = new ServerSocket()) {
            SharedLoopback here = SharedLoopback.ofThisMachine(Path.of("/somewhere"));
            PodAddress.Loopback first = address(compiled(TWO, here, new AddressBook()), "orders-1");
            taken.bind(new InetSocketAddress(IpPort.literal("127.0.0.1"), first.proxyPort()));
            assertThat(address(compiled(TWO, here, new AddressBook()), "orders-1"))
                    .isNotEqualTo(first);
        }
    }

    @Test
    void aPodKeepsItsPortsWhileItLivesThoughItsSidecarListensThere() {
        var book = new AddressBook();
        var free = new ArrayList<Integer>();
        for (int port = 23000; port <= 24999; port++) {
            free.add(port);
        }
        var addresses = new SharedLoopback(0, free::contains);
        CompiledFleet before = compiled(TWO, addresses, book);
        free.removeIf(port -> port < 23004); // their sidecars
        CompiledFleet after = compiled(TWO + "  - {name: third, command: x}\n", addresses, book);
        assertThat(address(after, "orders-1")).isEqualTo(address(before, "orders-1"));
        assertThat(address(after, "third-1").meshPort()).isEqualTo(23004);

        compiled(TWO, addresses, book);
        free.remove(Integer.valueOf(23005)); // a stranger's, as soon as the third had gone
        assertThat(
                        address(
                                        compiled(
                                                TWO + "  - {name: third, command: x}\n",
                                                addresses,
                                                book),
                                        "third-1")
                                .meshPort())
                .isEqualTo(23006);
    }

    @Test
    void aPortOfTheLoopbackIsOfOneProgramOnly() {
        assertThat(
                        rejected(
                                """
                                  - {name: a, command: x, port: 8080}
                                  - {name: b, command: x, ports: [{port: 80, targetPort: 8080}]}
                                """))
                .isEqualTo(
                        """
                        fleet.yaml:8:35: service 'b' listens on port 8080, and so does 'a' at fleet.yaml:7:33; expected a port of its own, since in explicit mode all programs share one loopback
                          hint: others may call it as before: ports: [{port: 80, targetPort: N}], where N is what the program listens on (it finds N in PORT)
                        """);
    }

    @Test
    void replicasWouldListenOnOnePort() {
        assertThat(rejected("  - {name: a, command: x, port: 8080, replicas: 2}\n"))
                .startsWith("fleet.yaml:7:")
                .contains(
                        "saw replicas 2 for service 'a', all of which would listen on port 8080 of one"
                                + " loopback; expected 1 in explicit mode");
        assertThat(rejected("  - {name: a, command: x, replicas: 2}\n")).isEmpty();
    }

    @Test
    void aPublishedPortIsNoProgramsOwn() {
        assertThat(rejected("  - {name: a, command: x, port: 8080, publish: 8080}\n"))
                .contains(
                        "service 'a' is published on port 8080, where 'a' itself listens; expected"
                                + " another port");
        assertThat(rejected("  - {name: a, command: x, port: 8080, publish: 9090}\n")).isEmpty();
    }

    @Test
    void thePortsOfSidecarsAreTheirs() {
        assertThat(rejected("  - {name: a, command: x, port: 23000, publish: 24999}\n"))
                .contains("saw port 23000; expected none of 23000 to 24999")
                .contains("saw port 24999; expected none of 23000 to 24999");
    }
}
