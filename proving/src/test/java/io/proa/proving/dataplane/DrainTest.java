package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.ServicePort;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.Subscriptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A sidecar that is asked to end finishes what it has begun, and nobody notices.
@Timeout(30)
final class DrainTest {
    private static final InetAddress SERVICE = IpPort.literal("240.0.0.1");
    private static final long PATIENCE = 5_000_000_000L;

    private final Sidecars sidecars = new Sidecars();

    @AfterEach
    void leaveNothingBehind() throws Exception {
        try (sidecars) {
            sidecars.assertCalm();
        }
    }

    private static ApplicationPort port(ScriptedServer application, AppProtocol protocol) {
        return new ApplicationPort(Planes.ORDERS, 80, application.port(), protocol, false);
    }

    private static Endpoint endpoint(DataPlane callee) {
        return new Endpoint(
                "orders-" + Sidecars.port(callee),
                List.of(Sidecars.LOOPBACK_4),
                Sidecars.port(callee),
                Planes.CALLEE,
                1);
    }

    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"HTTP", "TCP"})
    void noRequestFailsWhileOneOfTwoReplicasDrains(AppProtocol protocol) throws Exception {
        try (ScriptedServer application = ScriptedServer.answering()) {
            List<InetAddress> own = List.of(Sidecars.LOOPBACK_4);
            DataPlane leaving = sidecars.callee(own, port(application, protocol));
            DataPlane staying = sidecars.callee(own, port(application, protocol));
            DataPlane caller =
                    sidecars.caller(
                            new IpPort(SERVICE, 80),
                            Subscriptions.NONE,
                            Sidecars.orders(
                                    List.of(SERVICE),
                                    new ServicePort(80, 80, protocol),
                                    endpoint(leaving),
                                    endpoint(staying)));
            Load load = new Load(Sidecars.port(caller), protocol == AppProtocol.HTTP);
            load.run(8);
            load.awaitAnswers(40);
            int before = load.answered.get();
            assertThat(leaving.drain(PATIENCE)).isTrue();
            sidecars.end(leaving);
            load.awaitAnswers(before + 40);
            load.stop();
            assertThat(load.failures).isEmpty();
        }
    }

    /// Clients that send one request after the other, every fifth on a connection of its own.
    private static final class Load {
        private final int port;
        private final boolean reuse;
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();
        final AtomicInteger answered = new AtomicInteger();
        final List<String> failures = new CopyOnWriteArrayList<>();

        Load(int port, boolean reuse) {
            this.port = port;
            this.reuse = reuse;
        }

        void run(int clients) {
            for (int i = 0; i < clients; i++) {
                threads.add(Thread.ofVirtual().start(this::send));
            }
        }

        private void send() {
            while (!over.get()) {
                try (Wire wire = Wire.to(port)) {
                    for (int i = 0; i < (reuse ? 5 : 1) && !over.get(); i++) {
                        wire.send(
                                i % 2 == 0
                                        ? "GET /bytes/9 HTTP/1.1\r\nHost: a\r\n\r\n"
                                        : "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nsome body");
                        Wire.Message response = wire.response();
                        if (response.status() == 200) {
                            answered.incrementAndGet();
                        } else {
                            failures.add(response.head() + response.text());
                        }
                        Thread.sleep(2);
                    }
                } catch (IOException e) {
                    failures.add(e.toString());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        void awaitAnswers(int count) throws InterruptedException {
            assertThat(Planes.within(Duration.ofSeconds(10), () -> answered.get() >= count))
                    .as(answered + " answers, expected " + count)
                    .isTrue();
        }

        void stop() throws InterruptedException {
            over.set(true);
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
            }
        }
    }

    @Test
    void whatIsUnderWayFinishesAndOutboundServesOn() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (ScriptedServer slow =
                        ScriptedServer.playing((wire, number) -> {
                            seen.add(wire.request().startLine());
                            Thread.sleep(600);
                            ScriptedServer.ok(wire, "done");
                        });
                ScriptedServer elsewhere = ScriptedServer.answering()) {
            DataPlane plane =
                    sidecars.start(
                            Planes.CALLEE,
                            Sidecars.settings(
                                    List.of(
                                            new DataPlaneSettings.Forward(
                                                    new InetSocketAddress(Sidecars.LOOPBACK_4, 0),
                                                    new IpPort(
                                                            Sidecars.LOOPBACK_4,
                                                            elsewhere.port()))),
                                    new InetSocketAddress(Sidecars.LOOPBACK_4, 0)),
                            Subscriptions.NONE,
                            Sidecars.snapshot(
                                    "orders-1",
                                    Planes.CALLEE,
                                    List.of(Sidecars.LOOPBACK_4),
                                    List.of(port(slow, AppProtocol.HTTP)),
                                    List.of()));
            int mesh = ((InetSocketAddress) plane.listening().get("mesh")).getPort();
            DataPlane caller =
                    sidecars.caller(
                            new IpPort(SERVICE, 80),
                            Subscriptions.NONE,
                            Sidecars.orders(
                                    List.of(SERVICE),
                                    new ServicePort(80, 80, AppProtocol.HTTP),
                                    new Endpoint(
                                            "orders-1",
                                            List.of(Sidecars.LOOPBACK_4),
                                            mesh,
                                            Planes.CALLEE,
                                            1)));
            try (Wire wire = Wire.to(Sidecars.port(caller))) {
                wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(Planes.within(Duration.ofSeconds(5), () -> !seen.isEmpty())).isTrue();
                assertThat(plane.drain(PATIENCE)).isTrue();
                assertThat(wire.response().text()).isEqualTo("done");
            }
            assertThat(plane.outboundIdle()).isTrue();
            try (Wire wire = Wire.to(Sidecars.port(plane))) {
                wire.send("GET /bytes/5 HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(wire.response().body()).isEqualTo(Wire.bytes(5));
                assertThat(plane.outboundIdle()).isFalse();
            }
        }
    }

    /// Its next request may be on its way already, and a FIN would not tell it what became of that.
    @Test
    void aClientWithoutASidecarGetsOneMoreAnswer(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("publish.sock");
        try (ScriptedServer application = ScriptedServer.answering()) {
            DataPlane plane = sidecars.published(socket, port(application, AppProtocol.HTTP));
            try (SocketChannel busy = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    SocketChannel idle = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertThat(ask(busy)).doesNotContain("Connection: close");
                assertThat(ask(idle)).doesNotContain("Connection: close");
                Thread drain =
                        Thread.ofVirtual()
                                .start(() -> {
                                    try {
                                        plane.drain(PATIENCE);
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
                Thread.sleep(200);
                assertThat(ask(busy)).startsWith("HTTP/1.1 200 ").contains("Connection: close");
                assertThat(busy.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                assertThat(idle.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                assertThat(drain.join(Duration.ofSeconds(3))).isTrue();
            }
        }
    }

    private static String ask(SocketChannel channel) throws IOException {
        channel.write(StandardCharsets.US_ASCII.encode("GET /head HTTP/1.1\r\nHost: a\r\n\r\n"));
        ByteBuffer got = ByteBuffer.allocate(4096);
        String text = "";
        while (!text.endsWith("\r\n\r\n") || text.indexOf("\r\n\r\n") == text.length() - 4) {
            if (channel.read(got) < 0) {
                return text;
            }
            text = StandardCharsets.US_ASCII.decode(got.duplicate().flip()).toString();
        }
        return text;
    }
}
