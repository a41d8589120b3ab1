package io.proa.proving.attack;

import static io.proa.proving.attack.Http2Line.CONTINUATION;
import static io.proa.proving.attack.Http2Line.DATA;
import static io.proa.proving.attack.Http2Line.END_HEADERS;
import static io.proa.proving.attack.Http2Line.END_STREAM;
import static io.proa.proving.attack.Http2Line.GOAWAY;
import static io.proa.proving.attack.Http2Line.HEADERS;
import static io.proa.proving.attack.Http2Line.PING;
import static io.proa.proving.attack.Http2Line.PUSH_PROMISE;
import static io.proa.proving.attack.Http2Line.RST_STREAM;
import static io.proa.proving.attack.Http2Line.SETTINGS;
import static io.proa.proving.attack.Http2Line.WINDOW_UPDATE;

import io.proa.formats.Http2Error;
import io.proa.proving.attack.Attack.Ending;
import io.proa.proving.attack.Attack.Side;
import io.proa.proving.framing.Http2Frames;
import java.nio.ByteBuffer;
import java.util.List;

/// Upstreams of HTTP/2 that answer requests with what no server should. Whatever they do, the
/// client gets an answer of the sidecar's or a reset, and never a success.
final class UpstreamAttacks {
    private static final int REQUESTS = 20;
    private static final int FLOOD = 20_000;
    private static final byte[] OK = {(byte) 0x88};

    private UpstreamAttacks() {}

    static List<Attack> all() {
        return List.of(
                part(
                        "goaway_before",
                        "CVE-2023-35945",
                        (stage, _) -> stage.frame(GOAWAY, 0, 0, goAway(0))),
                part(
                        "goaway_flood",
                        "CVE-2023-35945",
                        (stage, _) -> {
                            for (int i = 0; i < FLOOD; i++) {
                                stage.frame(GOAWAY, 0, 0, goAway(Integer.MAX_VALUE));
                            }
                        }),
                part("rst_refused", "CVE-2023-35945", reset(Http2Error.REFUSED_STREAM)),
                part("rst_internal", "resets instead of answers", reset(Http2Error.INTERNAL_ERROR)),
                part(
                        "up_settings_flood",
                        "CVE-2019-9515",
                        (stage, _) -> {
                            for (int i = 0; i < FLOOD; i++) {
                                stage.frame(SETTINGS, 0, 0);
                            }
                        }),
                part(
                        "up_ping_flood",
                        "CVE-2019-9512",
                        (stage, _) -> {
                            for (int i = 0; i < FLOOD; i++) {
                                stage.frame(PING, 0, 0, new byte[8]);
                            }
                        }),
                part(
                        "up_continuation_flood",
                        "CVE-2024-27919",
                        (stage, stream) -> {
                            stage.frame(HEADERS, 0, stream, OK);
                            for (int i = 0; i < FLOOD; i++) {
                                stage.frame(CONTINUATION, 0, stream, new byte[100]);
                            }
                        }),
                part(
                        "up_window_overflow",
                        "RFC 9113, 6.9.1",
                        (stage, _) -> {
                            stage.frame(WINDOW_UPDATE, 0, 0, Http2Frames.word(Integer.MAX_VALUE));
                            stage.frame(WINDOW_UPDATE, 0, 0, Http2Frames.word(Integer.MAX_VALUE));
                        }),
                part(
                        "up_interim_flood",
                        "1xx without an end",
                        (stage, stream) -> {
                            byte[] early = new FieldText().field(":status", "103").bytes();
                            for (int i = 0; i < FLOOD; i++) {
                                stage.frame(HEADERS, END_HEADERS, stream, early);
                            }
                        }),
                part(
                        "up_push_promise",
                        "RFC 9113, 8.4",
                        (stage, stream) -> {
                            stage.frame(PUSH_PROMISE, END_HEADERS, stream, Http2Frames.word(2));
                        }),
                head("up_crlf_in_name", "CVE-2025-67735", field("x\r\ny", "z")),
                head("up_crlf_in_value", "CVE-2025-67735", field("x-a", "b\r\nx-c: d")),
                head("up_nul_in_value", "CVE-2019-9900", field("x-a", "b\0c")),
                head("up_bad_status", "status 1, 99, x00", new FieldText().field(":status", "x00")),
                head("up_two_status", "two of them", field(":status", "200")),
                head("up_status_101", "CVE-2024-23326", new FieldText().field(":status", "101")),
                head(
                        "up_two_lengths",
                        "lengths that differ",
                        field("content-length", "5").field("content-length", "6")),
                head(
                        "up_transfer_encoding",
                        "a field of HTTP/1.1",
                        field("transfer-encoding", "chunked")),
                part(
                        "up_huge_head",
                        "a head of 120 KB",
                        (stage, stream) -> {
                            stage.frame(HEADERS, END_STREAM, stream, OK);
                            byte[] more = new FieldText().field("x-a", "y".repeat(15_000)).bytes();
                            for (int i = 1; i <= 8; i++) {
                                stage.frame(CONTINUATION, i == 8 ? END_HEADERS : 0, stream, more);
                            }
                        }),
                body(
                        "up_pseudo_in_trailers",
                        "RFC 9113, 8.1",
                        (stage, stream) -> {
                            stage.frame(DATA, 0, stream, (byte) 'a');
                            byte[] trailers = new FieldText().field(":status", "200").bytes();
                            stage.frame(HEADERS, END_HEADERS | END_STREAM, stream, trailers);
                        }),
                body(
                        "up_more_than_window",
                        "RFC 9113, 6.9.1",
                        (stage, stream) -> {
                            for (int i = 0; i < 100; i++) {
                                stage.frame(DATA, 0, stream, new byte[16_384]);
                            }
                        }),
                body(
                        "up_empty_data",
                        "CVE-2019-9518",
                        (stage, stream) -> {
                            for (int i = 0; i < FLOOD; i++) {
                                stage.frame(DATA, 0, stream);
                            }
                        }));
    }

    private static byte[] goAway(int last) {
        return ByteBuffer.allocate(8).putInt(last).putInt(0).array();
    }

    private static HostileOrigin.Part reset(Http2Error error) {
        return (stage, stream) ->
                stage.frame(RST_STREAM, 0, stream, Http2Frames.word(error.code()));
    }

    /// Behind `:status 200`.
    private static FieldText field(String name, String value) {
        return FieldText.response().field(name, value);
    }

    private static Attack head(String name, String after, FieldText text) {
        return part(
                name,
                after,
                (stage, stream) ->
                        stage.frame(HEADERS, END_HEADERS | END_STREAM, stream, text.bytes()));
    }

    /// The head of such an answer is good, and goes on before the rest has come.
    private static Attack body(String name, String after, HostileOrigin.Part rest) {
        HostileOrigin.Part all =
                (stage, stream) -> {
                    stage.frame(HEADERS, END_HEADERS, stream, OK);
                    rest.play(stage, stream);
                };
        return attack(name, after, all, true);
    }

    private static Attack part(String name, String after, HostileOrigin.Part part) {
        return attack(name, after, part, false);
    }

    private static Attack attack(
            String name, String after, HostileOrigin.Part part, boolean headIsGood) {
        Attack.Recipe recipe =
                attacker -> {
                    attacker.doors().upstream().plays(part);
                    Http2Line line = attacker.http2(attacker.doors().hostile());
                    for (int i = 0; i < REQUESTS && attacker.goesOn(line); i++) {
                        line.get(2 * i + 1);
                        line.flush();
                        for (int n = 0; line.streamsEnded.get() <= i && n < 150; n++) {
                            attacker.pause(5);
                        }
                    }
                    int whole = headIsGood ? line.endedInOrder.get() : line.succeeded.get();
                    attacker.asked(REQUESTS, line.streamsEnded.get(), whole);
                };
        return new Attack(
                name, Side.UPSTREAM, after, new Ending.Ended(3), Attack.Bounds.STALL, recipe);
    }
}
