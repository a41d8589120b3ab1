package io.proa.proving.transparency;

import static io.proa.proving.transparency.Texts.body;
import static io.proa.proving.transparency.Texts.content;
import static io.proa.proving.transparency.Texts.end;
import static io.proa.proving.transparency.Texts.exactly;
import static io.proa.proving.transparency.Texts.fill;
import static io.proa.proving.transparency.Texts.head;
import static io.proa.proving.transparency.Texts.hear;
import static io.proa.proving.transparency.Texts.request;
import static io.proa.proving.transparency.Texts.response;
import static io.proa.proving.transparency.Texts.rest;
import static io.proa.proving.transparency.Texts.say;
import static io.proa.proving.transparency.Texts.untilEnd;

import java.util.ArrayList;
import java.util.List;

/// How connections of HTTP are used, turned into something else, and ended.
final class ConnectionPlays {
    private static final String OK = response("200 OK", "Content-Length: 2") + "ok";
    private static final int CROWD = 100;

    private ConnectionPlays() {}

    static List<Play> all() {
        List<Play> plays = new ArrayList<>();
        plays.addAll(series());
        plays.add(crowd());
        plays.addAll(upgrades());
        plays.addAll(ends());
        plays.addAll(noAnswers());
        plays.addAll(brokenOff());
        return plays;
    }

    private static List<Play> series() {
        Play pipeline = Play.http("ten requests in one write");
        StringBuilder all = new StringBuilder();
        List<Step> client = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            boolean post = i % 3 == 1;
            all.append(
                    post
                            ? request("POST /" + i, "Content-Length: 1000") + content(i, 1000)
                            : request("GET /" + i));
            client.add(hear(post ? "POST" : "GET"));
            pipeline =
                    pipeline.server(
                            body(),
                            rest(i % 4),
                            say(response("200 OK", "Content-Length: " + i * 100)),
                            fill(i * 100, i));
        }
        client.addFirst(say(all.toString()));
        client.add(end());
        Play keptOpen = Play.http("ten requests one after the other");
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            steps.add(say(request("GET /" + i)));
            steps.add(hear("GET"));
            keptOpen = keptOpen.server(body(), say(OK));
        }
        steps.add(end());
        return List.of(
                pipeline.client(client.toArray(Step[]::new)),
                keptOpen.client(steps.toArray(Step[]::new)));
    }

    private static Play crowd() {
        Play play = Play.http(CROWD + " connections at the same time");
        for (int i = 0; i < CROWD; i++) {
            int size = 100 + i * 397;
            play =
                    play.client(
                                    say(
                                            request(
                                                    "POST /" + i,
                                                    Play.LANE + ": " + i,
                                                    "Content-Length: " + size)),
                                    fill(size, i),
                                    hear("POST"),
                                    end())
                            .server(
                                    body(),
                                    rest(i % 20),
                                    say(response("200 OK", "Content-Length: " + size)),
                                    fill(size, i + CROWD));
        }
        return play;
    }

    private static List<Play> upgrades() {
        String ask =
                request(
                        "GET /chat",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "Sec-WebSocket-Version: 13");
        String agree =
                response(
                        "101 Switching Protocols",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return List.of(
                Play.http("WebSocket: bytes both ways, the client ends")
                        .client(
                                say(ask),
                                hear("GET"),
                                fill(70_000, 40),
                                exactly(90_000),
                                new Step.EndOutput(),
                                untilEnd())
                        .server(
                                body(),
                                say(agree + content(41, 45_000)),
                                exactly(70_000),
                                fill(45_000, 42),
                                untilEnd(),
                                new Step.Close()),
                Play.http("WebSocket: the server speaks first and ends first")
                        .client(say(ask), hear("GET"), untilEnd(), say("bye"), new Step.Close())
                        .server(
                                body(),
                                say(agree + "hello"),
                                new Step.EndOutput(),
                                untilEnd(),
                                new Step.Close()),
                Play.http("WebSocket, refused")
                        .client(say(ask), hear("GET"), say(request("GET /b")), hear("GET"), end())
                        .server(
                                body(),
                                say(
                                        response(
                                                "426 Upgrade Required",
                                                "Sec-WebSocket-Version: 13",
                                                "Content-Length: 0")))
                        .server(body(), say(OK)));
    }

    private static List<Play> ends() {
        return List.of(
                Play.http("the client says Connection: close")
                        .client(
                                say(request("GET /a", "Connection: close")),
                                hear("GET"),
                                untilEnd())
                        .server(
                                body(),
                                say(
                                        response("200 OK", "Connection: close", "Content-Length: 2")
                                                + "ok"),
                                new Step.Close()),
                Play.http("the server says Connection: close")
                        .client(say(request("GET /a")), hear("GET"), end())
                        .server(
                                body(),
                                say(
                                        response("200 OK", "Connection: close", "Content-Length: 2")
                                                + "ok"),
                                new Step.Close()),
                Play.http("the client ends its direction after the request")
                        .client(
                                say(request("POST /a", "Content-Length: 3") + "abc"),
                                new Step.EndOutput(),
                                hear("POST"),
                                untilEnd())
                        .server(body(), rest(50), say(OK), new Step.Close()),
                Play.http("nobody listens")
                        .on(Play.Stage.CLOSED_HTTP)
                        .client(say(request("GET /a")), hear("GET"))
                        .but(Difference.REFUSED_LATER));
    }

    private static List<Play> noAnswers() {
        String get = request("GET /a");
        String post = request("POST /a", "Content-Length: 3") + "abc";
        return List.of(
                noAnswer("the server ends without an answer", get, "GET", new Step.Close()),
                noAnswer("the server resets without an answer", post, "POST", new Step.Reset()),
                Play.http("the server ends within the answer's head")
                        .afresh()
                        .client(say(get), hear("GET"), end())
                        .server(body(), say("HTTP/1.1 200 OK\r\nX: "), new Step.Close())
                        .but(Difference.ANSWERED_FOR),
                Play.http("a connection in use is lost with the next request on it")
                        .afresh()
                        .client(say(get), hear("GET"), say(get), hear("GET"))
                        .server(body(), say(OK))
                        .server(body(), new Step.Close())
                        .server(body(), say(OK))
                        .but(Difference.TRIED_AGAIN),
                Play.http("the server has ended the connection meanwhile")
                        .afresh()
                        .client(say(get), hear("GET"), rest(50), say(post), hear("POST"))
                        .server(body(), say(OK), new Step.Close())
                        .server(body(), say(OK))
                        .but(Difference.RECONNECTED));
    }

    private static Play noAnswer(String name, String request, String method, Step last) {
        return Play.http(name)
                .afresh()
                .client(say(request), hear(method), end())
                .server(body(), last)
                .but(Difference.ANSWERED_FOR);
    }

    private static List<Play> brokenOff() {
        String half = response("200 OK", "Content-Length: 1000") + content(50, 400);
        String chunks = response("200 OK", "Transfer-Encoding: chunked") + "5\r\nhello\r\n5\r\nhe";
        String request = request("POST /a", "Content-Length: 1000") + content(51, 400);
        return List.of(
                answerBrokenOff("an answer broken off by FIN", half, new Step.Close())
                        .but(Difference.BROKEN_OFF),
                answerBrokenOff("an answer broken off by RST", half, new Step.Reset()),
                answerBrokenOff("a chunked answer broken off by FIN", chunks, new Step.Close())
                        .but(Difference.BROKEN_OFF),
                answerBrokenOff("a chunked answer broken off by RST", chunks, new Step.Reset()),
                Play.http("a request broken off by FIN")
                        .client(say(request), rest(30), new Step.Close())
                        .server(body())
                        .but(Difference.BROKEN_OFF),
                Play.http("a request broken off by RST")
                        .client(say(request), rest(30), new Step.Reset())
                        .server(body()),
                Play.http("the client leaves while the answer is made")
                        .client(say(request("GET /a")), rest(30), new Step.Reset())
                        .server(body(), new Step.HearEnd(2000), new Step.Close()));
    }

    private static Play answerBrokenOff(String name, String answer, Step last) {
        return Play.http(name)
                .client(say(request("GET /a")), head(), body())
                .server(body(), say(answer), rest(30), last);
    }
}
