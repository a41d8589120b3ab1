package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.host.SocketOwner;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.ServicePort;
import io.proa.proxy.DataPlane;
import io.proa.proxy.Resolver;
import io.proa.proxy.Subscriptions;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The sidecar as its application's HTTP proxy.
@Timeout(20)
final class ExplicitTest {
    private static final InetAddress SERVICE = IpPort.literal("240.0.0.1");

    private final Sidecars sidecars = new Sidecars();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private DataPlane plane;

    /// Names outside the mesh; each is told on a thread of its own, a little later.
    private final Resolver outside =
            (host, answer) ->
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    Thread.sleep(30);
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                answer.accept(
                                        switch (host) {
                                            case "outside.test" -> List.of(Sidecars.LOOPBACK_4);
                                            case "two.test" ->
                                                    List.of(
                                                            IpPort.literal("127.0.0.99"),
                                                            Sidecars.LOOPBACK_4);
                                            case "orders.by.dns" -> List.of(SERVICE);
                                            default -> List.of();
                                        });
                            });

    private <T extends AutoCloseable> T keep(T thing) {
        opened.push(thing);
        return thing;
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        try (sidecars) {
            sidecars.assertCalm();
        }
    }

    private MeshService orders(AppProtocol protocol, ScriptedServer application)
            throws IOException {
        DataPlane callee =
                sidecars.callee(
                        List.of(Sidecars.LOOPBACK_4),
                        new ApplicationPort(
                                Planes.ORDERS, 8080, application.port(), protocol, false));
        return Sidecars.orders(
                List.of(SERVICE),
                new ServicePort(8080, 8080, protocol),
                new Endpoint(
                        "orders-1",
                        List.of(Sidecars.LOOPBACK_4),
                        Sidecars.port(callee),
                        Planes.CALLEE,
                        1));
    }

    private void mesh(AppProtocol protocol, ScriptedServer application) throws IOException {
        plane = sidecars.explicit(Subscriptions.NONE, outside, orders(protocol, keep(application)));
    }

    private Wire connect() throws IOException {
        return keep(Wire.to(Sidecars.port(plane)));
    }

    private Wire.Message ask(String request) throws IOException {
        Wire wire = connect();
        wire.send(request);
        return wire.response();
    }

    @Test
    void anotherUsersProgramIsToldThatItIsNotItsProxy() throws Exception {
        int self = SocketOwner.ofThisProcess();
        for (int user : List.of(self, self + 1)) {
            plane =
                    sidecars.explicit(
                            Set.of(user),
                            Subscriptions.NONE,
                            outside,
                            orders(AppProtocol.HTTP, keep(ScriptedServer.answering())));
            Wire.Message response =
                    ask("GET http://orders:8080/ HTTP/1.1\r\nHost: orders:8080\r\n\r\n");
            assertThat(response.status()).isEqualTo(user == self ? 200 : 403);
            if (user != self) {
                assertThat(response.head().toLowerCase(Locale.ROOT))
                        .contains("x-proa-reason: denied\r\n");
                assertThat(response.text()).contains("another user's");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders:8080",
                "orders.default:8080",
                "orders.default.proa:8080",
                "ORDERS.Default.:8080",
                "240.0.0.1:8080",
                "orders.by.dns:8080"
            })
    void aNamedServiceIsReachedInMutualTls(String authority) throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        Wire wire = connect();
        for (int i = 0; i < 2; i++) {
            wire.send("GET http://%1$s/head HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(authority));
            Wire.Message response = wire.response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text())
                    .startsWith("GET /head HTTP/1.1\r\n")
                    .contains("\r\nHost: " + authority + "\r\n")
                    .contains("\r\nx-request-id: ");
        }
        // The caller's and the callee's, twice.
        sidecars.last(4);
        assertThat(sidecars.records)
                .filteredOn(one -> one.direction == ExchangeRecord.Direction.OUTBOUND)
                .allSatisfy(one -> {
                    assertThat(one.peer).isEqualTo(Planes.CALLEE);
                    assertThat(one.service).isEqualTo(Planes.ORDERS);
                });
    }

    @Test
    void oneConnectionReachesWhateverItNames() throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        ScriptedServer elsewhere = keep(ScriptedServer.answering());
        Wire wire = connect();
        for (int i = 0; i < 3; i++) {
            wire.send("GET http://orders:8080/bytes/7 HTTP/1.1\r\nHost: orders:8080\r\n\r\n");
            assertThat(wire.response().body()).isEqualTo(Wire.bytes(7));
            String authority = "outside.test:" + elsewhere.port();
            wire.send(
                    "GET http://%1$s/bytes/9 HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(authority));
            assertThat(wire.response().body()).isEqualTo(Wire.bytes(9));
        }
    }

    @Test
    void whatLeavesTheMeshStaysAsItIsButForTheProxysOwn() throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        ScriptedServer elsewhere = keep(ScriptedServer.answering());
        String authority = "outside.test:" + elsewhere.port();
        Wire.Message response =
                ask(
                        "GET http://%1$s/head HTTP/1.1\r\nHost: %1$s\r\nX-Case: Kept\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic secret\r\nx-proa-attempt: 3\r\n\r\n"
                                .formatted(authority));
        assertThat(response.text())
                .isEqualTo(
                        "GET /head HTTP/1.1\r\nHost: %s\r\nX-Case: Kept\r\n\r\n"
                                .formatted(authority));
        assertThat(sidecars.last(1).service).isNull();
    }

    /// The head waits in the client's buffer while others use the loop's.
    @Test
    void aBodyThatArrivesWhileTheNameIsResolvedIsWhole() throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        ScriptedServer elsewhere = keep(ScriptedServer.answering());
        byte[] body = Wire.bytes(500_000);
        List<Wire> wires = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 8; i++) {
            Wire wire = connect();
            wires.add(wire);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            wire.send(
                                    "POST http://outside.test:%d/x HTTP/1.1\r\nHost: outside.test:%1$d\r\nContent-Length: %d\r\n\r\n"
                                            .formatted(elsewhere.port(), body.length));
                            wire.send(body);
                        } catch (IOException _) {
                            // The comparison below fails then.
                        }
                    });
        }
        for (Wire wire : wires) {
            assertThat(wire.response().body()).isEqualTo(body);
        }
    }

    @Test
    void theNextAddressIsTriedWhereOneCannotBeHad() throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        ScriptedServer elsewhere = keep(ScriptedServer.answering());
        String authority = "two.test:" + elsewhere.port();
        assertThat(
                        ask("GET http://%1$s/bytes/4 HTTP/1.1\r\nHost: %1$s\r\n\r\n"
                                        .formatted(authority))
                                .body())
                .isEqualTo(Wire.bytes(4));
        Wire wire = connect();
        wire.send("CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(authority));
        assertThat(wire.head()).startsWith("HTTP/1.1 200 ");
        wire.send("GET /bytes/5 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(wire.response().body()).isEqualTo(Wire.bytes(5));
    }

    @ParameterizedTest
    @CsvSource({
        "GET /x HTTP/1.1|Host: orders:8080, bad_request, 400",
        "GET https://orders:8080/ HTTP/1.1|Host: orders:8080, bad_request, 400",
        "GET http://orders:8080/ HTTP/1.1|Host: other:8080, bad_request, 400",
        "GET http://orders:9/ HTTP/1.1|Host: orders:9, unknown_destination, 502",
        "GET http://nowhere.test/ HTTP/1.1|Host: nowhere.test, unknown_destination, 502",
        "CONNECT nowhere.test:443 HTTP/1.1|Host: nowhere.test:443, unknown_destination, 502",
        "CONNECT orders:9 HTTP/1.1|Host: orders:9, unknown_destination, 502",
        "CONNECT 127.0.0.99:1 HTTP/1.1|Host: 127.0.0.99:1, connect_failed, 503",
        "GET http://127.0.0.99:1/ HTTP/1.1|Host: 127.0.0.99:1, connect_failed, 503",
        "CONNECT SELF HTTP/1.1|Host: SELF, unknown_destination, 502",
        "GET http://SELF/ HTTP/1.1|Host: SELF, unknown_destination, 502"
    })
    void whatCannotBeReachedIsAnsweredWithTheReason(String head, String reason, int status)
            throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        String self = "127.0.0.1:" + Sidecars.port(plane);
        Wire.Message response = ask(head.replace("|", "\r\n").replace("SELF", self) + "\r\n\r\n");
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("x-proa-reason")).isEqualTo(reason);
        assertThat(response.text()).startsWith("proa: ");
        assertThat(sidecars.last(1).reason.code()).isEqualTo(reason);
    }

    @ParameterizedTest
    @EnumSource(value = AppProtocol.class, mode = EnumSource.Mode.EXCLUDE, names = "HTTP2")
    void aTunnelToAServiceIsMutualTls(AppProtocol protocol) throws Exception {
        mesh(protocol, ScriptedServer.answering());
        Wire wire = connect();
        wire.send("CONNECT orders:8080 HTTP/1.1\r\nHost: orders:8080\r\n\r\n");
        assertThat(wire.head()).startsWith("HTTP/1.1 200 ");
        wire.send("GET /bytes/3 HTTP/1.1\r\nHost: orders\r\n\r\n");
        assertThat(wire.response().body()).isEqualTo(Wire.bytes(3));
        wire.send("GET /bytes/4 HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n");
        assertThat(wire.response().body()).isEqualTo(Wire.bytes(4));
        wire.close();
        ExchangeRecord last = sidecars.last(protocol == AppProtocol.TCP ? 2 : 4);
        assertThat(last.method).isEqualTo(protocol == AppProtocol.TCP ? "TCP" : "GET");
        assertThat(sidecars.records).allSatisfy(one -> assertThat(one.peer).isNotNull());
    }

    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"TCP", "DETECT"})
    void aTunnelCarriesAnythingAndWhatCameEarly(AppProtocol protocol) throws Exception {
        mesh(
                protocol,
                ScriptedServer.playing((wire, number) ->
                        wire.socket.getInputStream().transferTo(wire.socket.getOutputStream())));
        Wire wire = connect();
        wire.send("CONNECT orders:8080 HTTP/1.1\r\nHost: orders:8080\r\n\r\n\0early");
        assertThat(wire.head()).startsWith("HTTP/1.1 200 ");
        assertThat(wire.exactly(6)).isEqualTo("\0early".getBytes(StandardCharsets.US_ASCII));
        wire.send(Wire.bytes(200_000));
        wire.socket.shutdownOutput();
        assertThat(wire.in.readAllBytes()).isEqualTo(Wire.bytes(200_000));
    }

    @Test
    void aTunnelMayBeAskedForAfterRequests() throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        ScriptedServer elsewhere = keep(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET http://orders:8080/bytes/7 HTTP/1.1\r\nHost: orders:8080\r\n\r\n");
        assertThat(wire.response().body()).isEqualTo(Wire.bytes(7));
        wire.send(
                "CONNECT outside.test:%d HTTP/1.1\r\nHost: outside.test\r\n\r\n"
                        .formatted(elsewhere.port()));
        assertThat(wire.head()).startsWith("HTTP/1.1 200 ");
        wire.send("GET /head HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
        assertThat(wire.response().text())
                .isEqualTo("GET /head HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
    }

    @Test
    void aSlowNameHoldsNobodyElseUpAndItsClientMayLeave() throws Exception {
        Map<String, Consumer<List<InetAddress>>> asked =
                new java.util.concurrent.ConcurrentHashMap<>();
        ScriptedServer application = keep(ScriptedServer.answering());
        plane =
                sidecars.explicit(
                        Subscriptions.NONE, asked::put, orders(AppProtocol.HTTP, application));
        Wire leaving = connect();
        leaving.send("GET http://slow.test/ HTTP/1.1\r\nHost: slow.test\r\n\r\n");
        Wire waiting = connect();
        waiting.send(
                "GET http://slower.test:%d/bytes/2 HTTP/1.1\r\nHost: slower.test:%1$d\r\n\r\n"
                        .formatted(application.port()));
        assertThat(
                        ask("GET http://orders:8080/bytes/7 HTTP/1.1\r\nHost: orders:8080\r\n\r\n")
                                .body())
                .isEqualTo(Wire.bytes(7));
        leaving.close();
        asked.get("slow.test").accept(List.of());
        asked.get("slower.test").accept(List.of(Sidecars.LOOPBACK_4));
        assertThat(waiting.response().body()).isEqualTo(Wire.bytes(2));
        Planes.within(java.time.Duration.ofSeconds(2), () -> sidecars.records.size() == 4);
    }

    @Test
    void aServiceThatIsAskedForOnFirstUseIsWaitedFor() throws Exception {
        ScriptedServer application = keep(ScriptedServer.answering());
        MeshService orders = orders(AppProtocol.HTTP, application);
        List<IpPort> asked = new CopyOnWriteArrayList<>();
        plane = sidecars.explicit(asked::add, outside);
        Wire wire = connect();
        wire.send(
                "POST http://orders.by.dns:8080/ HTTP/1.1\r\nHost: orders.by.dns:8080\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(
                        Planes.within(
                                java.time.Duration.ofSeconds(3),
                                () -> asked.contains(IpPort.parse("240.0.0.1:8080"))))
                .isTrue();
        plane.publish(Sidecars.callerSnapshot(orders));
        assertThat(wire.response().text()).isEqualTo("hello");
    }

    @Test
    void curlAndUrllibNeedNothingButTheirProxySettings() throws Exception {
        mesh(AppProtocol.HTTP, ScriptedServer.answering());
        ScriptedServer elsewhere = keep(ScriptedServer.answering());
        String proxy = "http://127.0.0.1:" + Sidecars.port(plane);
        String service = "http://orders:8080/bytes/3";
        String stranger = "http://outside.test:%d/bytes/3".formatted(elsewhere.port());
        for (String url : List.of(service, stranger)) {
            assertThat(run(Map.of(), "curl", "-sS", "-x", proxy, url)).isEqualTo(Wire.bytes(3));
            assertThat(run(Map.of(), "curl", "-sS", "-p", "-x", proxy, url))
                    .isEqualTo(Wire.bytes(3));
            assertThat(
                            run(
                                    Map.of("http_proxy", proxy),
                                    "python3",
                                    "-c",
                                    "import sys,urllib.request as u; sys.stdout.buffer.write(u.urlopen(sys.argv[1]).read())",
                                    url))
                    .isEqualTo(Wire.bytes(3));
        }
        assertThat(sidecars.records).noneMatch(one -> one.reason != Reason.NONE);
    }

    private static byte[] run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("no_proxy");
        builder.environment().remove("NO_PROXY");
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            org.junit.jupiter.api.Assumptions.abort("this machine has no " + command[0]);
            throw e;
        }
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
