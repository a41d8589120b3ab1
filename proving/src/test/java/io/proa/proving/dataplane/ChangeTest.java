package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.model.Endpoint;
import io.proa.model.RouteRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Snapshots, identities and whole sidecars change while requests run, and no request notices.
@Timeout(30)
final class ChangeTest extends Stage {
    private static final String GET = "GET /bytes/5 HTTP/1.1\r\nHost: o\r\n\r\n";

    /// Tells who answers, after a while.
    private ScriptedServer telling(String name, long millis) throws IOException {
        return keep(
                ScriptedServer.playing((wire, number) -> {
                    while (wire.request() != null) {
                        Thread.sleep(millis);
                        ScriptedServer.ok(wire, name);
                    }
                }));
    }

    private static String ask(Wire wire) throws IOException {
        wire.send(GET);
        Wire.Message response = wire.response();
        return response.status() == 200 ? response.text() : response.field("x-proa-reason");
    }

    @Test
    void aConnectionFollowsItsServiceFromEndpointToEndpoint() throws Exception {
        Planes planes = mesh(telling("one", 0));
        Wire wire = connect();
        assertThat(ask(wire)).isEqualTo("one");
        planes.offer(RouteRule.DEFAULT, List.of(planes.another(telling("two", 0).port())));
        assertThat(ask(wire)).isEqualTo("two");
    }

    @Test
    void aConnectionFollowsAServiceThatWentAndCameBack() throws Exception {
        Planes planes = mesh(telling("one", 0));
        Wire wire = connect();
        assertThat(ask(wire)).isEqualTo("one");
        planes.offerNothing();
        assertThat(ask(wire)).isEqualTo("no_configuration");
        planes.offer(RouteRule.DEFAULT, List.of(planes.another(telling("two", 0).port())));
        assertThat(ask(wire)).isEqualTo("two");
    }

    @Test
    void whatIsUnderWayEndsWhereItBegan() throws Exception {
        Planes planes = mesh(telling("one", 400));
        Wire wire = connect();
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.complete(ask(wire));
                    } catch (IOException e) {
                        answer.completeExceptionally(e);
                    }
                });
        Thread.sleep(100);
        planes.offerNothing();
        assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo("one");
    }

    @Test
    void changesUnderLoadLoseNothing() throws Exception {
        Planes planes = mesh(telling("one", 1));
        Endpoint first = Planes.meshEndpoint(planes.meshPort(), Planes.CALLEE);
        Endpoint second = planes.another(telling("two", 1).port());
        List<List<Endpoint>> turns =
                List.of(List.of(first), List.of(first, second), List.of(second));
        CompletableFuture<?>[] clients = new CompletableFuture<?>[8];
        for (int i = 0; i < clients.length; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            clients[i] = done;
            Wire wire = connect();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            for (int n = 0; n < 200; n++) {
                                assertThat(ask(wire)).isIn("one", "two");
                            }
                            done.complete(null);
                        } catch (IOException | AssertionError e) {
                            done.completeExceptionally(e);
                        }
                    });
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(clients);
        for (int i = 0; !all.isDone(); i++) {
            planes.offer(RouteRule.DEFAULT, turns.get(i % turns.size()));
            if (i % 5 == 0) {
                planes.rotate();
            }
            Thread.sleep(10);
        }
        all.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aDrainLetsFinishClosesTheIdleAndRefusesTheNew() throws Exception {
        Planes planes = mesh(telling("one", 500));
        int port = planes.meshPort();
        Wire busy = connect();
        Wire idle = connect();
        assertThat(ask(idle)).isEqualTo("one");
        busy.send(GET);
        Thread.sleep(100);
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        drained.complete(planes.callees.getFirst().drain(5_000_000_000L));
                    } catch (InterruptedException e) {
                        drained.completeExceptionally(e);
                    }
                });
        Thread.sleep(100);
        assertThatThrownBy(() -> Wire.to(port)).isInstanceOf(IOException.class);
        assertThat(drained).isNotDone();
        Wire.Message response = busy.response();
        assertThat(response.text()).isEqualTo("one");
        assertThat(drained.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(ask(idle)).isEqualTo("connect_failed");
    }

    /// Requests of any method that meet the closing connection are sent elsewhere.
    @Test
    void aDrainedEndpointLosesNoRequestOfAnyMethod() throws Exception {
        ScriptedServer application = keep(ScriptedServer.answering());
        Planes planes =
                planes(
                        Planes.mesh(
                                io.proa.model.AppProtocol.HTTP,
                                Planes.rule(Planes.patient(), Duration.ofSeconds(5)),
                                application.port(),
                                application.port()));
        CompletableFuture<?>[] clients = new CompletableFuture<?>[8];
        for (int i = 0; i < clients.length; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            clients[i] = done;
            Wire wire = connect();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            for (int n = 0; n < 300; n++) {
                                wire.send(
                                        "POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabc");
                                Wire.Message response = wire.response();
                                assertThat(response.text()).as(response.head()).isEqualTo("abc");
                            }
                            done.complete(null);
                        } catch (IOException | AssertionError e) {
                            done.completeExceptionally(e);
                        }
                    });
        }
        Thread.sleep(150);
        assertThat(planes.callees.getFirst().drain(5_000_000_000L)).isTrue();
        CompletableFuture.allOf(clients).get(20, TimeUnit.SECONDS);
    }
}
