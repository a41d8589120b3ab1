package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.AppProtocol;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Windows hold from end to end: who does not read holds back whoever sends to it, and nobody else.
@Timeout(30)
final class StreamFlowTest extends Stage {
    private static final int WINDOW = 65_535;

    /// Bytes that may be under way between two who speak over two sidecars: a window each on three
    /// connections, and what lies in slabs between them.
    private static final int MOST_UNDER_WAY = 3 * WINDOW + 8 * 17 * 1024;

    @Test
    void aReaderThatStopsHoldsItsServerBackAndNobodyElse() throws Exception {
        AtomicLong sent = new AtomicLong();
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.headers(1, false, ":status: 200");
                    for (int i = 0; i < 1000; i++) {
                        Http2Wire.Stream third = server.streams.get(3);
                        if (third != null && third.ended && third.body.size() == 0) {
                            server.answer(3, "quick");
                            third.body.write(1);
                        }
                        server.upload(1, Wire.bytes(2000), i == 999);
                        sent.addAndGet(2000);
                    }
                    server.awaitEnd();
                });
        client.credits = false;
        client.get(1, "/slow");
        client.awaitBody(1, WINDOW);
        Thread.sleep(200);
        assertThat(sent.get()).isBetween((long) WINDOW - 2000, (long) MOST_UNDER_WAY);
        assertThat(planes().lentSlabs()).isLessThanOrEqualTo(20);
        Http2Wire other = streams(Http2Wire.INITIAL_WINDOW_SIZE, 1 << 20);
        client.credits = true;
        client.windowUpdate(0, WINDOW);
        client.windowUpdate(1, WINDOW);
        other.get(1, "/quick");
        assertThat(client.await(1).body.size()).isEqualTo(2_000_000);
    }

    @Test
    void aServerThatDoesNotReadHoldsItsClientBack() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.credits = false;
                    server.awaitBody(1, WINDOW);
                    go.await();
                    server.credits = true;
                    server.windowUpdate(0, WINDOW);
                    server.windowUpdate(1, WINDOW);
                    server.await(1);
                    server.answer(1, String.valueOf(server.at(1).body.size()));
                    server.awaitEnd();
                });
        AtomicInteger sent = new AtomicInteger();
        client.request(1, false, "POST", "/");
        Thread sender =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 1000; i++) {
                                    client.upload(1, Wire.bytes(2000), i == 999);
                                    sent.addAndGet(2000);
                                }
                            } catch (java.io.IOException _) {
                                // What is missing is seen below.
                            }
                        });
        Thread.sleep(300);
        assertThat(sent.get()).isBetween(WINDOW - 2000, MOST_UNDER_WAY);
        go.countDown();
        sender.join();
        assertThat(client.await(1).text()).isEqualTo("2000000");
    }

    /// The windows of one stream, and of the connection, are made smaller than what has been sent.
    @Test
    void aWindowMayFallBelowZero() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.next();
                    server.answer(1, 200, Wire.bytes(200_000));
                    server.awaitEnd();
                });
        client.credits = false;
        client.get(1, "/");
        client.awaitBody(1, WINDOW);
        client.settings(Http2Wire.INITIAL_WINDOW_SIZE, 10);
        client.windowUpdate(0, 1 << 20);
        client.windowUpdate(1, WINDOW - 10);
        Thread.sleep(100);
        client.settings(Http2Wire.INITIAL_WINDOW_SIZE, 11);
        client.awaitBody(1, WINDOW + 1);
        Thread.sleep(50);
        assertThat(client.at(1).body.size()).isEqualTo(WINDOW + 1);
        client.windowUpdate(1, 1 << 20);
        assertThat(client.await(1).body.toByteArray()).isEqualTo(Wire.bytes(200_000));
    }

    /// Padding counts against both windows and must be given back with the rest.
    @Test
    void paddingUsesNoWindowUp() throws Exception {
        Http2Wire client = streams(Http2Wire.echoing());
        client.request(1, false, "POST", "/");
        int sent = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] padded = new byte[1 + 10 + 200];
            padded[0] = (byte) 200;
            client.frame(0, Http2Wire.PADDED | (i == 1999 ? 1 : 0), 1, padded);
            sent += 10;
            if (i % 50 == 49) {
                // Whoever had to wait for a window would wait for ever.
                Thread.sleep(2);
            }
        }
        assertThat(client.await(1).body.size()).isEqualTo(sent);
    }

    @Test
    void aThousandStreamsAreServedAtOnce() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(1000);
        Http2Wire client =
                streams((wire, number) -> {
                    connections.incrementAndGet();
                    Http2Wire server = Http2Wire.server(wire);
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    all.await();
                                    for (Http2Wire.Stream each :
                                            java.util.List.copyOf(server.streams.values())) {
                                        server.answer(each.id, each.path());
                                    }
                                } catch (java.io.IOException | InterruptedException _) {
                                    // Unanswered ones are seen.
                                }
                            });
                    while (server.next() != null) {
                        all.countDown();
                    }
                });
        for (int i = 0; i < 1000; i++) {
            client.get(2 * i + 1, "/" + i);
        }
        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 1000; i++) {
            assertThat(client.await(2 * i + 1).text()).isEqualTo("/" + i);
        }
        assertThat(client.mostStreams).isEqualTo(1000);
        assertThat(connections.get()).isLessThanOrEqualTo(11);
    }

    /// An application that takes few at a time is given no more than that.
    @Test
    void noMoreStreamsAreOpenedThanTheServerTakes() throws Exception {
        AtomicInteger most = new AtomicInteger();
        ScriptedServer application =
                keep(
                        ScriptedServer.playing((wire, number) -> {
                            Http2Wire server =
                                    Http2Wire.server(wire, Http2Wire.MAX_CONCURRENT_STREAMS, 5);
                            AtomicInteger answered = new AtomicInteger();
                            server.serve((_, next) -> {
                                int open = server.streams.size() - answered.getAndIncrement();
                                most.accumulateAndGet(open, Math::max);
                                Thread.sleep(2);
                                server.answer(next.id, "ok");
                            });
                        }));
        planes(Planes.mesh(AppProtocol.DETECT, UNHURRIED, application.port()));
        Http2Wire client = streams();
        for (int i = 0; i < 60; i++) {
            client.get(2 * i + 1, "/" + i);
        }
        for (int i = 0; i < 60; i++) {
            assertThat(client.await(2 * i + 1).text()).isEqualTo("ok");
        }
        assertThat(most.get()).isLessThanOrEqualTo(5);
    }

    /// While a client takes nothing it cannot be told what it may send; it must be told later.
    @Test
    void aConnectionThatStoodStillGoesOn() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    server.answer(1, 200, new byte[30_000_000]);
                    server.awaitEnd();
                });
        client.settings(Http2Wire.INITIAL_WINDOW_SIZE, 1 << 30);
        client.windowUpdate(0, 1 << 30);
        client.get(1, "/");
        client.awaitBody(1, 1000);
        Thread.sleep(300);
        byte[] most = new byte[65_000];
        int uploads = 0;
        for (int left = client.window() - 100_000; left > 0; left -= most.length) {
            int stream = 3 + 2 * uploads++;
            client.request(stream, false, "POST", "/");
            client.data(stream, most, false);
        }
        Thread.sleep(300);
        client.await(1);
        // What was sent is not counted off: so much has been allowed again.
        while (client.window() < 700_000) {
            assertThat(client.read()).isTrue();
        }
        for (int i = 0; i < uploads; i++) {
            client.reset(3 + 2 * i, io.proa.formats.Http2Error.CANCEL);
        }
    }
}
