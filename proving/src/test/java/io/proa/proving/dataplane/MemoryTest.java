package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.HeadLimits;
import io.proa.model.AppProtocol;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.ServicePort;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.Subscriptions;
import io.proa.traffic.PathPolicy;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What connections hold together is bounded, and near the bound new work is turned away rather
/// than begun.
@Timeout(60)
final class MemoryTest {
    private static final IpPort SERVICE = IpPort.parse("240.0.0.1:80");
    private static final String LARGE = "GET /large HTTP/1.1\r\nHost: o\r\n\r\n";
    private static final String SMALL = "GET /bytes/3 HTTP/1.1\r\nHost: o\r\n\r\n";

    private static final byte[] PIECE = new byte[64 * 1024];

    /// The least that a loop is given.
    private static final long MEMORY = 2 << 20;

    private final Sidecars sidecars = new Sidecars();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void leaveNothingBehind() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        try {
            sidecars.assertCalm();
        } finally {
            sidecars.close();
        }
    }

    private DataPlane plane() throws IOException {
        ScriptedServer application = ScriptedServer.playing((wire, number) -> serve(wire));
        opened.add(application);
        return plane(AppProtocol.HTTP, application);
    }

    private DataPlane plane(AppProtocol protocol, ScriptedServer application) throws IOException {
        return plane(protocol, application, MEMORY);
    }

    private DataPlane plane(AppProtocol protocol, ScriptedServer application, long memory)
            throws IOException {
        return sidecars.start(
                Planes.CALLER,
                new DataPlaneSettings(
                        1,
                        null,
                        List.of(
                                new DataPlaneSettings.Forward(
                                        new InetSocketAddress(Sidecars.LOOPBACK_4, 0), SERVICE)),
                        null,
                        null,
                        List.of(),
                        false,
                        true,
                        HeadLimits.DEFAULT,
                        null,
                        PathPolicy.DEFAULT,
                        memory),
                Subscriptions.NONE,
                Sidecars.callerSnapshot(
                        Sidecars.orders(
                                List.of(SERVICE.ip()),
                                new ServicePort(80, 80, protocol),
                                new Endpoint(
                                        "orders-1",
                                        List.of(Sidecars.LOOPBACK_4),
                                        application.port(),
                                        null,
                                        1))));
    }

    private static void serve(Wire wire) throws IOException {
        for (Wire.Message request = wire.request(); request != null; request = wire.request()) {
            if (!request.startLine().contains("large")) {
                ScriptedServer.answer(wire, request);
                continue;
            }
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            while (true) {
                // Until the connection ends.
                wire.send(PIECE);
            }
        }
    }

    private Wire connect(DataPlane plane) throws IOException {
        Wire wire = Wire.to(Sidecars.port(plane));
        opened.add(wire);
        return wire;
    }

    /// A client that reads nothing, and whose kernel buffers almost nothing.
    private void stall(DataPlane plane) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Sidecars.port(plane)),
                10_000);
        Wire wire = new Wire(socket);
        opened.add(wire);
        wire.send(LARGE);
    }

    private boolean wasShed() {
        return sidecars.records.stream().anyMatch(each -> each.reason == Reason.SHED);
    }

    @Test
    void readersThatReadNothingAreEndedBeforeMemoryIs() throws Exception {
        DataPlane plane = plane();
        for (int i = 0; i < 700; i++) {
            stall(plane);
            assertThat(plane.lentBytes()).isLessThan(MEMORY + MEMORY / 8);
        }
        assertThat(Planes.within(Duration.ofSeconds(10), this::wasShed)).isTrue();
        assertThat(Planes.within(Duration.ofSeconds(10), () -> plane.lentBytes() < MEMORY / 2))
                .isTrue();
        try (Wire wire = connect(plane)) {
            wire.send(SMALL);
            assertThat(wire.response().status()).isEqualTo(200);
        }
    }

    @Test
    void newRequestsAreToldWhileMemoryIsShort() throws Exception {
        DataPlane plane = plane();
        boolean told = false;
        for (int i = 0; i < 900 && !told; i++) {
            stall(plane);
            if (i > 200) {
                try (Wire wire = connect(plane)) {
                    wire.send(SMALL);
                    Wire.Message answer = wire.response();
                    told = answer.status() == 503;
                    assertThat(answer.status()).isIn(200, 503);
                    assertThat(told).isEqualTo("shed".equals(answer.field("x-proa-reason")));
                }
            }
        }
        assertThat(told).as("a request was answered by 503").isTrue();
    }

    @Test
    void streamsOfAClientThatOpensNoWindowAreBoundedTogether() throws Exception {
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    for (var next = server.next(); next != null; next = server.next()) {
                        server.headers(next.id, false, ":status: 200");
                        // As much as the stream's own window allows.
                        server.data(next.id, new byte[8_000], false);
                    }
                });
        opened.add(application);
        DataPlane plane = plane(AppProtocol.HTTP2, application);
        try (Http2Wire client =
                Http2Wire.client(connect(plane), Http2Wire.INITIAL_WINDOW_SIZE, 0)) {
            for (int stream = 1; stream < 120; stream += 2) {
                client.get(stream, "/");
            }
            long most = 0;
            for (int i = 0; i < 50; i++) {
                Thread.sleep(20);
                most = Math.max(most, plane.lentBytes());
            }
            assertThat(most).isBetween(60L * 8_000, MEMORY);
        }
    }

    /// A server of HTTP/2 whose answers fill the streams' windows.
    private ScriptedServer generous() throws IOException {
        ScriptedServer application = ScriptedServer.playing((wire, number) -> fillWindows(wire));
        opened.add(application);
        return application;
    }

    private static void fillWindows(Wire wire) throws IOException {
        Http2Wire server = Http2Wire.server(wire);
        for (var next = server.next(); next != null; next = server.next()) {
            server.headers(next.id, false, ":status: 200");
            server.upload(next.id, new byte[WHOLE], true);
        }
    }

    private static void ask(Wire wire) throws IOException {
        wire.send(SMALL);
        assertThat(wire.response().status()).isEqualTo(200);
    }

    private static final int WHOLE = 60_000;

    @Test
    void whoeverTakesNoAnswersCostsTheOthersNothing() throws Exception {
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    if (number == 1) {
                        serve(wire);
                    } else {
                        fillWindows(wire);
                    }
                });
        opened.add(application);
        DataPlane plane = plane(AppProtocol.HTTP, application, 3 * MEMORY);
        // By HTTP/1.1, so that it shares no connection with what is not taken.
        Wire other = connect(plane);
        ask(other);
        try (Http2Wire hoarder =
                Http2Wire.client(connect(plane), Http2Wire.INITIAL_WINDOW_SIZE, 0)) {
            for (int stream = 1; stream < 2 * 150; stream += 2) {
                hoarder.get(stream, "/");
                // The answers before it arrive.
                Thread.sleep(2);
                ask(other);
            }
            assertThat(plane.lentBytes()).isLessThan(3 * MEMORY * 3 / 4);
            assertThat(wasShed()).isFalse();
        }
    }

    @Test
    void requestsThatWaitedForAnswersToBeTakenAreAnswered() throws Exception {
        DataPlane plane = plane(AppProtocol.HTTP2, generous());
        try (Http2Wire client =
                Http2Wire.client(connect(plane), Http2Wire.INITIAL_WINDOW_SIZE, 0)) {
            for (int stream = 1; stream < 2 * 20; stream += 2) {
                client.get(stream, "/");
                // So that the answers before it wait for windows already.
                Thread.sleep(5);
            }
            for (int stream = 1; stream < 2 * 20; stream += 2) {
                client.windowUpdate(stream, WHOLE);
            }
            client.windowUpdate(0, 20 * WHOLE);
            for (int stream = 1; stream < 2 * 20; stream += 2) {
                assertThat(client.await(stream).body.size()).isEqualTo(WHOLE);
            }
        }
    }

    @Test
    void requestsThatCameAtOnceWithoutWindowsAreBegunInPart() throws Exception {
        int all = 150;
        AtomicInteger begun = new AtomicInteger();
        ScriptedServer application =
                ScriptedServer.playing((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    for (var next = server.next(); next != null; next = server.next()) {
                        begun.incrementAndGet();
                        server.headers(next.id, false, ":status: 200");
                        server.data(next.id, new byte[100], true);
                    }
                });
        opened.add(application);
        DataPlane plane = plane(AppProtocol.HTTP2, application);
        try (Http2Wire client =
                Http2Wire.client(connect(plane), Http2Wire.INITIAL_WINDOW_SIZE, 0)) {
            for (int stream = 1; stream < 2 * all; stream += 2) {
                client.get(stream, "/");
            }
            Thread.sleep(500);
            assertThat(begun.get()).isBetween(1, all / 2);
            for (int stream = 1; stream < 2 * all; stream += 2) {
                client.windowUpdate(stream, 100);
            }
            for (int stream = 1; stream < 2 * all; stream += 2) {
                assertThat(client.await(stream).body.size()).isEqualTo(100);
            }
        }
    }

    @Test
    void whoeverTakesTheLastAnswerOnlyGetsIt() throws Exception {
        DataPlane plane = plane(AppProtocol.HTTP2, generous());
        int last = 2 * 12 + 1;
        try (Http2Wire client =
                Http2Wire.client(connect(plane), Http2Wire.INITIAL_WINDOW_SIZE, 0)) {
            for (int stream = 1; stream <= last; stream += 2) {
                client.get(stream, "/");
                Thread.sleep(5);
            }
            client.windowUpdate(last, WHOLE);
            assertThat(client.await(last).body.size()).isEqualTo(WHOLE);
        }
    }
}
