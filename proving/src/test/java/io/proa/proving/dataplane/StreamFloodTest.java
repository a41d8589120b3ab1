package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.Http2Error;
import io.proa.proving.framing.Http2Frames;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What leads nowhere ends the connection that it comes on, early and with the word for it; the
/// neighbours go on.
@Timeout(30)
final class StreamFloodTest extends Stage {
    private static final byte[] NOTHING = {};

    /// What is repeated, so many times at most.
    enum Flood {
        RESETS(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.get(2 * i + 3, "/");
                client.reset(2 * i + 3, Http2Error.CANCEL);
            }
        },
        RESETS_WITHOUT_ERROR(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.get(2 * i + 3, "/");
                client.reset(2 * i + 3, Http2Error.NO_ERROR);
            }
        },
        REFUSALS(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.request(2 * i + 3, false, "POST", "/");
                client.reset(2 * i + 3, Http2Error.REFUSED_STREAM);
            }
        },
        WINDOWS_BY_NOTHING(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.request(2 * i + 3, false, "POST", "/");
                client.windowUpdate(2 * i + 3, 0);
            }
        },
        OVERFLOWS(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.request(2 * i + 3, false, "POST", "/");
                client.windowUpdate(2 * i + 3, Integer.MAX_VALUE);
            }
        },
        PRIORITIES_OF_WRONG_LENGTH(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.request(2 * i + 3, false, "POST", "/");
                client.frame(2, 0, 2 * i + 3, new byte[4]);
            }
        },
        BAD_HEADS(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.request(2 * i + 3, true, "GET", "/", "Upper: case");
            }
        },
        DATA_BEHIND_THE_END(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.get(2 * i + 3, "/");
                client.data(2 * i + 3, "x", true);
            }
        },
        LARGE_HEADS(300) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.request(2 * i + 3, true, "GET", "/", "x: " + "y".repeat(33_000));
            }
        },
        PINGS(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.frame(6, 0, 0, new byte[8]);
            }
        },
        ANSWERS_TO_NO_PING(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.frame(6, 1, 0, new byte[8]);
            }
        },
        SETTINGS(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.settings(Http2Wire.INITIAL_WINDOW_SIZE, i);
            }
        },
        EMPTY_DATA(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                if (i == 0) {
                    client.request(3, false, "POST", "/");
                }
                client.data(3, NOTHING, false);
            }
        },
        NOTHING_BUT_PADDING(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                if (i == 0) {
                    client.request(3, false, "POST", "/");
                }
                client.frame(0, Http2Wire.PADDED, 3, new byte[] {1, 0});
            }
        },
        PRIORITIES(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.frame(2, 0, 3, new byte[5]);
            }
        },
        WINDOW_UPDATES(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.windowUpdate(0, 1);
            }
        },
        UNKNOWN_FRAMES(3000) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.frame(77, 0, 1, NOTHING);
            }
        },
        CONTINUATIONS(100) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.frame(
                        i == 0 ? 1 : 9,
                        0,
                        3,
                        i == 0 ? Http2Frames.block(List.of("a: b")) : NOTHING);
            }
        },
        LONG_CONTINUATIONS(100) {
            @Override
            void send(Http2Wire client, int i) throws IOException {
                client.frame(i == 0 ? 1 : 9, 0, 3, new byte[16_000]);
            }
        };

        final int most;

        Flood(int most) {
            this.most = most;
        }

        abstract void send(Http2Wire client, int i) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Flood.class)
    void aFloodEndsItsConnectionAndNoOther(Flood flood) throws Exception {
        Http2Wire bad = streams(Http2Wire.echoing());
        Http2Wire good = streams();
        Thread sender =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < flood.most; i++) {
                                    flood.send(bad, i);
                                }
                            } catch (IOException _) {
                                // It was ended, as it should be.
                            }
                        });
        for (int i = 0; i < 20; i++) {
            good.get(2 * i + 1, "/good");
            assertThat(good.await(2 * i + 1).status()).isEqualTo(200);
        }
        String end;
        try {
            end = bad.awaitEnd();
        } catch (java.net.SocketException _) {
            end = bad.goAways.isEmpty() ? "reset" : bad.goAways.getLast();
        }
        assertThat(end).startsWith("ENHANCE_YOUR_CALM");
        assertThat(sender.join(java.time.Duration.ofSeconds(5))).isTrue();
        good.request(101, false, "POST", "/good");
        good.upload(101, Wire.bytes(100_000), true);
        assertThat(good.await(101).body.size()).isEqualTo(100_000);
    }

    /// Both windows for each frame, and all of it late: slow, but within the rules.
    @Test
    void whoGivesBackEachFrameByItselfIsNoFlood() throws Exception {
        Http2Wire client = streams(Http2Wire.echoing());
        client.credits = false;
        int last = 2 * 2500 + 1;
        for (int stream = 1; stream < last; stream += 2) {
            client.request(stream, false, "POST", "/");
            client.data(stream, "x", true);
            assertThat(client.await(stream).status()).isEqualTo(200);
        }
        for (int stream = 1; stream < last; stream += 2) {
            client.windowUpdate(0, 1);
            client.windowUpdate(stream, 1);
        }
        client.get(last, "/");
        assertThat(client.await(last).status()).isEqualTo(200);
    }

    /// It answers what it was asked, and it was the sidecar that asked.
    @Test
    void aServerThatResetsWhateverItIsAskedKeepsItsConnection() throws Exception {
        ScriptedServer application =
                ScriptedServer.playing(
                        Http2Wire.serving((server, next) -> {
                            server.reset(next.id, Http2Error.INTERNAL_ERROR);
                        }));
        Http2Wire client = streams(application);
        for (int i = 0; i < 400; i++) {
            client.request(2 * i + 1, false, "POST", "/");
            client.data(2 * i + 1, "x", true);
            assertThat(client.await(2 * i + 1).status()).isEqualTo(503);
        }
        assertThat(application.connections.get()).isEqualTo(1);
    }

    /// No window bounds heads; a reader that has stopped must not be sent any number of them.
    @Test
    void interimResponsesWithoutEndAreNotKept() throws Exception {
        Http2Wire client =
                streams((wire, number) -> {
                    Http2Wire server = Http2Wire.server(wire);
                    server.awaitHead(1);
                    for (int i = 0; i < 2500; i++) {
                        server.headers(1, false, ":status: 103", "link: " + "x".repeat(8000));
                    }
                    server.awaitEnd();
                });
        client.get(1, "/");
        Thread.sleep(500);
        assertThat(planes().lentSlabs()).isLessThan(40);
        Http2Wire.Stream got = client.await(1);
        assertThat(got.reset != null || got.status() >= 500).isTrue();
    }
}
