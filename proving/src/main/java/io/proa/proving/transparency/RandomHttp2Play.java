package io.proa.proving.transparency;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Some legal exchanges at the same time on one connection of HTTP/2.
final class RandomHttp2Play {
    private static final List<String> METHODS =
            List.of("GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "REPORT");
    private static final List<Integer> STATUSES =
            List.of(200, 200, 200, 201, 204, 206, 302, 304, 400, 404, 418, 500, 599);
    private static final List<Integer> CODES = List.of(1, 2, 3, 5, 8, 11);
    private static final String TARGET = "abcXYZ019-._~!$&'()*+,;=:@%/?[]{}|\\^`\"<>";
    private static final int CANCEL = 8;

    private final Chances by;
    private Play play;

    RandomHttp2Play(String name, Chances by) {
        this.by = by;
        this.play = Play.http2(name);
    }

    Play play() {
        int streams = by.chance(1, 10) ? 5 + by.below(30) : 1 + by.below(4);
        for (int i = 0; i < streams; i++) {
            stream(i, streams > 1);
        }
        return play;
    }

    private void stream(int lane, boolean several) {
        String method = by.any(METHODS);
        // Those that are seen at the same time are told apart by their targets.
        String target = "/" + lane + by.letters(TARGET, by.below(40));
        List<String> head = Http2Plays.request(method, target);
        if (several) {
            head.add(Play.LANE.toLowerCase(Locale.ROOT) + ": " + lane);
        }
        head.addAll(fields());
        List<Step> client = new ArrayList<>();
        List<Step> server = new ArrayList<>();
        if (several && by.chance(1, 3)) {
            client.add(Texts.rest(by.below(12)));
        }
        if (!method.equals("HEAD") && by.chance(1, 8)) {
            reset(head, client, server);
        } else {
            exchange(method, head, client, server);
        }
        play = play.client(client.toArray(Step[]::new)).server(server.toArray(Step[]::new));
    }

    private void exchange(String method, List<String> head, List<Step> client, List<Step> server) {
        boolean body = !method.equals("HEAD") && by.chance(1, method.equals("GET") ? 6 : 2);
        if (!body) {
            client.add(Http2Plays.say(true, head));
            server.add(Http2Plays.message());
        } else if (by.chance(1, 6)) {
            client.add(Http2Plays.say(false, head));
            client.add(new Step.Aside(body(by.size())));
            server.add(Http2Plays.answer(false, 200, fields().toArray(String[]::new)));
            server.add(new Step.EchoData());
            client.add(Http2Plays.message());
            return;
        } else {
            said(head, client);
            server.add(Http2Plays.message());
        }
        client.add(Http2Plays.message());
        if (by.chance(1, 8)) {
            server.add(Texts.rest(by.below(15)));
        }
        for (int i = by.chance(1, 6) ? 1 + by.below(2) : 0; i > 0; i--) {
            server.add(Http2Plays.answer(false, 103, fields().toArray(String[]::new)));
        }
        int status = by.any(STATUSES);
        List<String> answer = new ArrayList<>(List.of(":status: " + status));
        answer.addAll(fields());
        if (method.equals("HEAD") || status == 204 || status == 304 || by.chance(1, 8)) {
            server.add(Http2Plays.say(true, answer));
        } else {
            said(answer, server);
        }
    }

    /// A head and a body, sometimes with its length and with trailers.
    private void said(List<String> head, List<Step> steps) {
        int size = by.size();
        List<String> fields = new ArrayList<>(head);
        if (by.chance(1, 2)) {
            fields.add("content-length: " + size);
        }
        steps.add(Http2Plays.say(false, fields));
        if (by.chance(1, 3)) {
            steps.add(new Step.SayData(size, by.number(), by.pace(size), false));
            steps.add(
                    Http2Plays.trailers(
                            "x-sum: " + by.letters("0123456789", 9), "x-" + by.below(9) + ": "));
        } else {
            steps.addAll(body(size));
        }
    }

    private List<Step> body(int size) {
        return List.of(new Step.SayData(size, by.number(), by.pace(size), true));
    }

    /// One side resets when the other is known to have heard its head.
    private void reset(List<String> head, List<Step> client, List<Step> server) {
        int first = 1 + by.below(5000);
        client.add(Http2Plays.say(false, head));
        client.add(new Step.HearFields());
        server.add(Http2Plays.answer(false, 200, fields().toArray(String[]::new)));
        if (by.chance(1, 2)) {
            client.add(new Step.HearData(first));
            client.add(new Step.ResetStream(CANCEL));
            server.add(Http2Plays.data(first, by.number(), false));
            server.add(new Step.HearReset());
        } else {
            client.add(Http2Plays.data(first, by.number(), false));
            client.add(new Step.HearReset());
            server.add(new Step.HearData(first));
            server.add(new Step.ResetStream(by.any(CODES)));
        }
    }

    private List<String> fields() {
        List<String> fields = new ArrayList<>();
        for (int i = by.below(by.chance(1, 10) ? 60 : 6); i > 0; i--) {
            String name =
                    "x" + by.letters(RandomPlay.NAME, 1 + by.below(20)).toLowerCase(Locale.ROOT);
            // Blanks around a value are not legal in HTTP/2.
            fields.add(
                    by.chance(1, 5) && !fields.isEmpty()
                            ? by.any(fields)
                            : name + ": " + by.value().strip());
        }
        return fields;
    }
}
