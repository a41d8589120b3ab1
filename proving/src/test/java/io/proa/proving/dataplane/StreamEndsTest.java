package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.FrameType;
import io.proa.formats.Http2Error;
import io.proa.model.AppProtocol;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// However a stream or its connection ends, the other side hears of it, nothing else is lost and
/// nothing is left.
@Timeout(30)
final class StreamEndsTest extends Stage {
    /// What the application has heard of a stream's end.
    private static String end(Http2Wire server, int stream) throws java.io.IOException {
        while (server.at(stream).reset == null) {
            if (!server.read()) {
                return "connection";
            }
        }
        return server.at(stream).reset.name();
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "body", "waiting", "answered", "streaming", "no error"})
    void aClientThatGivesUpIsHeardByTheServer(String when) throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    if (when.equals("answered") || when.equals("no error")) {
                        server.headers(1, false, ":status: 200");
                    } else if (when.equals("streaming")) {
                        server.headers(1, false, ":status: 200");
                        server.data(1, Wire.bytes(50_000), false);
                    }
                    begun.countDown();
                    heard.complete(end(server, 1));
                    server.awaitEnd();
                });
        boolean whole = !when.equals("head") && !when.equals("body");
        client.request(1, whole, "POST", "/");
        if (when.equals("body")) {
            client.data(1, Wire.bytes(20_000), false);
        }
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
        if (when.equals("streaming")) {
            client.credits = false;
            client.awaitBody(1, 50_000);
        } else if (when.equals("answered") || when.equals("no error")) {
            client.awaitHead(1);
        }
        client.reset(1, when.equals("no error") ? Http2Error.NO_ERROR : Http2Error.CANCEL);
        assertThat(heard.get(5, TimeUnit.SECONDS)).isEqualTo("CANCEL");
        assertThat(Planes.last(planes().outbound, 1).reason.code()).isEqualTo("client_gone");
    }

    /// The stream's lane is used again, and nothing of the one given up may be on it.
    @Test
    void whatWasGivenUpIsNoAnswerToTheNextRequest() throws Exception {
        Http2Wire client =
                streams(
                        Http2Wire.serving((server, next) -> {
                            server.headers(next.id, false, ":status: 200");
                            String body = next.path().repeat(2000);
                            server.data(next.id, body, next.path().equals("/short"));
                        }));
        for (int stream = 1; stream < 60; stream += 4) {
            client.get(stream, "/given-up");
            client.awaitBody(stream, 100);
            client.reset(stream, Http2Error.NO_ERROR);
            client.get(stream + 2, "/short");
            assertThat(client.await(stream + 2).text()).isEqualTo("/short".repeat(2000));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Http2Error.class,
            names = {"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "CANCEL", "ENHANCE_YOUR_CALM"})
    void aResetWithinAResponseKeepsItsCode(Http2Error code) throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.headers(1, false, ":status: 200");
                    server.data(1, "half", false);
                    Thread.sleep(50);
                    server.reset(1, code);
                    server.awaitEnd();
                });
        client.get(1, "/");
        Http2Wire.Stream got = client.await(1);
        assertThat(got.text()).isEqualTo("half");
        assertThat(got.ended).isFalse();
        assertThat(got.reset).isEqualTo(code);
    }

    @Test
    void aResetBeforeTheResponseIsAnsweredWhereItIsNotSafeToTryAgain() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.reset(1, Http2Error.INTERNAL_ERROR);
                    server.awaitEnd();
                });
        client.request(1, false, "POST", "/");
        client.data(1, "x", true);
        Http2Wire.Stream got = client.await(1);
        assertThat(got.status()).isEqualTo(503);
        assertThat(got.field("x-proa-reason")).isEqualTo("upstream_reset");
    }

    /// A request that its server has not looked at is tried again, whatever its method.
    @ParameterizedTest
    @ValueSource(strings = {"refused", "goaway"})
    void whatWasNotLookedAtIsTriedAgain(String how) throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        ScriptedServer.Script script =
                Http2Wire.serving((server, next) -> {
                    seen.add(next.text());
                    if (seen.size() > 1) {
                        server.answer(next.id, "second");
                    } else if (how.equals("refused")) {
                        server.reset(next.id, Http2Error.REFUSED_STREAM);
                    } else {
                        server.goAway(0, Http2Error.NO_ERROR);
                    }
                });
        ScriptedServer one = keep(ScriptedServer.playing(script));
        ScriptedServer two = keep(ScriptedServer.playing(script));
        planes(
                Planes.mesh(
                        AppProtocol.DETECT,
                        Planes.rule(Planes.patient(), Duration.ofSeconds(10)),
                        one.port(),
                        two.port()));
        Http2Wire client = streams();
        client.request(1, false, "POST", "/");
        client.data(1, "body", true);
        assertThat(client.await(1).text()).isEqualTo("second");
        assertThat(seen).containsExactly("body", "body");
        assertThat(one.connections.get() + two.connections.get()).isEqualTo(2);
    }

    /// An application that says good-bye finishes what it has begun, and the next request finds
    /// another connection.
    @Test
    void anApplicationThatGoesAwayLosesNothing() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.serve((_, next) -> {
                        server.headers(next.id, false, ":status: 200");
                        server.goAway(next.id, Http2Error.NO_ERROR);
                        Thread.sleep(20);
                        server.data(next.id, "from " + number, true);
                    });
                });
        for (int i = 0; i < 5; i++) {
            client.get(2 * i + 1, "/");
            assertThat(client.await(2 * i + 1).text()).isEqualTo("from " + (i + 1));
        }
    }

    /// A callee that drains warns first; what is under way, and what was sent before the warning
    /// was heard, is answered.
    @Test
    void aDrainingSidecarLosesNothing() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        ScriptedServer.Script script =
                Http2Wire.serving((server, next) -> {
                    go.await();
                    server.answer(next.id, 200, Wire.bytes(3000));
                });
        ScriptedServer one = keep(ScriptedServer.playing(script));
        ScriptedServer two = keep(ScriptedServer.playing(script));
        planes(
                Planes.mesh(
                        AppProtocol.DETECT,
                        Planes.rule(Planes.patient(), Duration.ofSeconds(15)),
                        one.port(),
                        two.port()));
        Http2Wire client = streams();
        int last = 199;
        for (int stream = 1; stream <= last; stream += 2) {
            client.get(stream, "/");
        }
        Thread.sleep(100);
        Thread drain =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                planes().callees.getFirst().drain(5_000_000_000L);
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                        });
        Thread.sleep(20);
        for (int stream = last + 2; stream <= 2 * last; stream += 2) {
            client.get(stream, "/");
        }
        go.countDown();
        for (int stream = 1; stream <= 2 * last; stream += 2) {
            Http2Wire.Stream got = client.await(stream);
            assertThat(got.status()).as("stream " + stream).isEqualTo(200);
            assertThat(got.body.size()).isEqualTo(3000);
        }
        drain.join();
        assertThat(planes().callees.getFirst().served()).isZero();
    }

    @Test
    void aDrainWaitsForNobodyWhoHasNothingUnderWay() throws Exception {
        Http2Wire client = streams(Http2Wire.echoing());
        client.get(1, "/");
        client.await(1);
        assertThat(planes().callees.getFirst().drain(5_000_000_000L)).isTrue();
        client.get(3, "/");
        assertThat(client.await(3).status()).isEqualTo(503);
    }

    /// A server that ends its direction with a stream open has lost it.
    @Test
    void aConnectionThatEndsWithinAResponseResetsTheStream() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.headers(1, false, ":status: 200");
                    server.data(1, "half", false);
                    Thread.sleep(50);
                });
        client.get(1, "/");
        Http2Wire.Stream got = client.await(1);
        assertThat(got.reset).isNotNull();
        client.get(3, "/");
        assertThat(client.await(3).reset).as("the connection itself goes on").isNotNull();
    }

    @Test
    void aClientThatIsGoneGivesAllItsStreamsUp() throws Exception {
        CountDownLatch begun = new CountDownLatch(50);
        CountDownLatch ended = new CountDownLatch(50);
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.credits = false;
                    while (server.read()) {
                        if (server.frames.getLast() == FrameType.RST_STREAM) {
                            ended.countDown();
                        } else if (server.frames.getLast() == FrameType.HEADERS) {
                            begun.countDown();
                        }
                    }
                });
        for (int stream = 1; stream < 100; stream += 2) {
            client.request(stream, stream % 4 == 1, "POST", "/");
        }
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
        client.wire.reset();
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    }
}
