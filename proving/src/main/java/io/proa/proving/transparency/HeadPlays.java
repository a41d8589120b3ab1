package io.proa.proving.transparency;

import static io.proa.proving.transparency.Texts.body;
import static io.proa.proving.transparency.Texts.chunked;
import static io.proa.proving.transparency.Texts.end;
import static io.proa.proving.transparency.Texts.hear;
import static io.proa.proving.transparency.Texts.request;
import static io.proa.proving.transparency.Texts.response;
import static io.proa.proving.transparency.Texts.rest;
import static io.proa.proving.transparency.Texts.say;
import static io.proa.proving.transparency.Texts.untilEnd;

import java.util.ArrayList;
import java.util.List;

/// What heads may look like.
final class HeadPlays {
    private static final String OK = response("200 OK", "Content-Length: 2") + "ok";
    private static final String TRACE =
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private HeadPlays() {}

    static List<Play> all() {
        List<Play> plays = new ArrayList<>();
        plays.addAll(fields());
        plays.addAll(targets());
        plays.addAll(hops());
        plays.addAll(ids());
        plays.addAll(oldVersion());
        plays.addAll(refused());
        return plays;
    }

    private static Play get(String name, String request, String response) {
        return Play.http(name)
                .client(say(request), hear("GET"), end())
                .server(body(), say(response));
    }

    private static String[] many(int n) {
        String[] fields = new String[n];
        for (int i = 0; i < n; i++) {
            fields[i] = "X-Field-" + i % 7 + ": " + i;
        }
        return fields;
    }

    private static List<Play> fields() {
        String[] odd = {
            "hOST-like: 1",
            "ACCEPT: */*",
            "x-UPPER-lower: 2",
            "X_Under_Score: 3",
            "!#$%&'*+-.^_`|~9: token",
            "Empty:",
            "Blank: ",
            "Spaces:    a  b\t c   ",
            "No-Space:x",
            "Obs: J\u00fcrg \u00ff\u0080\u00a0",
            "Repeat: 1",
            "repeat: 2",
            "REPEAT: 1",
            "Quoted: \"a, b\"; c=\"\\\"\"",
            "Colons: a:b:c"
        };
        return List.of(
                get(
                        "odd letter case, empty values, repeated fields, obs-text",
                        request("GET /a", odd),
                        response("200 Oh K \u00fc!", odd).replace("\r\n\r\n", "")
                                + "\r\nContent-Length: 2\r\n\r\nok"),
                get(
                        "120 fields",
                        request("GET /a", many(120)),
                        response("200 OK", many(120)).replace("\r\n\r\n", "")
                                + "\r\nContent-Length: 2\r\n\r\nok"),
                get(
                        "a value of 20 KiB",
                        request("GET /a", "Cookie: " + "c".repeat(20_000)),
                        response("200 OK", "Set-Cookie: " + "s".repeat(20_000), "Content-Length: 2")
                                + "ok"),
                get(
                        "cookies, dates, servers, Via, Forwarded",
                        request(
                                "GET /a",
                                "Cookie: a=b; c=d",
                                "Cookie: e=f",
                                "Via: 1.1 somebody",
                                "Forwarded: for=1.2.3.4",
                                "X-Forwarded-For: 1.2.3.4",
                                "Authorization: Basic eA==",
                                "Date: yesterday"),
                        response(
                                        "200 OK",
                                        "Date: Tue, 15 Nov 1994 08:12:31 GMT",
                                        "Server: mine",
                                        "Set-Cookie: a=b; Path=/",
                                        "Set-Cookie: a=c",
                                        "WWW-Authenticate: Basic",
                                        "Content-Length: 2")
                                + "ok"),
                get("a status without a reason", request("GET /a"), OK.replace("200 OK", "299 ")),
                get("a status from nowhere", request("GET /a"), OK.replace("200", "799")));
    }

    private static List<Play> targets() {
        String star = "OPTIONS http://server HTTP/1.1\r\nHost: server\r\n\r\n";
        return List.of(
                get(
                        "a target of odd letters",
                        request("GET /a%20b//../c;d=e?x=[]{}|^\"<>\\`&%zz?"),
                        OK),
                get("a target of 8000 bytes", request("GET /" + "t".repeat(8000)), OK),
                get("methods of other protocols", request("PROPFIND /a", "Depth: 1"), OK),
                get("a method in lower case", request("get /a"), OK),
                get("OPTIONS *", request("OPTIONS *"), OK),
                get("an empty line before the request", "\r\n" + request("GET /a"), OK)
                        .but(Difference.EMPTY_LINE),
                get("a whole URI", request("GET http://server/a/b?c"), OK)
                        .but(Difference.PATH_ONLY),
                get("a whole URI without a path", request("GET http://server"), OK)
                        .but(Difference.PATH_ONLY),
                get("OPTIONS of a whole URI", star, OK).but(Difference.PATH_ONLY));
    }

    private static List<Play> hops() {
        return List.of(
                get(
                        "fields of one hop",
                        request(
                                "GET /a",
                                "Connection: keep-alive, X-Mine",
                                "Keep-Alive: timeout=5",
                                "X-Mine: 1",
                                "Proxy-Connection: keep-alive",
                                "X-Other: 2"),
                        response(
                                        "200 OK",
                                        "Connection: Keep-Alive",
                                        "Keep-Alive: timeout=5, max=100",
                                        "Content-Length: 2")
                                + "ok"),
                get(
                        "TE: trailers",
                        request("GET /a", "TE: trailers", "Connection: TE", "X-Other: 2"),
                        OK),
                get(
                        "an upgrade to HTTP/2 is not offered on",
                        request(
                                "GET /a",
                                "Connection: Upgrade, HTTP2-Settings",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
                        OK));
    }

    private static List<Play> ids() {
        return List.of(
                get(
                        "ids of the application's own",
                        request("GET /a", "X-Request-Id: 7b1f-mine", TRACE, "tracestate: a=b"),
                        OK),
                get(
                                "baggage of the application's own",
                                request("GET /a", "baggage: k=v", "A: b", "baggage:x=y"),
                                OK)
                        .but(Difference.BAGGAGE),
                get(
                                "ids that are none",
                                request(
                                        "GET /a",
                                        "X-Request-Id: {}",
                                        "traceparent: 00-xyz",
                                        "A: b"),
                                OK)
                        .but(Difference.INVALID_IDS),
                get(
                                "fields of the sidecars",
                                request(
                                        "GET /a",
                                        "X-Proa-Attempt: 02",
                                        "x-proa-deadline-ms: 0000000007",
                                        "x-proa-reason: shed",
                                        "X-Proa-Else: 1"),
                                response("200 OK", "X-Proa-Reason: shed", "Content-Length: 2")
                                        + "ok")
                        .but(Difference.OWN_FIELDS));
    }

    private static List<Play> oldVersion() {
        String chunks = response("200 OK", "Transfer-Encoding: chunked", "Trailer: T");
        return List.of(
                Play.http("HTTP/1.0, one request")
                        .client(say(Texts.head("GET /a HTTP/1.0", "Host: server")), hear("GET"))
                        .server(
                                body(),
                                say("HTTP/1.0 200 OK\r\nX: y\r\n\r\n"),
                                say("until the end"),
                                new Step.Close())
                        .but(Difference.VERSION),
                Play.http("HTTP/1.0 with keep-alive")
                        .client(
                                say(keptAlive("GET /a")),
                                hear("GET"),
                                say(keptAlive("GET /b")),
                                hear("GET"),
                                end())
                        .server(body(), say(keptAlive("HTTP/1.0 200 OK") + "ok"))
                        .server(body(), say(keptAlive("HTTP/1.0 200 OK") + "ok"))
                        .but(Difference.VERSION),
                Play.http("HTTP/1.0 without Host")
                        .client(say("GET /a HTTP/1.0\r\nX: y\r\n\r\n"), hear("GET"), untilEnd())
                        .server(
                                body(),
                                say("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                                new Step.Close())
                        .but(Difference.VERSION, Difference.HOST_ADDED),
                Play.http("HTTP/1.0, interim responses")
                        .client(
                                say(Texts.head("GET /a HTTP/1.0", "Host: server")),
                                hear("GET"),
                                untilEnd())
                        .server(
                                body(),
                                say(response("103 Early Hints", "Link: </a>")),
                                rest(10),
                                say(OK),
                                new Step.Close())
                        .but(Difference.VERSION, Difference.INTERIM_NOT_FOR_10),
                Play.http("HTTP/1.0, a chunked response")
                        .client(
                                say(Texts.head("GET /a HTTP/1.0", "Host: server")),
                                hear("GET"),
                                untilEnd())
                        .server(
                                body(),
                                say(chunks),
                                say(chunked(30, 5000, ";x", "T: 1\r\n")),
                                new Step.Close())
                        .but(Difference.VERSION, Difference.UNCHUNKED_FOR_10),
                Play.http("a server of HTTP/1.0 for a client of HTTP/1.1")
                        .client(say(request("GET /a")), hear("GET"))
                        .server(
                                body(),
                                say("HTTP/1.0 200 OK\r\nX: y\r\n\r\n"),
                                say("until the end"),
                                new Step.Close())
                        .but(Difference.VERSION));
    }

    private static String keptAlive(String line) {
        return line.startsWith("HTTP")
                ? Texts.head(line, "Connection: keep-alive", "Content-Length: 2")
                : Texts.head(line + " HTTP/1.0", "Host: server", "Connection: Keep-Alive");
    }

    private static List<Play> refused() {
        return List.of(
                get("more than 128 fields", request("GET /a", many(130)), OK)
                        .but(Difference.REFUSED_HEAD),
                get("a head of 61 KiB", request("GET /a", "X: " + "x".repeat(62_000)), OK)
                        .but(Difference.REFUSED_HEAD),
                get(
                                "Content-Length twice",
                                request("GET /a", "Content-Length: 0", "Content-Length: 0"),
                                OK)
                        .but(Difference.REFUSED_HEAD),
                get("a line that is continued", request("GET /a", "X: a\r\n b"), OK)
                        .but(Difference.REFUSED_HEAD),
                get("a space before the colon", request("GET /a", "X : a"), OK)
                        .but(Difference.REFUSED_HEAD),
                get(
                                "another host than the target's",
                                "GET http://other/a HTTP/1.1\r\nHost: server\r\n\r\n",
                                OK)
                        .but(Difference.REFUSED_HEAD));
    }
}
