package io.proa.proving.transparency;

import io.proa.proving.transparency.Step.Pace;
import java.util.ArrayList;
import java.util.List;

/// HTTP/2 by prior knowledge: heads, bodies, trailers, interim responses, resets, many streams.
final class Http2Plays {
    private static final int CROWD = 100;
    private static final int INTERNAL_ERROR = 2;
    private static final int CANCEL = 8;
    private static final int NO_ERROR = 0;
    private static final int OWN_CODE = 0xd;

    private Http2Plays() {}

    static List<Play> all() {
        List<Play> plays = new ArrayList<>();
        for (int size : new int[] {0, 1, 16_383, 16_385, 65_535, 65_536, 1_048_576}) {
            plays.add(bodies(size));
        }
        plays.addAll(messages());
        plays.addAll(heads());
        plays.addAll(conversations());
        plays.addAll(resets());
        plays.add(crowd());
        plays.add(oneByOne());
        plays.add(large());
        return plays;
    }

    /// A head of a request for `path`.
    static List<String> request(String method, String path, String... fields) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                ":method: " + method,
                                ":scheme: http",
                                ":authority: server",
                                ":path: " + path));
        all.addAll(List.of(fields));
        return all;
    }

    static Step say(boolean last, List<String> fields) {
        return new Step.SayFields(fields, last);
    }

    static Step answer(boolean last, int status, String... fields) {
        List<String> all = new ArrayList<>(List.of(":status: " + status));
        all.addAll(List.of(fields));
        return new Step.SayFields(all, last);
    }

    static Step trailers(String... fields) {
        return new Step.SayFields(List.of(fields), true);
    }

    static Step data(long size, long seed, boolean last) {
        return new Step.SayData(size, seed, Pace.FULL, last);
    }

    static Step message() {
        return new Step.HearMessage(Pace.FULL);
    }

    private static Play bodies(int size) {
        return Play.http2("bodies of " + size + " bytes, one of them with its length")
                .client(say(false, request("POST", "/a")), data(size, 70, true), message())
                .server(
                        message(),
                        answer(false, 200, "content-length: " + size),
                        data(size, 71, true));
    }

    private static List<Play> messages() {
        return List.of(
                Play.http2("heads alone")
                        .client(say(true, request("GET", "/a")), message())
                        .server(message(), answer(true, 204)),
                Play.http2("trailers both ways")
                        .client(
                                say(false, request("POST", "/a", "te: trailers")),
                                data(5000, 72, false),
                                trailers("x-sum: 1", "x-more: "),
                                message())
                        .server(
                                message(),
                                answer(false, 200, "trailer: grpc-status"),
                                data(70_000, 73, false),
                                trailers("grpc-status: 0", "grpc-message: a b")),
                Play.http2("trailers behind bodies of announced length")
                        .client(
                                say(false, request("POST", "/a", "content-length: 5000")),
                                data(5000, 72, false),
                                trailers("x-sum: 1"),
                                message())
                        .server(
                                message(),
                                answer(false, 200, "content-length: 70000"),
                                data(70_000, 73, false),
                                trailers("x-sum: 2")),
                Play.http2("trailers without a body")
                        .client(say(false, request("POST", "/a")), trailers("x-sum: 1"), message())
                        .server(message(), answer(false, 200), trailers("x-sum: 2")),
                Play.http2("103 Early Hints twice, then 102")
                        .client(say(true, request("GET", "/a")), message())
                        .server(
                                message(),
                                answer(false, 103, "link: </a>"),
                                answer(false, 103, "link: </b>", "x: y"),
                                answer(false, 102),
                                answer(false, 200),
                                data(10, 74, true)),
                Play.http2("expect: 100-continue, accepted")
                        .client(
                                say(false, request("POST", "/a", "expect: 100-continue")),
                                new Step.HearFields(),
                                data(3000, 75, true),
                                new Step.HearFields(),
                                message())
                        .server(
                                answer(false, 100),
                                message(),
                                answer(false, 200),
                                data(9, 76, true)),
                Play.http2("expect: 100-continue, refused by a final status")
                        .client(
                                say(false, request("POST", "/a", "expect: 100-continue")),
                                message(),
                                new Step.ResetStream(CANCEL))
                        .server(answer(true, 417), new Step.HearReset()),
                Play.http2("HEAD with the length of what is not sent")
                        .client(say(true, request("HEAD", "/a")), message())
                        .server(message(), answer(true, 200, "content-length: 1234")),
                Play.http2("304 with a length")
                        .client(say(true, request("GET", "/a")), message())
                        .server(message(), answer(true, 304, "content-length: 77", "etag: \"a\"")),
                Play.http2("GET with a body")
                        .client(say(false, request("GET", "/a")), data(300, 77, true), message())
                        .server(message(), answer(false, 200), data(300, 78, true)));
    }

    private static Play head(String name, List<String> request, Step response) {
        return Play.http2(name).client(say(true, request), message()).server(message(), response);
    }

    private static List<Play> heads() {
        List<String> many = request("GET", "/a");
        for (int i = 0; i < 110; i++) {
            many.add("x-" + i % 50 + ": " + i);
        }
        List<String> https = request("GET", "/a");
        https.set(1, ":scheme: https");
        List<String> port = request("GET", "/a");
        port.set(2, ":authority: server:8082");
        return List.of(
                head(
                        "empty values, repeated fields, obs-text",
                        request(
                                "GET",
                                "/a",
                                "x-a: ",
                                "x-b: 1",
                                "x-b: 2",
                                "x-c: \u00e4\u00ff",
                                "x-d: a  b"),
                        answer(true, 200, "x-a: ", "x-b: 2", "x-b: 1", "x-c: \u0080")),
                head("110 fields", many, answer(true, 200, "a: b")),
                head(
                        "a value of 20 KiB",
                        request("GET", "/a", "x-large: " + "v".repeat(20_480)),
                        answer(true, 200, "x-large: " + "w".repeat(20_480))),
                head(
                                "cookies in pieces, dates, servers, via",
                                request(
                                        "GET",
                                        "/a",
                                        "cookie: a=1",
                                        "cookie: b=2",
                                        "via: 1.1 x",
                                        "user-agent: t"),
                                answer(
                                        true,
                                        200,
                                        "set-cookie: a=1; Path=/",
                                        "set-cookie: b=2",
                                        "date: Tue, 24 Nov 2026 00:00:00 GMT",
                                        "server: s",
                                        "via: 2 y"))
                        .but(Difference.COOKIES_JOINED),
                head(
                        "a target of odd letters",
                        request("GET", "/%7e/../a//b?c=%2f&&=|\\^`\"<>"),
                        answer(true, 200)),
                head(
                        "a target of 8000 bytes",
                        request("GET", "/" + "p".repeat(8000)),
                        answer(true, 200)),
                head("methods of other protocols", request("PROPFIND", "/a"), answer(true, 207)),
                head("a method in lower case", request("get", "/a"), answer(true, 200)),
                head("OPTIONS *", request("OPTIONS", "*"), answer(true, 200)),
                head("a status from nowhere", request("GET", "/a"), answer(true, 799)),
                head("the scheme https", https, answer(true, 200)),
                head("an authority with its port", port, answer(true, 200)),
                head(
                        "te: trailers",
                        request("GET", "/a", "te: trailers", "x-z: 1"),
                        answer(true, 200)),
                head(
                        "ids of the application's own",
                        request(
                                "GET",
                                "/a",
                                "x-request-id: mine",
                                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                        answer(true, 200)));
    }

    private static List<Play> conversations() {
        List<Step> client = new ArrayList<>(List.of(say(false, request("POST", "/a"))));
        List<Step> server = new ArrayList<>(List.of(answer(false, 200)));
        client.add(new Step.HearFields());
        for (int i = 0; i < 50; i++) {
            client.add(data(40, i, i == 49));
            client.add(new Step.HearData(60));
            server.add(new Step.HearData(40));
            server.add(data(60, 100 + i, i == 49));
        }
        return List.of(
                Play.http2("fifty questions and answers on one stream")
                        .client(client.toArray(Step[]::new))
                        .server(server.toArray(Step[]::new)),
                Play.http2("an echo of 3 MB while it is sent")
                        .client(
                                say(false, request("POST", "/a")),
                                new Step.Aside(List.of(data(3_000_000, 80, true))),
                                message())
                        .server(answer(false, 200), new Step.EchoData()),
                Play.http2("the answer ends before the request's body has come")
                        .client(
                                say(false, request("POST", "/a")),
                                message(),
                                data(30_000, 81, true))
                        .server(answer(false, 200), data(20, 82, true), message())
                        .but(Difference.EARLY_ANSWER),
                Play.http2("a client that reads slowly")
                        .client(
                                say(true, request("GET", "/a")),
                                new Step.HearMessage(new Pace(0, 1)))
                        .server(message(), answer(false, 200), data(1_500_000, 83, true)),
                Play.http2("a server that reads slowly")
                        .client(
                                say(false, request("PUT", "/a")),
                                data(1_500_000, 84, true),
                                message())
                        .server(new Step.HearMessage(new Pace(0, 1)), answer(true, 201)),
                Play.http2("an answer in pieces")
                        .client(say(true, request("GET", "/a")), message())
                        .server(
                                message(),
                                answer(false, 200),
                                new Step.SayData(4000, 85, new Pace(96, 2), true)));
    }

    private static List<Play> resets() {
        return List.of(
                Play.http2("the client resets when it has heard the head")
                        .client(
                                say(false, request("POST", "/a")),
                                new Step.HearFields(),
                                new Step.ResetStream(CANCEL))
                        .server(answer(false, 200), new Step.HearReset()),
                Play.http2("the client resets with a code of its own")
                        .client(
                                say(false, request("POST", "/a")),
                                new Step.HearFields(),
                                new Step.ResetStream(OWN_CODE))
                        .server(answer(false, 200), new Step.HearReset())
                        .but(Difference.RESET_AS_CANCEL),
                Play.http2("the client resets within the answer")
                        .client(
                                say(true, request("GET", "/a")),
                                new Step.HearFields(),
                                new Step.HearData(100),
                                new Step.ResetStream(CANCEL))
                        .server(
                                message(),
                                answer(false, 200),
                                data(100, 86, false),
                                new Step.HearReset()),
                Play.http2("the server resets within its answer")
                        .client(
                                say(false, request("POST", "/a")),
                                new Step.HearFields(),
                                data(10, 87, false),
                                new Step.HearReset())
                        .server(
                                answer(false, 200),
                                new Step.HearData(10),
                                new Step.ResetStream(INTERNAL_ERROR)),
                Play.http2("the server resets with a code of its own")
                        .client(
                                say(false, request("POST", "/a")),
                                new Step.HearFields(),
                                data(10, 87, false),
                                new Step.HearReset())
                        .server(
                                answer(false, 200),
                                new Step.HearData(10),
                                new Step.ResetStream(OWN_CODE)),
                Play.http2("the server answers and wants no more of the body")
                        .client(
                                say(false, request("POST", "/a")),
                                data(1000, 88, false),
                                message(),
                                new Step.HearReset())
                        .server(
                                new Step.HearData(1000),
                                answer(false, 413),
                                data(30, 89, true),
                                new Step.ResetStream(NO_ERROR)),
                Play.http2("another stream goes on when one is reset")
                        .client(
                                say(false, request("POST", "/a", "lane: 0")),
                                new Step.HearFields(),
                                new Step.ResetStream(CANCEL))
                        .client(
                                say(false, request("POST", "/b", "lane: 1")),
                                Texts.rest(60),
                                data(200_000, 90, true),
                                message())
                        .server(answer(false, 200), new Step.HearReset())
                        .server(message(), answer(false, 200), data(200_000, 91, true)));
    }

    private static Play crowd() {
        Play play = Play.http2(CROWD + " streams at the same time, with bodies both ways");
        for (int i = 0; i < CROWD; i++) {
            int size = 1 + i * 331;
            play =
                    play.client(
                                    say(false, request("POST", "/" + i, "lane: " + i)),
                                    new Step.Aside(List.of(data(size, i, true))),
                                    message())
                            .server(answer(false, 200, "x-lane: " + i), new Step.EchoData());
        }
        return play;
    }

    /// Each on a stream of its own, which begins when the one before has ended.
    private static Play oneByOne() {
        Play play = Play.http2("ten streams, each begun a little later than the one before");
        for (int i = 0; i < 10; i++) {
            play =
                    play.client(
                                    Texts.rest(1 + 15 * i),
                                    say(true, request("GET", "/" + i, "lane: " + i)),
                                    message())
                            .server(message(), answer(false, 200), data(1000 + i, i, true));
        }
        return play;
    }

    private static Play large() {
        return Play.http2("1 GiB each way")
                .client(
                        say(false, request("POST", "/large")),
                        new Step.Aside(List.of(data(1L << 30, 92, true))),
                        message())
                .server(answer(false, 200), new Step.EchoData())
                .onlySeldom();
    }
}
