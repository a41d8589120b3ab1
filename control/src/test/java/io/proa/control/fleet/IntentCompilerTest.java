package io.proa.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.control.intent.IntentSource;
import io.proa.control.intent.Located;
import io.proa.control.intent.Problems;
import io.proa.control.intent.Publication;
import io.proa.model.AppProtocol;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RequestMatch;
import io.proa.model.RetryRule;
import io.proa.model.Revision;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IntentCompilerTest {
    static final String HEAD =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: demo}
            spec:
              namespace: shop
              services:
            """;

    static final String SHOP =
            HEAD
                    + """
                      - name: front
                        command: python3 -m http.server 8080
                        cwd: services/../web
                        port: 8080
                        publish: 9090
                        startAfter: [orders, worker]
                        env: {B: 1, A: "x y", EMPTY: }
                      - name: worker
                        command: while true; do sleep 1; done
                      - name: orders
                        command: [./orders, --fast]
                        ports:
                        - {port: 80, targetPort: 8080, protocol: http}
                        - {port: 5432, protocol: tcp}
                        replicas: 2
                        inbound: permissive
                        loopback: true
                      - {name: orders-v2, command: x, port: 80}
                    ---
                    apiVersion: proa.io/v1alpha1
                    kind: TrafficPolicy
                    metadata: {name: p}
                    spec:
                      targetRef: {group: "", kind: Service, name: orders}
                      retry:
                        maxAttempts: 4
                        on: [503, 500-501, gateway-error, per-try-timeout]
                        perTryTimeout: 250ms
                        backoff: {base: 1s}
                        budget: {percent: 30, minPerSecond: 1}
                        replayLimit: 1000
                      timeouts: {connect: 200ms, request: 2s, idle: 1m}
                    ---
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: HTTPRoute
                    metadata: {name: r, namespace: shop}
                    spec:
                      parentRefs: [{kind: Service, name: orders}]
                      rules:
                      - matches:
                        - path: {value: /}
                        - method: POST
                      - name: canary
                        matches:
                        - path: {type: PathPrefix, value: /api/}
                          headers: [{name: X-Canary, value: "yes"}]
                        - path: {type: Exact, value: /exact}
                        - path: {value: /api}
                        backendRefs:
                        - {name: orders-v2, port: 80, weight: 9}
                        - {name: orders, port: 80}
                        timeouts: {request: 100ms, backendRequest: 50ms}
                        retry: {codes: [503], attempts: 1, backoff: 5ms}
                    """;

    @TempDir Path folder;

    @Test
    void compilesAWholeFleet() {
        CompiledFleet fleet = compiled(SHOP, new AddressBook());
        assertThat(fleet.trustDomain()).isEqualTo("proa.local");
        // none before one it must start after
        assertThat(fleet.services())
                .extracting(service -> service.name().name())
                .containsExactly("orders", "worker", "front", "orders-v2");

        FleetService front = service(fleet, "front");
        assertThat(front.command().value()).containsExactly("python3", "-m", "http.server", "8080");
        assertThat(front.folder().value()).isEqualTo(Path.of("/srv/fleet/web"));
        assertThat(front.environment())
                .containsEntry("B", "1")
                .containsEntry("A", "x y")
                .containsEntry("EMPTY", "");
        assertThat(front.startAfter())
                .extracting(after -> after.service().name() + " " + after.condition())
                .containsExactly("orders LISTENING", "worker COMPLETED");
        assertThat(front.published())
                .extracting(Located::value)
                .containsExactly(new Publication(9090, 8080, 8080));
        assertThat(service(fleet, "worker").command().value())
                .containsExactly("/bin/sh", "-c", "while true; do sleep 1; done");
        assertThat(service(fleet, "worker").mesh().ports()).isEmpty();

        MeshService orders = service(fleet, "orders").mesh();
        assertThat(orders.name()).hasToString("orders.shop");
        assertThat(orders.ports())
                .containsExactly(
                        new ServicePort(80, 8080, AppProtocol.HTTP),
                        new ServicePort(5432, 5432, AppProtocol.TCP));
        FleetPod second = Objects.requireNonNull(fleet.pod("orders-2"));
        assertThat(second.workload().identity())
                .hasToString("spiffe://proa.local/ns/shop/sa/orders");
        assertThat(second.workload().inbound()).isEqualTo(InboundMode.PERMISSIVE);
        assertThat(second.workload().ports()).allMatch(port -> port.loopback()).hasSize(2);
        assertThat(orders.endpoints().get(1).addresses())
                .containsExactlyElementsOf(second.address().addresses());
        assertThat(second.address().addresses().getLast().getHostAddress())
                .startsWith("fd50:a0a:0:0:");
        assertThat(fleet.hosts())
                .containsKeys("orders", "orders.shop", "orders.shop.proa", "worker");
    }

    @Test
    void ordersRulesByPrecedenceAndLaysRoutesOverPolicies() {
        List<RouteRule> rules = service(compiled(SHOP, new AddressBook()), "orders").mesh().rules();
        assertThat(rules)
                .extracting(RouteRule::matches)
                .containsExactly(
                        List.of(List.of(new RequestMatch.PathExact("/exact"))),
                        List.of(
                                List.of(
                                        new RequestMatch.PathPrefix("/api"),
                                        new RequestMatch.HeaderExact("X-Canary", "yes"))),
                        List.of(List.of(new RequestMatch.PathPrefix("/api"))),
                        List.of(List.of(new RequestMatch.Method("POST"))),
                        List.of());
        assertThat(rules)
                .extracting(RouteRule::name)
                .containsExactly("r/canary", "r/canary", "r/canary", "r/0", "r/0");
        RetryRule policy =
                new RetryRule(
                        4,
                        Set.of(500, 501, 502, 503, 504),
                        true,
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        30,
                        1,
                        1000);
        assertThat(rules.getLast().retry()).isEqualTo(policy);
        assertThat(rules.getLast().timeouts().connect()).isEqualTo(Duration.ofMillis(200));
        RouteRule canary = rules.getFirst();
        assertThat(canary.retry())
                .isEqualTo(
                        new RetryRule(
                                2,
                                Set.of(503),
                                true,
                                Duration.ofMillis(50),
                                Duration.ofMillis(5),
                                Duration.ofSeconds(10),
                                30,
                                1,
                                1000));
        // inherited 200 ms, within a request of 100 ms
        assertThat(canary.timeouts().connect()).isEqualTo(Duration.ofMillis(100));
        assertThat(canary.timeouts().idle()).isEqualTo(Duration.ofMinutes(1));
        assertThat(canary.targets())
                .containsExactly(
                        new RouteTarget.ToService(new ServiceName("shop", "orders-v2"), 80, 9),
                        new RouteTarget.ToService(new ServiceName("shop", "orders"), 80, 1));
        List<RouteRule> front = service(compiled(SHOP, new AddressBook()), "front").mesh().rules();
        assertThat(front).containsExactly(RouteRule.DEFAULT);
    }

    @Test
    void snapshotHoldsWhatWasAskedForAndWhatItsRoutesLeadTo() {
        CompiledFleet fleet = compiled(SHOP, new AddressBook());
        MeshService orders = service(fleet, "orders").mesh();
        InetAddress virtual6 = orders.virtualAddresses().getLast();
        InetAddress pod = ipv4(Objects.requireNonNull(fleet.pod("front-1")));
        Set<IpPort> asked =
                Set.of(
                        new IpPort(virtual6, 80),
                        new IpPort(pod, 22),
                        IpPort.parse("192.0.2.1:443"));
        MeshSnapshot snapshot =
                Objects.requireNonNull(fleet.snapshotFor("front-1", asked, new Revision(7)));
        assertThat(snapshot.services())
                .extracting(service -> service.name().name())
                .containsExactly("orders", "front", "orders-v2");
        assertThat(snapshot.outside()).containsExactly(IpPort.parse("192.0.2.1:443"));
        assertThat(snapshot.revision()).isEqualTo(new Revision(7));
        assertThat(fleet.snapshotFor("front-2", asked, new Revision(7))).isNull();
        assertThat(fleet.snapshotFor("front-1", asked, new Revision(7))).isEqualTo(snapshot);
    }

    @Test
    void addressesStayWithTheirNames() {
        var book = new AddressBook();
        CompiledFleet before = compiled(SHOP, book);
        CompiledFleet after =
                compiled(
                        HEAD
                                + "  - {name: new, command: x, port: 1}\n  - {name: orders, command: x, port: 80, replicas: 3}\n",
                        book);
        for (String pod : List.of("orders-1", "orders-2")) {
            assertThat(ipv4(Objects.requireNonNull(after.pod(pod))))
                    .isEqualTo(ipv4(Objects.requireNonNull(before.pod(pod))));
        }
        assertThat(service(after, "orders").mesh().virtualAddresses())
                .isEqualTo(service(before, "orders").mesh().virtualAddresses());
        // who comes back finds its old place
        assertThat(compiled(SHOP, book)).isEqualTo(before);
        Set<InetAddress> taken =
                Set.copyOf(
                        before.services().stream()
                                .flatMap(s -> s.pods().stream())
                                .map(IntentCompilerTest::ipv4)
                                .toList());
        assertThat(taken).doesNotContain(ipv4(Objects.requireNonNull(after.pod("new-1"))));
    }

    @Test
    void addressesOfTheGoneAreGivenAwayWhenAllAreTaken() {
        var blocks =
                new AddressBlocks(
                        AddressBlocks.Block.parse("10.0.0.0/28"),
                        AddressBlocks.Block.parse("fd00::/64"),
                        AddressBlocks.Block.parse("10.1.0.0/28"),
                        AddressBlocks.Block.parse("fd01::/64"));
        var book = new AddressBook();
        for (int round = 0; round < 20; round++) {
            String service = HEAD + "  - {name: s" + round + ", command: x, replicas: 10}\n";
            var fleet =
                    (Compilation.Compiled) compile(service, new IntentCompiler(blocks, book, null));
            Set<String> addresses =
                    Set.copyOf(
                            fleet.fleet().services().getFirst().pods().stream()
                                    .map(pod -> ipv4(pod).getHostAddress())
                                    .toList());
            assertThat(addresses)
                    .hasSize(10)
                    .allMatch(address -> address.startsWith("10.0.0."))
                    .doesNotContain("10.0.0.0", "10.0.0.1", "10.0.0.15");
        }
        var tooMany =
                (Compilation.Rejected)
                        compile(
                                HEAD + "  - {name: s, command: x, replicas: 14}\n",
                                new IntentCompiler(blocks, book, null));
        assertThat(tooMany.problems().getFirst().message())
                .startsWith("saw 14 pods and 1 services, expected at most 13");
    }

    @Test
    void readsFoldersInOrderAndNamesWhatItCannotRead() throws IOException {
        Path intents = Files.createDirectory(folder.resolve("intent"));
        Files.writeString(intents.resolve("b.yaml"), HEAD + "  - {name: a, command: x}\n");
        Files.writeString(intents.resolve("c.yml"), "kind: Nothing\n");
        Files.writeString(intents.resolve("notes.txt"), "not intent");
        Files.write(intents.resolve("d.yaml"), new byte[] {(byte) 0xff});
        var compiler = new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null);
        var rejected =
                (Compilation.Rejected)
                        compiler.compile(List.of(intents, folder.resolve("none.yaml")));
        assertThat(rejected.problems())
                .extracting(problem ->
                        problem.source().substring(folder.toString().length())
                                + ": "
                                + problem.message())
                .containsExactly(
                        "/intent/c.yml: saw kind 'Nothing', expected one of Fleet, HTTPRoute, TrafficPolicy",
                        "/intent/d.yaml: is not UTF-8 text",
                        "/none.yaml: no such file or folder");
    }

    @Test
    void namesCommandsAndFoldersThatAreNotThere() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        executable(bin.resolve("python3"));
        Files.writeString(folder.resolve("plain"), "");
        Path file =
                Files.writeString(
                        folder.resolve("fleet.yaml"),
                        HEAD
                                + """
                                  - {name: good, command: [python3]}
                                  - {name: shell, command: "echo $HOME"}
                                  - {name: typo, command: [pythn3, x.py]}
                                  - {name: own-path, command: [python3], env: {PATH: /nowhere}}
                                  - {name: missing, command: [./start]}
                                  - {name: plain, command: [./plain]}
                                  - {name: no-folder, command: [python3], cwd: nowhere}
                                """);
        var fleet =
                (Compilation.Compiled)
                        new IntentCompiler(AddressBlocks.DEFAULT, new AddressBook(), null)
                                .compile(List.of(file));
        assertThat(
                        IntentErrorsTest.text(
                                        HostCheck.checkCommands(fleet.fleet(), bin.toString()))
                                .replace(folder.toString(), "DIR"))
                .isEqualTo(
                        """
                        DIR/fleet.yaml:9:27: service 'typo': command not found: 'pythn3' is in no folder of PATH
                          hint: did you mean 'python3'?
                        DIR/fleet.yaml:10:31: service 'own-path': command not found: 'python3' is in no folder of PATH
                          hint: install it, or write its path
                        DIR/fleet.yaml:11:30: service 'missing': command not found: DIR/start
                          hint: a program with a / in its name is looked for in cwd
                        DIR/fleet.yaml:12:28: service 'plain': command is not executable: DIR/plain
                          hint: chmod +x it, or run it by its interpreter
                        DIR/fleet.yaml:13:48: service 'no-folder': cwd is not there: DIR/nowhere, expected a folder
                          hint: cwd is relative to the file it stands in
                        """);
    }

    @Test
    void namesPublishedPortsInUse() throws IOException {
        try (var other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            CompiledFleet fleet =
                    compiled(
                            HEAD
                                    + "  - {name: a, command: x, port: 80, publish: "
                                    + other.getLocalPort()
                                    + "}\n",
                            new AddressBook());
            assertThat(IntentErrorsTest.text(HostCheck.checkPublishedPorts(fleet)))
                    .startsWith(
                            "fleet.yaml:7:46: service 'a' cannot be published on 127.0.0.1:"
                                    + other.getLocalPort()
                                    + ": Address already in use\n  hint: choose another");
        }
    }

    @Test
    void blocksAreChecked() {
        assertThat(AddressBlocks.Block.parse("10.87.255.0/24").host(9).getHostAddress())
                .isEqualTo("10.87.255.9");
        assertThatThrownBy(() -> AddressBlocks.Block.parse("10.87.0.0"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AddressBlocks.Block.parse("10.87.0.0/32"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void executable(Path file) throws IOException {
        Files.writeString(file, "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    static Compilation compile(String text, IntentCompiler compiler) {
        return compiler.compile(
                List.of(new IntentSource("fleet.yaml", Path.of("/srv/fleet"), text)),
                new Problems());
    }

    static InetAddress ipv4(FleetPod pod) {
        return pod.address().addresses().getFirst();
    }

    static CompiledFleet compiled(String text, AddressBook book) {
        return switch (compile(text, new IntentCompiler(AddressBlocks.DEFAULT, book, null))) {
            case Compilation.Compiled compiled -> compiled.fleet();
            case Compilation.Rejected rejected -> throw new AssertionError(rejected.problems());
        };
    }

    private static FleetService service(CompiledFleet fleet, String name) {
        return Objects.requireNonNull(fleet.service(new ServiceName("shop", name)));
    }
}
