package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.AppProtocol;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.TimeoutRule;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections whose bytes are not read behave as if the two ends were joined directly.
@Timeout(20)
final class OpaqueTest extends Stage {
    private static ScriptedServer echo() throws IOException {
        return ScriptedServer.playing((wire, number) ->
                wire.socket.getInputStream().transferTo(wire.socket.getOutputStream()));
    }

    @Test
    void bytesComeBackAndHalfCloseIsKept() throws Exception {
        Planes planes = tcp(echo());
        Wire wire = connect();
        byte[] sent = Wire.bytes(5_000_000);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        wire.send(sent);
                        wire.socket.shutdownOutput();
                    } catch (IOException _) {
                        // The comparison below fails then.
                    }
                });
        assertThat(Arrays.equals(wire.in.readAllBytes(), sent)).isTrue();
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("none");
        assertThat(planes.outbound.getLast().bytesSent).isEqualTo(sent.length);
        assertThat(planes.outbound.getLast().peer).isEqualTo(Planes.CALLEE);
        assertThat(Planes.last(planes.inbound, 1).peer).isEqualTo(Planes.CALLER);
    }

    private static RouteRule silence(Duration exchange, Duration stream) {
        return new RouteRule(
                "test",
                List.of(),
                List.of(),
                RetryRule.DEFAULT,
                new TimeoutRule(Duration.ofSeconds(10), Duration.ZERO, exchange, stream));
    }

    /// Such as one that waits for a database's next notice.
    @Test
    void silenceEndsNothingUnlessThatIsSet() throws Exception {
        ScriptedServer echo = keep(echo());
        planes(
                Planes.mesh(
                        AppProtocol.TCP,
                        silence(Duration.ofMillis(200), Duration.ZERO),
                        echo.port()));
        Wire wire = connect();
        wire.send("a");
        assertThat(wire.exactly(1)).isNotEmpty();
        Thread.sleep(600);
        wire.send("b");
        assertThat(wire.exactly(1)).isNotEmpty();
    }

    @Test
    void silenceEndsAStreamAfterTheTimeThatIsSetForIt() throws Exception {
        ScriptedServer echo = keep(echo());
        Planes planes =
                planes(
                        Planes.mesh(
                                AppProtocol.TCP,
                                silence(Duration.ZERO, Duration.ofMillis(300)),
                                echo.port()));
        Wire wire = connect();
        wire.send("a");
        assertThat(wire.exactly(1)).isNotEmpty();
        assertThatThrownBy(() -> wire.exactly(1)).hasMessageContaining("reset");
        assertThat(Planes.last(planes.outbound, 1).reason.code()).isEqualTo("idle_timeout");
    }

    @Test
    void theServerMaySpeakAfterTheClientEnded() throws Exception {
        tcp(
                ScriptedServer.playing((wire, number) -> {
                    wire.in.readAllBytes();
                    Thread.sleep(50);
                    wire.send(Wire.bytes(100_000));
                }));
        Wire wire = connect();
        wire.socket.shutdownOutput();
        assertThat(wire.in.readAllBytes()).isEqualTo(Wire.bytes(100_000));
    }

    @Test
    void theServerMaySpeakFirstAndEndFirst() throws Exception {
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        tcp(
                ScriptedServer.playing((wire, number) -> {
                    wire.send("hello");
                    wire.socket.shutdownOutput();
                    got.complete(wire.in.readAllBytes());
                }));
        Wire wire = connect();
        assertThat(wire.in.readAllBytes())
                .isEqualTo("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        wire.send(Wire.bytes(50_000));
        wire.socket.shutdownOutput();
        assertThat(got.get(5, TimeUnit.SECONDS)).isEqualTo(Wire.bytes(50_000));
    }

    @Test
    void aResetOfTheServerReachesTheClient() throws Exception {
        Planes planes =
                tcp(
                        ScriptedServer.playing((wire, number) -> {
                            wire.exactly(1);
                            wire.send("x");
                            wire.exactly(1);
                            wire.reset();
                        }));
        Wire wire = connect();
        wire.send("1");
        assertThat(wire.in.read()).isEqualTo('x');
        wire.send("2");
        assertThatThrownBy(wire.in::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
        assertThat(Planes.last(planes.outbound, 1).reason.code()).startsWith("upstream_");
    }

    @Test
    void aResetOfTheClientReachesTheServer() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        tcp(
                ScriptedServer.playing((wire, number) -> {
                    wire.exactly(1);
                    wire.send("x");
                    try {
                        end.complete("read " + wire.in.read());
                    } catch (IOException e) {
                        end.complete(String.valueOf(e.getMessage()));
                    }
                }));
        Wire wire = connect();
        wire.send("1");
        assertThat(wire.in.read()).isEqualTo('x');
        wire.reset();
        assertThat(end.get(5, TimeUnit.SECONDS)).contains("reset");
    }

    @Test
    void anEndWithoutCloseNotifyBecomesAReset() throws Exception {
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            wire.send(Wire.bytes(100_000));
                            Thread.sleep(2000);
                        }));
        planes(
                Planes.through(
                        AppProtocol.TCP,
                        Planes.CALLEE,
                        application.port(),
                        mesh -> keep(Relay.cuttingAfter(mesh, 50_000)).port()));
        Wire wire = connect();
        assertThatThrownBy(wire.in::readAllBytes)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void slowReadersHoldTheSenderBack() throws Exception {
        Planes planes =
                tcp(ScriptedServer.playing((wire, number) -> wire.send(Wire.bytes(20_000_000))));
        Wire wire = connect();
        Thread.sleep(300);
        assertThat(planes.lentSlabs()).isLessThanOrEqualTo(10);
        assertThat(Arrays.equals(wire.in.readAllBytes(), Wire.bytes(20_000_000))).isTrue();
    }

    @Test
    void nobodyListeningIsAReset() throws Exception {
        ScriptedServer gone = echo();
        int port = gone.port();
        gone.close();
        planes(Planes.mesh(AppProtocol.TCP, io.proa.model.RouteRule.DEFAULT, port));
        Wire wire = connect();
        assertThatThrownBy(wire.in::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void aPortThatTheCalleeDoesNotHaveIsAReset() throws Exception {
        Planes planes = tcp(echo());
        planes.declareNothing();
        Wire wire = connect();
        wire.send("1");
        assertThatThrownBy(wire.in::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
        assertThat(planes.refused).containsExactly("unknown_destination:");
    }
}
