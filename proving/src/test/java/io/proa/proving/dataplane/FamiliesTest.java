package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.ServicePort;
import io.proa.proxy.DataPlane;
import io.proa.proxy.Subscriptions;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Applications and clients of IPv4, of IPv6 and of both reach each other, whoever dials what.
@Timeout(20)
final class FamiliesTest {
    private static final InetAddress SERVICE_4 = IpPort.literal("240.0.0.1");
    private static final InetAddress SERVICE_6 = IpPort.literal("fd00:88::1");
    private static final InetAddress POD_6 = IpPort.literal("fd00:87::2");
    private static final List<InetAddress> BOTH = List.of(Sidecars.LOOPBACK_4, Sidecars.LOOPBACK_6);
    private static final String REQUEST = "GET /bytes/3 HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Sidecars sidecars = new Sidecars();

    @BeforeEach
    void needsBothFamilies() {
        boolean six = true;
        try (ServerSocket probe = new ServerSocket(0, 1, Sidecars.LOOPBACK_6)) {
            six = probe.isBound();
        } catch (IOException _) {
            six = false;
        }
        assumeTrue(six, "this machine has no IPv6 loopback");
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        try (sidecars) {
            sidecars.assertCalm();
        }
    }

    /// `orders`, whose application listens at `listens` alone, as seen by a client that dials
    /// `dialled`.
    private DataPlane reach(
            String dialled, AppProtocol protocol, boolean loopback, ScriptedServer application)
            throws IOException {
        DataPlane callee =
                sidecars.callee(
                        BOTH,
                        new ApplicationPort(
                                Planes.ORDERS, 80, application.port(), protocol, loopback));
        Endpoint endpoint =
                new Endpoint(
                        "orders-1",
                        List.of(Sidecars.LOOPBACK_4, POD_6),
                        Sidecars.port(callee),
                        Planes.CALLEE,
                        1);
        return sidecars.caller(
                IpPort.parse(dialled),
                Subscriptions.NONE,
                Sidecars.orders(
                        List.of(SERVICE_4, SERVICE_6),
                        new ServicePort(80, 8080, protocol),
                        endpoint));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 240.0.0.1:80",
        "127.0.0.1, [fd00:88::1]:80",
        "127.0.0.1, [fd00:87::2]:8080",
        "127.0.0.1, 127.0.0.1:8080",
        "::1, 240.0.0.1:80",
        "::1, [fd00:88::1]:80",
        "::1, [fd00:87::2]:8080",
        "::1, 127.0.0.1:8080",
        "::, [fd00:87::2]:8080",
        "::, 240.0.0.1:80"
    })
    void clientsOfEitherFamilyReachApplicationsOfEither(String listens, String dialled)
            throws Exception {
        for (AppProtocol protocol :
                List.of(AppProtocol.DETECT, AppProtocol.HTTP, AppProtocol.TCP)) {
            for (boolean loopback : new boolean[] {false, true}) {
                try (ScriptedServer application =
                                ScriptedServer.answering(IpPort.literal(listens));
                        Wire wire =
                                Wire.to(
                                        Sidecars.port(
                                                reach(dialled, protocol, loopback, application)))) {
                    wire.send(REQUEST);
                    assertThat(wire.response().body()).isEqualTo(Wire.bytes(3));
                    wire.send(REQUEST);
                    assertThat(wire.response().body()).isEqualTo(Wire.bytes(3));
                }
            }
        }
    }

    /// The second connection does not knock where the first was refused, until that changes.
    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"HTTP", "TCP"})
    void anApplicationThatMovesToTheOtherFamilyIsFoundAgain(AppProtocol protocol) throws Exception {
        int port;
        DataPlane caller;
        try (ScriptedServer six = ScriptedServer.answering(Sidecars.LOOPBACK_6)) {
            port = six.port();
            caller = reach("240.0.0.1:80", protocol, true, six);
            assertServes(caller);
            assertServes(caller);
            assertThat(six.connections.get()).isBetween(1, 2);
        }
        try (ScriptedServer four = ScriptedServer.answering(Sidecars.LOOPBACK_4, port)) {
            assertServes(caller);
            assertServes(caller);
            assertThat(four.connections.get()).isBetween(1, 2);
        }
        try (ScriptedServer _ = ScriptedServer.answering(Sidecars.LOOPBACK_6, port)) {
            assertServes(caller);
        }
    }

    private static void assertServes(DataPlane caller) throws IOException {
        try (Wire wire = Wire.to(Sidecars.port(caller))) {
            wire.send("GET /bytes/3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(wire.response().body()).isEqualTo(Wire.bytes(3));
        }
    }

    @Test
    void anApplicationThatListensNowhereIsRefusedOnce() throws Exception {
        ScriptedServer gone = ScriptedServer.answering();
        gone.close();
        try (Wire wire =
                Wire.to(Sidecars.port(reach("240.0.0.1:80", AppProtocol.HTTP, false, gone)))) {
            wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            Wire.Message response = wire.response();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("x-proa-reason")).isEqualTo("connect_failed");
        }
    }

    @ParameterizedTest
    @CsvSource({"240.0.0.1:81", "[fd00:88::1]:81", "[fd00:87::2]:80"})
    @Timeout(value = 2, unit = TimeUnit.SECONDS)
    void aPortThatAServiceDoesNotHaveIsRefusedAtOnce(String dialled) throws Exception {
        try (ScriptedServer application = ScriptedServer.answering()) {
            assertReset(reach(dialled, AppProtocol.HTTP, false, application));
            assertThat(sidecars.last(1).reason).isEqualTo(Reason.UNKNOWN_DESTINATION);
            assertThat(sidecars.last(1).detail).contains("orders.default has no port");
            assertThat(application.connections).hasValue(0);
        }
    }

    @Test
    @Timeout(value = 4, unit = TimeUnit.SECONDS)
    void aPortThatTheAnswerDoesNotHaveIsRefusedWhenItComes() throws Exception {
        DataPlane caller = sidecars.caller(IpPort.parse("240.0.0.1:81"), _ -> true);
        try (Wire wire = Wire.to(Sidecars.port(caller))) {
            Thread.sleep(100);
            assertThat(sidecars.records).isEmpty();
            caller.publish(
                    Sidecars.callerSnapshot(
                            Sidecars.orders(
                                    List.of(SERVICE_4),
                                    new ServicePort(80, 8080, AppProtocol.HTTP))));
            assertReset(wire);
            assertThat(sidecars.last(1).reason).isEqualTo(Reason.UNKNOWN_DESTINATION);
        }
    }

    private static void assertReset(DataPlane caller) {
        // It may be met while connecting already.
        try (Wire wire = Wire.to(Sidecars.port(caller))) {
            assertReset(wire);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private static void assertReset(Wire wire) {
        int got;
        try {
            got = wire.in.read();
        } catch (IOException _) {
            got = -2;
        }
        assertThat(got).as("a reset, no end in order").isEqualTo(-2);
    }
}
