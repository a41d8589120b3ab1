package io.proa.proving.transparency;

import static io.proa.proving.transparency.Texts.body;
import static io.proa.proving.transparency.Texts.chunked;
import static io.proa.proving.transparency.Texts.content;
import static io.proa.proving.transparency.Texts.end;
import static io.proa.proving.transparency.Texts.fill;
import static io.proa.proving.transparency.Texts.head;
import static io.proa.proving.transparency.Texts.hear;
import static io.proa.proving.transparency.Texts.request;
import static io.proa.proving.transparency.Texts.response;
import static io.proa.proving.transparency.Texts.rest;
import static io.proa.proving.transparency.Texts.say;
import static io.proa.proving.transparency.Texts.slowly;

import io.proa.proving.transparency.Step.Pace;
import java.util.ArrayList;
import java.util.List;

/// Bodies of every framing and size, and what belongs to them.
final class BodyPlays {
    private static final int MEGABYTE = 1 << 20;
    private static final long GIGABYTE = 1L << 30;
    private static final int[] SIZES = {0, 1, 65_535, 65_536, 65_537, MEGABYTE};

    private BodyPlays() {}

    static List<Play> all() {
        List<Play> plays = new ArrayList<>();
        for (int size : SIZES) {
            plays.add(
                    Play.http("bodies of " + size + " bytes, Content-Length")
                            .client(
                                    say(request("POST /a", "Content-Length: " + size)),
                                    fill(size, 1),
                                    hear("POST"),
                                    end())
                            .server(
                                    body(),
                                    say(response("200 OK", "Content-Length: " + size)),
                                    fill(size, 2)));
            plays.add(
                    Play.http("bodies of " + size + " bytes, chunked")
                            .client(
                                    say(request("PUT /a", "Transfer-Encoding: chunked")),
                                    say(chunked(3, size, "", "")),
                                    hear("PUT"),
                                    end())
                            .server(
                                    body(),
                                    say(response("201 Created", "Transfer-Encoding: chunked")),
                                    say(chunked(4, size, "", ""))));
        }
        plays.addAll(chunks());
        plays.addAll(expectations());
        plays.addAll(without());
        plays.addAll(early());
        plays.addAll(slow());
        plays.addAll(large());
        return plays;
    }

    private static List<Play> chunks() {
        return List.of(
                Play.http("chunk extensions both ways")
                        .client(
                                say(request("POST /a", "Transfer-Encoding: chunked")),
                                say(chunked(5, 3000, ";a=b;c", "")),
                                hear("POST"),
                                end())
                        .server(
                                body(),
                                say(response("200 OK", "Transfer-Encoding: chunked")),
                                say(chunked(6, 3000, ";name=value", ""))),
                Play.http("trailers both ways")
                        .client(
                                say(
                                        request(
                                                "POST /a",
                                                "TE: trailers",
                                                "Connection: TE",
                                                "Trailer: X-Sum, x-Odd",
                                                "Transfer-Encoding: chunked")),
                                say(chunked(7, 500, "", "X-Sum: 1\r\nx-Odd:  \u00fc \r\n")),
                                hear("POST"),
                                end())
                        .server(
                                body(),
                                say(
                                        response(
                                                "200 OK",
                                                "Trailer: Server-Timing",
                                                "Transfer-Encoding: chunked")),
                                say(chunked(8, 500, "", "Server-Timing: a;dur=1\r\nA: b\r\n"))),
                Play.http("chunk sizes in upper case and with leading zeros")
                        .client(say(request("GET /a")), hear("GET"), end())
                        .server(
                                body(),
                                say(response("200 OK", "Transfer-Encoding: chunked")),
                                say("0A\r\n0123456789\r\n00c\r\nabcdefghijkl\r\n000\r\n\r\n")));
    }

    private static List<Play> expectations() {
        String post = request("POST /a", "Expect: 100-continue", "Content-Length: 5");
        return List.of(
                Play.http("Expect: 100-continue, accepted")
                        .client(say(post), head(), say("hello"), hear("POST"), end())
                        .server(
                                say(Texts.CONTINUE),
                                body(),
                                say(response("200 OK", "Content-Length: 2") + "ok")),
                Play.http("Expect: 100-continue, chunked")
                        .client(
                                say(
                                        request(
                                                "POST /a",
                                                "Expect: 100-Continue",
                                                "Transfer-Encoding: chunked")),
                                head(),
                                say(chunked(9, 70_000, "", "")),
                                hear("POST"),
                                end())
                        .server(
                                say(Texts.CONTINUE),
                                body(),
                                say(response("200 OK", "Content-Length: 0"))),
                Play.http("Expect: 100-continue, refused by a final status")
                        .client(say(post), hear("POST"), end())
                        .server(
                                say(
                                        response(
                                                "417 Expectation Failed",
                                                "Connection: close",
                                                "Content-Length: 2")),
                                say("no"),
                                new Step.Close()),
                Play.http("Expect: 100-continue, the body is sent without waiting")
                        .client(say(post + "hello"), hear("POST"), end())
                        .server(body(), say(response("200 OK", "Content-Length: 0"))),
                Play.http("Expect: 100-continue without a body")
                        .client(say(request("GET /a", "Expect: 100-continue")), hear("GET"), end())
                        .server(body(), say(response("200 OK", "Content-Length: 0")))
                        .but(Difference.EXPECT_WITHOUT_BODY),
                Play.http("100 Continue that nobody asked for")
                        .client(
                                say(request("POST /a", "Content-Length: 3") + "abc"),
                                hear("POST"),
                                end())
                        .server(
                                say(Texts.CONTINUE),
                                body(),
                                say(response("200 OK", "Content-Length: 0"))),
                Play.http("103 Early Hints twice, then 102")
                        .client(say(request("GET /a")), hear("GET"), end())
                        .server(
                                body(),
                                say(response("103 Early Hints", "Link: </a>; rel=preload")),
                                rest(20),
                                say(response("103 Early Hints", "Link: </b>", "X-Odd:  1")),
                                say(response("102 Processing")),
                                say(response("200 OK", "Content-Length: 1") + "x")));
    }

    private static List<Play> without() {
        return List.of(
                Play.http("HEAD with the length of what is not sent")
                        .client(
                                say(request("HEAD /a") + request("GET /b")),
                                hear("HEAD"),
                                hear("GET"),
                                end())
                        .server(body(), say(response("200 OK", "Content-Length: 1000")))
                        .server(body(), say(response("200 OK", "Content-Length: 1") + "x")),
                Play.http("HEAD of what would be chunked")
                        .client(say(request("HEAD /a")), hear("HEAD"), end())
                        .server(body(), say(response("200 OK", "Transfer-Encoding: chunked"))),
                Play.http("204 and 304, and the connection goes on")
                        .client(
                                say(request("DELETE /a")),
                                hear("DELETE"),
                                say(request("GET /b", "If-None-Match: \"x\"")),
                                hear("GET"),
                                say(request("GET /c")),
                                hear("GET"),
                                end())
                        .server(body(), say(response("204 No Content", "ETag: \"x\"")))
                        .server(
                                body(),
                                say(
                                        response(
                                                "304 Not Modified",
                                                "ETag: \"x\"",
                                                "Content-Length: 77")))
                        .server(body(), say(response("200 OK", "Content-Length: 1") + "x")),
                Play.http("204 that says Content-Length: 0")
                        .client(say(request("DELETE /a")), hear("DELETE"), end())
                        .server(body(), say(response("204 No Content", "Content-Length: 0")))
                        .but(Difference.NO_LENGTH),
                Play.http("response without a length, ended by the connection")
                        .client(say(request("GET /a")), hear("GET"))
                        .server(
                                body(),
                                say(response("200 OK", "Connection: close")),
                                fill(100_000, 10),
                                new Step.Close()),
                Play.http("GET with a body")
                        .client(
                                say(request("GET /a", "Content-Length: 5") + "hello"),
                                hear("GET"),
                                end())
                        .server(body(), say(response("200 OK", "Content-Length: 0"))));
    }

    private static List<Play> early() {
        return List.of(
                Play.http("413 before the body has come, and the end")
                        .client(
                                say(request("POST /a", "Content-Length: 1000000")),
                                fill(10_000, 11),
                                hear("POST"),
                                new Step.Close())
                        .server(
                                rest(30),
                                say(
                                        response(
                                                "413 Content Too Large",
                                                "Connection: close",
                                                "Content-Length: 3")),
                                say("big"),
                                new Step.EndOutput(),
                                rest(150),
                                new Step.Close()),
                Play.http("200 begins before the body has come, both go on")
                        .client(
                                say(request("POST /a", "Content-Length: 300000")),
                                fill(100_000, 12),
                                head(),
                                fill(200_000, 13),
                                body(),
                                end())
                        .server(
                                say(response("200 OK", "Content-Length: 200000")),
                                fill(1000, 14),
                                body(),
                                fill(199_000, 15)));
    }

    private static List<Play> slow() {
        Pace reader = new Pace(8192, 1);
        return List.of(
                Play.http("everything byte by byte")
                        .client(
                                slowly(
                                        request("POST /a", "Transfer-Encoding: chunked")
                                                + chunked(16, 20, ";x", "T: 1\r\n"),
                                        1,
                                        1),
                                hear("POST"),
                                end())
                        .server(
                                body(),
                                slowly(
                                        response("200 OK", "Transfer-Encoding: chunked")
                                                + chunked(17, 20, ";y", "T: 1\r\n"),
                                        1,
                                        1)),
                Play.http("a client that reads slowly")
                        .client(say(request("GET /a")), new Step.HearResponse("GET", reader), end())
                        .server(
                                body(),
                                say(response("200 OK", "Content-Length: 3000000")),
                                fill(3_000_000, 18)),
                Play.http("a server that reads slowly")
                        .client(
                                say(request("POST /a", "Content-Length: 3000000")),
                                fill(3_000_000, 19),
                                hear("POST"),
                                end())
                        .server(
                                new Step.HearBody(reader),
                                say(response("200 OK", "Content-Length: 0"))),
                Play.http("an answer in pieces")
                        .client(say(request("GET /a")), hear("GET"), end())
                        .server(
                                body(),
                                say("HTTP/1.1 200 "),
                                rest(20),
                                say("OK\r\nContent-Length: 9\r\n\r\n"),
                                slowly(content(20, 9), 3, 20)));
    }

    private static List<Play> large() {
        return List.of(
                Play.http("an answer of 1 GiB")
                        .client(say(request("GET /large")), hear("GET"), end())
                        .server(
                                body(),
                                say(response("200 OK", "Content-Length: " + GIGABYTE)),
                                fill(GIGABYTE, 21))
                        .onlySeldom(),
                Play.http("a request of 1 GiB")
                        .client(
                                say(request("PUT /large", "Content-Length: " + GIGABYTE)),
                                fill(GIGABYTE, 22),
                                hear("PUT"),
                                end())
                        .server(body(), say(response("200 OK", "Content-Length: 0")))
                        .onlySeldom(),
                Play.http("an answer after 16 s")
                        .client(say(request("GET /a")), hear("GET"), end())
                        .server(body(), rest(16_000), say(response("200 OK", "Content-Length: 0")))
                        .onlySeldom());
    }
}
