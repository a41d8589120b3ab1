package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.AppProtocol;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Only what is safe is tried again, and never without bound.
@Timeout(20)
final class RetryTest extends Stage {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final String GET = "GET /bytes/3 HTTP/1.1\r\nHost: o\r\n\r\n";
    private static final String POST =
            "POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabc";

    private static int deadPort() throws IOException {
        try (ScriptedServer gone = ScriptedServer.answering()) {
            return gone.port();
        }
    }

    /// Notes each request, then lets `script` deal with it until it closes the connection.
    private ScriptedServer noting(Reaction reaction) throws IOException {
        ScriptedServer[] self = new ScriptedServer[1];
        self[0] =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            for (Wire.Message request = wire.request();
                                    request != null;
                                    request = wire.request()) {
                                self[0].seen.add(request.startLine());
                                reaction.to(wire, request, self[0].seen.size());
                                if (wire.socket.isClosed()) {
                                    return;
                                }
                            }
                        }));
        return self[0];
    }

    /// What happens to the request with this number, from 1.
    private interface Reaction {
        void to(Wire wire, Wire.Message request, int number)
                throws IOException, InterruptedException;
    }

    private static void unavailable(Wire wire) throws IOException {
        wire.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, POST})
    void aRefusedConnectGoesToTheOtherEndpoint(String request) throws Exception {
        ScriptedServer application = keep(ScriptedServer.answering());
        planes(Planes.direct(Planes.rule(Planes.patient(), LONG), deadPort(), application.port()));
        Wire wire = connect();
        for (int i = 0; i < 20; i++) {
            wire.send(request);
            Wire.Message response = wire.response();
            assertThat(response.status()).as(response.text()).isEqualTo(200);
            assertThat(response.body()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5_000, 60_000})
    void aBodyTheOtherSidecarCouldNotDeliverGoesToTheOtherEndpoint(int size) throws Exception {
        ScriptedServer application = keep(ScriptedServer.answering());
        planes(
                Planes.mesh(
                        AppProtocol.HTTP,
                        Planes.rule(Planes.patient(), LONG),
                        deadPort(),
                        application.port()));
        for (int i = 0; i < 10; i++) {
            Wire wire = connect();
            wire.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: " + size + "\r\n\r\n");
            wire.send(Wire.bytes(size));
            Wire.Message response = wire.response();
            assertThat(response.status()).as(response.text()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(Wire.bytes(size));
        }
    }

    @Test
    void aStatusIsTriedAgainOnlyForIdempotentMethods() throws Exception {
        ScriptedServer application =
                noting((wire, request, number) -> {
                    if (number % 2 == 1) {
                        unavailable(wire);
                    } else {
                        ScriptedServer.answer(wire, request);
                    }
                });
        RetryRule retry = Planes.retry(3, Set.of(503), Duration.ZERO, 100, 100);
        Planes planes =
                planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(retry, LONG), application.port()));
        Wire wire = connect();
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(200);
        ExchangeRecord record = Planes.last(planes.outbound, 1);
        assertThat(record.attempts).isEqualTo(2);
        assertThat(record.failedAttempts).isEqualTo(1);
        assertThat(application.seen).hasSize(2);
        wire.send(POST);
        assertThat(wire.response().text()).isEqualTo("busy");
        assertThat(application.seen).hasSize(3);
    }

    @Test
    void theKeepAliveRaceIsRepeatedOnlyForIdempotentMethods() throws Exception {
        ScriptedServer application =
                noting((wire, request, number) -> {
                    if (number == 2 || number == 5) {
                        wire.close();
                    } else {
                        ScriptedServer.answer(wire, request);
                    }
                });
        planes(
                Planes.mesh(
                        AppProtocol.HTTP, Planes.rule(Planes.patient(), LONG), application.port()));
        Wire wire = connect();
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(200);
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(200);
        assertThat(application.seen).hasSize(3);
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(200);
        wire.send(POST);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("x-proa-reason")).isEqualTo("upstream_closed");
        assertThat(application.seen).hasSize(5);
    }

    @Test
    void aNewConnectionThatIsClosedIsNotRepeated() throws Exception {
        ScriptedServer application = noting((wire, request, number) -> wire.close());
        planes(
                Planes.mesh(
                        AppProtocol.HTTP, Planes.rule(Planes.patient(), LONG), application.port()));
        Wire wire = connect();
        wire.send(GET);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("x-proa-reason")).isEqualTo("upstream_closed");
        assertThat(application.seen).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"})
    void aBegunResponseHeadIsNotRepeated(String begun) throws Exception {
        ScriptedServer application =
                noting((wire, request, number) -> {
                    if (number == 1) {
                        ScriptedServer.answer(wire, request);
                    } else {
                        wire.send(begun);
                        Thread.sleep(50);
                        wire.close();
                    }
                });
        Planes planes =
                planes(
                        Planes.mesh(
                                AppProtocol.HTTP,
                                Planes.rule(Planes.patient(), LONG),
                                application.port()));
        Wire wire = connect();
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(200);
        wire.send(GET);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.field("x-proa-reason")).isEqualTo("upstream_truncated");
        assertThat(application.seen).hasSize(2);
        // the reason that the application is told is the reason in the metrics of both sidecars
        assertThat(Planes.last(planes.inbound, 2).reason).isEqualTo(Reason.UPSTREAM_TRUNCATED);
        assertThat(Planes.last(planes.outbound, 2).reason).isEqualTo(Reason.UPSTREAM_TRUNCATED);
    }

    @Test
    void aBegunResponseBodyIsNotRepeated() throws Exception {
        ScriptedServer application =
                noting((wire, request, number) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
                    Thread.sleep(50);
                    wire.reset();
                });
        planes(
                Planes.mesh(
                        AppProtocol.HTTP, Planes.rule(Planes.patient(), LONG), application.port()));
        Wire wire = connect();
        wire.send(GET);
        assertThatThrownBy(wire::response)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
        assertThat(application.seen).hasSize(1);
    }

    @Test
    void oneTryThatTakesTooLongIsRepeated() throws Exception {
        ScriptedServer application =
                noting((wire, request, number) -> {
                    if (number == 1) {
                        Thread.sleep(5000);
                    }
                    ScriptedServer.answer(wire, request);
                });
        RetryRule retry = Planes.retry(3, Set.of(), Duration.ofMillis(700), 100, 100);
        Planes planes =
                planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(retry, LONG), application.port()));
        Wire wire = connect();
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(200);
        assertThat(Planes.last(planes.outbound, 1).attempts).isEqualTo(2);
        assertThat(application.seen).hasSize(2);
    }

    @Test
    void theDeadlineEndsTheRequest() throws Exception {
        ScriptedServer application = noting((wire, request, number) -> Thread.sleep(1500));
        Planes planes =
                planes(
                        Planes.mesh(
                                AppProtocol.HTTP,
                                Planes.rule(Planes.patient(), Duration.ofMillis(200)),
                                application.port()));
        Wire wire = connect();
        long start = System.nanoTime();
        wire.send(GET);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(504);
        assertThat(response.field("x-proa-reason")).isEqualTo("deadline_exceeded");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(150), Duration.ofMillis(1200));
        assertThat(application.seen).hasSize(1);
        assertThat(Planes.last(planes.outbound, 1).reason).isEqualTo(Reason.DEADLINE);
        assertThat(Planes.last(planes.inbound, 1).reason).isEqualTo(Reason.CLIENT_GONE);
        wire.send(GET);
        assertThat(wire.response().status()).isEqualTo(504);
    }

    @Test
    void theBudgetBoundsRetries() throws Exception {
        ScriptedServer application = noting((wire, request, number) -> unavailable(wire));
        RetryRule retry = Planes.retry(3, Set.of(503), Duration.ZERO, 0, 1);
        Planes planes =
                planes(Planes.mesh(AppProtocol.HTTP, Planes.rule(retry, LONG), application.port()));
        Wire wire = connect();
        for (int i = 0; i < 20; i++) {
            wire.send(GET);
            assertThat(wire.response().text()).isEqualTo("busy");
        }
        assertThat(application.seen.size()).isBetween(21, 23);
        assertThat(Planes.last(planes.outbound, 20).budgetExhausted).isTrue();
    }

    @Test
    void withoutAnyEndpointThereIsAReason() throws Exception {
        planes(Planes.direct(RouteRule.DEFAULT));
        Wire wire = connect();
        wire.send(GET);
        Wire.Message response = wire.response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("x-proa-reason")).isEqualTo("no_endpoint");
    }
}
