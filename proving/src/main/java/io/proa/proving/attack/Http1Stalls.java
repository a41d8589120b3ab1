package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Bounds;
import io.proa.proving.attack.Attack.Side;
import java.util.ArrayList;
import java.util.List;

/// Clients of HTTP/1.1 that do not go on, or do not let the sidecar go on.
final class Http1Stalls {
    private static final int MANY = 200;
    private static final String IDLE =
            "what has arrived has gone on; a connection that waits holds no buffer, and ends after 5 minutes"
                    + " without a byte";

    private Http1Stalls() {}

    static List<Attack> all() {
        return List.of(
                slowHeaders(),
                silent("silent_connect", "slowloris without a word", ""),
                drip("slow_body", "slowloris on the body (RUDY)", "Content-Length: 100000", "x"),
                drip(
                        "slow_chunks",
                        "the same, in chunks",
                        "Transfer-Encoding: chunked",
                        "1\r\nx\r\n"),
                silent(
                        "expect_stall",
                        "Expect: 100-continue, and nothing more",
                        "POST / HTTP/1.1\r\nHost: o\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"),
                slowRead(),
                bigBody(),
                resets(),
                exhaustion());
    }

    private static Attack slowHeaders() {
        return Attack.stall(
                "slow_headers",
                Side.HTTP1,
                "slowloris",
                11,
                attacker -> {
                    List<Http1Line> lines = new ArrayList<>();
                    for (int i = 0; i < MANY; i++) {
                        Http1Line line = attacker.http1(attacker.doors().small());
                        line.say("GET / HTTP/1.1\r\nHost: o\r\n");
                        lines.add(line);
                    }
                    while (attacker.goesOn() && lines.stream().anyMatch(attacker::goesOn)) {
                        attacker.pause(500);
                        for (Http1Line line : lines) {
                            if (attacker.goesOn(line)) {
                                line.say("a: b\r\n");
                            }
                        }
                    }
                });
    }

    private static Attack silent(String name, String after, String first) {
        Attack.Recipe recipe =
                attacker -> {
                    for (int i = 0; i < MANY; i++) {
                        attacker.http1(attacker.doors().deaf()).say(first);
                    }
                    attacker.await(2500);
                };
        return Attack.harmless(name, Side.HTTP1, after, Bounds.STALL, IDLE, recipe);
    }

    private static Attack drip(String name, String after, String framing, String drop) {
        Attack.Recipe recipe =
                attacker -> {
                    List<Http1Line> lines = new ArrayList<>();
                    for (int i = 0; i < MANY / 2; i++) {
                        Http1Line line = attacker.http1(attacker.doors().small());
                        line.say("POST / HTTP/1.1\r\nHost: o\r\n" + framing + "\r\n\r\n");
                        lines.add(line);
                    }
                    while (attacker.goesOn()) {
                        attacker.pause(100);
                        for (Http1Line line : lines) {
                            if (attacker.goesOn(line)) {
                                line.say(drop);
                            }
                        }
                    }
                };
        return Attack.harmless(name, Side.HTTP1, after, Bounds.STALL, IDLE, recipe);
    }

    private static Attack slowRead() {
        Attack.Recipe recipe =
                attacker -> {
                    for (int i = 0; i < MANY; i++) {
                        attacker.deafHttp1(attacker.doors().large())
                                .say("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
                    }
                    attacker.await(3500);
                };
        return Attack.harmless(
                "slow_read",
                Side.HTTP1,
                "slow read, on 200 connections",
                Bounds.STALL,
                "no more than a buffer or two waits for each; the rest stays with the application",
                recipe);
    }

    private static Attack bigBody() {
        Attack.Recipe recipe =
                attacker -> {
                    Http1Line line = attacker.http1(attacker.doors().deaf());
                    line.say("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 1000000000\r\n\r\n");
                    String piece = "x".repeat(16_000);
                    while (attacker.goesOn(line)) {
                        line.say(piece);
                    }
                };
        return Attack.harmless(
                "big_body_unread",
                Side.HTTP1,
                "a body that the application does not read",
                new Bounds(10_000, 64 << 20, 3),
                "what the application does not read is not read from the client either",
                recipe);
    }

    private static Attack resets() {
        Attack.Recipe recipe =
                attacker -> {
                    while (attacker.goesOn()) {
                        Http1Line line = attacker.http1(attacker.doors().large());
                        line.say("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
                        line.drop();
                    }
                };
        return Attack.harmless(
                "client_rst_storm",
                Side.HTTP1,
                "requests whose connection is reset at once",
                new Bounds(2000, 8 << 20, 4),
                "each is an ordinary end of a client; what was begun for it ends too",
                recipe);
    }

    private static Attack exhaustion() {
        Attack.Recipe recipe =
                attacker -> {
                    for (int i = 0; i < 3000 && attacker.goesOn(); i++) {
                        attacker.http1(attacker.doors().small());
                    }
                    attacker.await(1500);
                };
        return Attack.harmless(
                "connection_exhaustion",
                Side.HTTP1,
                "CVE-2020-8663: 3000 connections without a word",
                Bounds.STALL,
                "a connection that says nothing has no buffer; the process has room for many more",
                recipe);
    }
}
