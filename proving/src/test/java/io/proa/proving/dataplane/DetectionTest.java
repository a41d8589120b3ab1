package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.formats.Beginnings;
import io.proa.model.AppProtocol;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who speaks first decides what a connection is; no timer does.
@Timeout(20)
final class DetectionTest extends Stage {
    private void detecting(ScriptedServer.Script script) throws IOException {
        detecting(keep(ScriptedServer.playing(script)));
    }

    private void detecting(ScriptedServer application) throws IOException {
        planes(Planes.mesh(AppProtocol.DETECT, UNHURRIED, keep(application).port()));
    }

    private static void greet(Wire wire, int delay) throws IOException, InterruptedException {
        Thread.sleep(delay);
        wire.send("220 hello\r\n");
        wire.send(wire.exactly(4));
    }

    /// The client waits for the greeting, and may be slow to answer it.
    @ParameterizedTest
    @ValueSource(strings = {"0 0", "0 60", "60 0", "3 3", "200 0"})
    void aServerMaySpeakFirst(String delays) throws Exception {
        int server = Integer.parseInt(delays.split(" ", -1)[0]);
        int client = Integer.parseInt(delays.split(" ", -1)[1]);
        detecting((wire, number) -> greet(wire, server));
        for (int i = 0; i < 3; i++) {
            Wire wire = connect();
            assertThat(new String(wire.exactly(11), java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("220 hello\r\n");
            Thread.sleep(client);
            wire.send("QUIT");
            assertThat(wire.exactly(4)).hasSize(4);
            wire.close();
        }
        assertThat(Planes.last(planes().outbound, 3).method).isEqualTo("TCP");
    }

    @Test
    void aServerThatIsKnownToSpeakFirstIsNotWaitedFor() throws Exception {
        detecting((wire, number) -> greet(wire, 0));
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long begun = System.nanoTime();
            Wire wire = connect();
            wire.exactly(11);
            best = Math.min(best, System.nanoTime() - begun);
            wire.send("QUIT");
            wire.exactly(4);
        }
        // On a busy machine most may take longer.
        assertThat(best).isLessThan(5_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GE", "GET", "GET /", "GET / HTTP/1.1\r\nHo", "\r\n", "FROB /"})
    void aClientThatHesitatesWithinHttpIsWaitedFor(String begun) throws Exception {
        detecting(ScriptedServer.answering());
        Wire wire = connect();
        String whole =
                begun.startsWith("FROB")
                        ? "FROB / HTTP/1.1\r\nHost: o\r\n\r\n"
                        : "GET / HTTP/1.1\r\nHost: o\r\n\r\n";
        String all = begun.equals("\r\n") ? begun + whole : whole;
        wire.send(begun);
        Thread.sleep(120);
        wire.send(all.substring(begun.length()));
        assertThat(wire.response().status()).isEqualTo(200);
        assertThat(Planes.last(planes().outbound, 1).method).isNotEqualTo("TCP");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 14, 18, 23})
    void aClientThatHesitatesWithinThePrefaceIsWaitedFor(int bytes) throws Exception {
        detecting(Http2Wire.echoing());
        Wire wire = connect();
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        wire.send(java.util.Arrays.copyOf(preface, bytes));
        Thread.sleep(120);
        wire.send(java.util.Arrays.copyOfRange(preface, bytes, preface.length));
        Http2Wire client = keep(Http2Wire.continuing(wire));
        client.get(1, "/");
        assertThat(client.await(1).status()).isEqualTo(200);
    }

    /// A speculative connection may stand then; the server hears nothing on it but its end.
    @ParameterizedTest
    @ValueSource(strings = {"1.1", "2"})
    void httpAfterSilenceIsHttp(String version) throws Exception {
        ScriptedServer application =
                version.equals("2") ? Http2Wire.echoing() : ScriptedServer.answering();
        detecting(application);
        Wire wire = connect();
        Thread.sleep(100);
        assertThat(application.connections.get()).isEqualTo(1);
        if (version.equals("2")) {
            Http2Wire client = keep(Http2Wire.client(wire));
            client.get(1, "/");
            assertThat(client.await(1).status()).isEqualTo(200);
        } else {
            wire.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
            assertThat(wire.response().status()).isEqualTo(200);
        }
        assertThat(application.connections.get()).isEqualTo(2);
        assertThat(Planes.last(planes().outbound, 1).method).isEqualTo("GET");
    }

    @Test
    void whoseClientsSpeakHttpGetsNoSpeculativeConnection() throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        detecting(application);
        Wire first = connect();
        first.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
        assertThat(first.response().status()).isEqualTo(200);
        for (int i = 0; i < 5; i++) {
            Wire wire = connect();
            Thread.sleep(30);
            wire.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
            assertThat(wire.response().status()).isEqualTo(200);
        }
        assertThat(application.connections.get()).isEqualTo(1);
    }

    @Test
    void anEndWithoutAWordReachesTheServer() throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        detecting((wire, number) -> {
            read.complete(wire.in.read());
            wire.send("bye");
        });
        Wire wire = connect();
        wire.socket.shutdownOutput();
        assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(wire.in.readAllBytes()).isEqualTo("bye".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void anEndAfterSilenceReachesTheServer() throws Exception {
        CompletableFuture<Integer> read = new CompletableFuture<>();
        detecting((wire, number) -> {
            read.complete(wire.in.read());
            wire.send("bye");
        });
        Wire wire = connect();
        Thread.sleep(60);
        wire.socket.shutdownOutput();
        assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(wire.in.readAllBytes()).isEqualTo("bye".getBytes(StandardCharsets.US_ASCII));
    }

    /// Such as a TLS ClientHello, or a Redis command.
    @Test
    void otherBytesArePassedOnAtOnce() throws Exception {
        detecting((wire, number) -> wire.send(wire.exactly(5)));
        for (String text : new String[] {"\u0016\u0003\u0001\u0002\0", "*1\r\n$", "hello"}) {
            Wire wire = connect();
            if (text.equals("hello")) {
                // It could be the beginning of a method nobody knows.
                wire.send(text);
                wire.socket.shutdownOutput();
            } else {
                wire.send(text);
            }
            assertThat(wire.exactly(5)).isEqualTo(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"leave", "reset", "http"})
    void whatIsWithdrawnLeavesNothing(String how) throws Exception {
        ScriptedServer application = ScriptedServer.answering();
        detecting(application);
        for (int i = 0; i < 10; i++) {
            // Nothing is remembered of those who leave.
            Wire wire = connect();
            Thread.sleep(15);
            switch (how) {
                case "leave" -> wire.close();
                case "reset" -> wire.reset();
                default -> {
                    wire.send("GET / HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\r\n");
                    assertThat(wire.response().status()).isEqualTo(200);
                }
            }
        }
        assertThat(
                        Planes.within(
                                Duration.ofSeconds(4),
                                () -> {
                                    try {
                                        // One connection of HTTP lies in its pool.
                                        int served = how.equals("http") ? 1 : 0;
                                        return planes().held().get(2) <= served
                                                && planes().lentSlabs() == 0;
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                }))
                .as("held: %s", planes().held())
                .isTrue();
    }

    /// One request that went astray says nothing of who answers there.
    @Test
    void whatAClientSendsDoesNotMakeAPortOneOfHttp() throws Exception {
        detecting((wire, number) -> {
            wire.send("220 hello\r\n");
            wire.in.readAllBytes();
        });
        Wire astray = connect();
        astray.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
        assertThat(astray.response().status()).isEqualTo(502);
        for (int i = 0; i < 2; i++) {
            Wire wire = connect();
            assertThat(wire.exactly(11)).startsWith("220 ".getBytes(StandardCharsets.US_ASCII));
            wire.close();
        }
    }

    @Test
    void saysWhatWasDetectedAndHow() throws Exception {
        detecting((wire, number) -> greet(wire, 0));
        for (int i = 0; i < 2; i++) {
            Wire wire = connect();
            wire.exactly(11);
            wire.send("QUIT");
            wire.exactly(4);
            wire.close();
        }
        assertThat(planes().detected)
                .containsSubsequence(
                        "outbound server_first speculation", "outbound server_first remembered")
                .contains("inbound opaque caller");
        assertThat(planes().destinations())
                .singleElement()
                .satisfies(
                        known -> assertThat(known.spoken()).isEqualTo(SpokenProtocol.SERVER_FIRST));
    }

    @Test
    void believesAnswersInHttp() throws Exception {
        detecting(ScriptedServer.answering());
        Wire wire = connect();
        wire.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
        assertThat(wire.response().status()).isEqualTo(200);
        assertThat(planes().detected)
                .containsExactlyInAnyOrder("outbound http1 first_bytes", "inbound http1 caller");
        assertThat(planes().destinations())
                .singleElement()
                .satisfies(known -> assertThat(known.spoken()).isEqualTo(SpokenProtocol.HTTP1));
    }

    /// Such as ZooKeeper's, or the handshake of a debugger.
    @ParameterizedTest
    @ValueSource(strings = {"ruok", "JDWP-Handshake"})
    void aWordWithoutALineIsNotHeldUp(String word) throws Exception {
        detecting((wire, number) -> wire.send(wire.exactly(word.length())));
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long begun = System.nanoTime();
            Wire wire = connect();
            wire.send(word);
            assertThat(wire.exactly(word.length()))
                    .isEqualTo(word.getBytes(StandardCharsets.US_ASCII));
            best = Math.min(best, System.nanoTime() - begun);
        }
        assertThat(best).isLessThan(100_000_000L);
    }

    @Test
    void aClientOfHttpIsToldThatTheServerIsGone() throws Exception {
        ScriptedServer gone = ScriptedServer.answering();
        gone.close();
        planes(Planes.mesh(AppProtocol.DETECT, UNHURRIED, gone.port()));
        Wire wire = connect();
        Thread.sleep(400);
        wire.send("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
        Wire.Message answer = wire.response();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("x-proa-reason")).isEqualTo("connect_failed");
    }

    @Test
    void whoWaitsForAServerThatSpeaksFirstAndIsGoneIsResetAtOnce() throws Exception {
        ScriptedServer server = ScriptedServer.playing((wire, number) -> greet(wire, 0));
        detecting(server);
        Wire first = connect();
        first.exactly(11);
        first.close();
        server.close();
        long begun = System.nanoTime();
        Wire wire = connect();
        assertThatThrownBy(wire.in::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
        assertThat(System.nanoTime() - begun).isLessThan(3_000_000_000L);
        assertThat(Planes.last(planes().outbound, 2).reason).isNotEqualTo(Reason.NONE);
    }

    /// The server is told each byte, and the log whom the client asked for.
    @ParameterizedTest
    @ValueSource(ints = {16384, 100, 1})
    void tlsOfTheApplicationPassesAndIsTold(int recordSize) throws Exception {
        byte[] hello = Beginnings.hello("Inner.Example", recordSize, "h2", "http/1.1");
        detecting((wire, number) -> wire.send(wire.exactly(hello.length)));
        Wire wire = connect();
        for (int i = 0; i < hello.length; i += 50) {
            wire.send(Arrays.copyOfRange(hello, i, Math.min(hello.length, i + 50)));
            if (i < 200) {
                Thread.sleep(5);
            }
        }
        assertThat(wire.exactly(hello.length)).isEqualTo(hello);
        wire.close();
        ExchangeRecord record = Planes.last(planes().outbound, 1);
        assertThat(record.ownTls).isTrue();
        assertThat(record.serverName).isEqualTo("inner.example");
        assertThat(record.offeredProtocols).isEqualTo("h2 http/1.1");
        assertThat(planes().detected).contains("outbound tls first_bytes");
        assertThat(Planes.last(planes().inbound, 1).serverName).isEqualTo("inner.example");
    }

    @Test
    void aServerThatIsGoneResetsWhoWaitsForIt() throws Exception {
        ScriptedServer gone = ScriptedServer.answering();
        gone.close();
        planes(Planes.mesh(AppProtocol.DETECT, UNHURRIED, gone.port()));
        Wire wire = connect();
        assertThatThrownBy(wire.in::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset");
    }
}
