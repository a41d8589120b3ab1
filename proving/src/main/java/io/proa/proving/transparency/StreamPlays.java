package io.proa.proving.transparency;

import static io.proa.proving.transparency.Texts.end;
import static io.proa.proving.transparency.Texts.exactly;
import static io.proa.proving.transparency.Texts.fill;
import static io.proa.proving.transparency.Texts.request;
import static io.proa.proving.transparency.Texts.rest;
import static io.proa.proving.transparency.Texts.say;
import static io.proa.proving.transparency.Texts.untilEnd;

import io.proa.proving.transparency.Step.Pace;
import java.util.ArrayList;
import java.util.List;

/// Bytes that nobody on the way understands.
final class StreamPlays {
    private static final int CROWD = 100;
    private static final int MUCH = 4_000_000;

    private StreamPlays() {}

    static List<Play> all() {
        List<Play> plays = new ArrayList<>();
        plays.addAll(echoes());
        plays.addAll(orders());
        plays.addAll(ends());
        plays.add(pingPong());
        plays.add(crowd());
        plays.addAll(large());
        return plays;
    }

    private static Play echo(int size) {
        return Play.stream("an echo of " + size + " bytes")
                .client(
                        new Step.Aside(List.of(fill(size, 60), new Step.EndOutput())),
                        exactly(size),
                        untilEnd())
                .server(new Step.Echo());
    }

    private static List<Play> echoes() {
        return List.of(echo(1), echo(65_536), echo(MUCH));
    }

    private static List<Play> orders() {
        return List.of(
                Play.stream("the server speaks first")
                        .client(exactly(6), say("HELO\r\n"), exactly(4), new Step.Close())
                        .server(say("220 a\n"), exactly(6), say("250\n"), untilEnd()),
                Play.stream("both speak at once")
                        .client(
                                new Step.Aside(List.of(fill(MUCH, 61))),
                                exactly(MUCH),
                                say("x"),
                                untilEnd())
                        .server(
                                new Step.Aside(List.of(fill(MUCH, 62))),
                                exactly(MUCH),
                                exactly(1),
                                new Step.Close()),
                Play.stream("silence, then the client")
                        .client(rest(200), say("late"), exactly(4), new Step.Close())
                        .server(exactly(4), say("also"), untilEnd()),
                Play.stream("a client that reads slowly")
                        .client(new Step.HearExactly(1_500_000, new Pace(8192, 1)), untilEnd())
                        .server(fill(1_500_000, 63), new Step.Close()),
                Play.stream("a server that reads slowly")
                        .client(fill(1_500_000, 64), new Step.EndOutput(), untilEnd())
                        .server(
                                new Step.HearExactly(1_500_000, new Pace(8192, 1)),
                                untilEnd(),
                                new Step.Close()),
                Play.stream("bytes that look like HTTP and are none")
                        .on(Play.Stage.DECLARED_STREAM)
                        .client(
                                say("GET / HTTP/1.1\r\n : \r\nHost\r\n\r\n"),
                                exactly(3),
                                untilEnd())
                        .server(exactly(29), say("\r\n\0"), new Step.Close()),
                Play.stream("HTTP where the port is declared opaque")
                        .on(Play.Stage.DECLARED_STREAM)
                        .client(say(request("GET /a")), exactly(4), untilEnd())
                        .server(new Step.HearHead(), say("fine"), new Step.Close()));
    }

    private static List<Play> ends() {
        return List.of(
                Play.stream("the client ends first, the server speaks on")
                        .client(say("all"), new Step.EndOutput(), exactly(100_000), untilEnd())
                        .server(
                                exactly(3),
                                untilEnd(),
                                rest(30),
                                fill(100_000, 65),
                                new Step.Close()),
                Play.stream("the server ends first, the client speaks on")
                        .client(say("a"), untilEnd(), rest(30), fill(100_000, 66), new Step.Close())
                        .server(exactly(1), new Step.EndOutput(), exactly(100_000), untilEnd()),
                Play.stream("the client resets")
                        .client(say("a"), exactly(1), new Step.Reset())
                        .server(exactly(1), say("b"), untilEnd()),
                Play.stream("the server resets")
                        .client(say("a"), exactly(1), say("c"), untilEnd())
                        .server(exactly(1), say("b"), exactly(1), new Step.Reset()),
                Play.stream("the server resets after it ended its direction")
                        .client(say("a"), new Step.HearEnd(2000), rest(50), say("b"), end())
                        .server(exactly(1), new Step.EndOutput(), exactly(1), new Step.Reset()),
                Play.stream("the client ends without a byte")
                        .on(Play.Stage.DECLARED_STREAM)
                        .client(new Step.EndOutput(), untilEnd())
                        .server(untilEnd(), say("bye"), new Step.Close()),
                Play.stream("the server ends at once").client(untilEnd()).server(new Step.Close()),
                Play.stream("nobody listens to a stream")
                        .on(Play.Stage.CLOSED_STREAM)
                        .client(untilEnd())
                        .but(Difference.REFUSED_LATER));
    }

    private static Play pingPong() {
        List<Step> client = new ArrayList<>();
        List<Step> server = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            client.add(say("ping " + i % 10));
            client.add(exactly(6));
            server.add(exactly(6));
            server.add(say("pong " + i % 10));
        }
        client.add(new Step.Close());
        server.add(untilEnd());
        return Play.stream("a hundred questions and answers")
                .client(client.toArray(Step[]::new))
                .server(server.toArray(Step[]::new));
    }

    private static Play crowd() {
        Play play = Play.stream(CROWD + " streams at the same time");
        for (int i = 0; i < CROWD; i++) {
            int size = 1 + i * 331;
            play =
                    play.client(
                                    new Step.Aside(List.of(fill(size, i), new Step.EndOutput())),
                                    exactly(size),
                                    untilEnd())
                            .server(new Step.Echo());
        }
        return play;
    }

    private static List<Play> large() {
        return List.of(
                Play.stream("a stream of 1 GiB")
                        .client(
                                new Step.Aside(List.of(fill(1L << 30, 67), new Step.EndOutput())),
                                exactly(1L << 30),
                                untilEnd())
                        .server(new Step.Echo())
                        .onlySeldom());
    }
}
