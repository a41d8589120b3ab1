package io.proa.proving.transparency;

import static io.proa.proving.transparency.Texts.body;
import static io.proa.proving.transparency.Texts.chunked;
import static io.proa.proving.transparency.Texts.content;
import static io.proa.proving.transparency.Texts.end;
import static io.proa.proving.transparency.Texts.head;
import static io.proa.proving.transparency.Texts.hear;
import static io.proa.proving.transparency.Texts.rest;
import static io.proa.proving.transparency.Texts.say;

import java.util.ArrayList;
import java.util.List;

/// Some legal exchanges on one connection, made up by a seed.
final class RandomPlay {
    private static final List<String> METHODS =
            List.of(
                    "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS",
                    "REPORT");
    private static final List<String> STATUSES =
            List.of(
                    "200 OK",
                    "200 OK",
                    "200 ",
                    "201 Created",
                    "204 No Content",
                    "206 Partial Content",
                    "302 Found",
                    "304 Not Modified",
                    "400 Bad Request",
                    "404 not found at all",
                    "418 I'm a \u00fcteapot",
                    "500 Oh",
                    "503 Later",
                    "599 x");
    static final String NAME =
            "!#$%&'*+-.^`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String TARGET = "abcXYZ019-._~!$&'()*+,;=:@%/?[]{}|\\^`\"<>";

    private final String name;
    private final Chances by;
    private final List<Step> client = new ArrayList<>();
    private final List<Step> answers = new ArrayList<>();
    private Play play;

    RandomPlay(long seed, int number) {
        this.by = new Chances(Content.mixed(seed * 1_000_003 + number));
        this.name = "random " + seed + "/" + number;
        this.play = Play.http(name);
    }

    Play play() {
        int kind = by.below(15);
        if (kind < 3) {
            return stream();
        } else if (kind < 8) {
            return new RandomHttp2Play(name, by).play();
        }
        int exchanges = 1 + by.below(4);
        boolean pipelined = by.below(4) == 0;
        for (int i = 0; i < exchanges; i++) {
            exchange(pipelined);
        }
        client.addAll(answers);
        client.add(end());
        return play.client(client.toArray(Step[]::new));
    }

    private void exchange(boolean pipelined) {
        String method = by.any(METHODS);
        boolean body = !method.equals("HEAD") && by.chance(1, method.equals("GET") ? 6 : 2);
        boolean expects = body && !pipelined && by.chance(1, 4);
        List<String> fields = fields();
        String text = body ? announced(fields, by.chance(1, 2)) : "";
        expects &= !text.isEmpty();
        if (expects) {
            fields.add(by.below(fields.size() + 1), "Expect: 100-continue");
        }
        String first = method + " /" + by.letters(TARGET, by.below(40)) + " HTTP/1.1\r\n";
        fields.add(by.below(fields.size() + 1), "Host: server");
        String head = first + String.join("\r\n", fields) + "\r\n\r\n";
        if (expects) {
            client.add(say(head));
            client.add(head());
            client.add(new Step.Say(text, by.pace(text.length())));
        } else {
            client.add(new Step.Say(head + text, by.pace(head.length() + text.length())));
        }
        (pipelined ? answers : client).add(hear(method));
        List<Step> server = new ArrayList<>();
        if (expects) {
            server.add(say(Texts.CONTINUE));
        }
        server.add(body());
        answer(server, method);
        play = play.server(server.toArray(Step[]::new));
    }

    private void answer(List<Step> server, String method) {
        if (by.chance(1, 8)) {
            server.add(rest(by.below(15)));
        }
        for (int i = by.chance(1, 6) ? 1 + by.below(2) : 0; i > 0; i--) {
            server.add(
                    say(
                            "HTTP/1.1 103 Early\r\n"
                                    + String.join("\r\n", fields("A: b"))
                                    + "\r\n\r\n"));
        }
        String status = by.any(STATUSES);
        List<String> fields = fields();
        boolean without = status.startsWith("204");
        String text = without ? "" : announced(fields, by.chance(1, 2));
        if (without || status.startsWith("304") || method.equals("HEAD")) {
            text = "";
        }
        String lines = fields.isEmpty() ? "" : String.join("\r\n", fields) + "\r\n";
        String all = "HTTP/1.1 " + status + "\r\n" + lines + "\r\n" + text;
        server.add(new Step.Say(all, by.pace(all.length())));
    }

    /// Adds what announces the body.
    private String announced(List<String> fields, boolean chunks) {
        int size = by.size();
        long seed = by.number();
        int at = by.below(fields.size() + 1);
        if (!chunks) {
            fields.add(at, cased("Content-Length") + ": " + size);
            return content(seed, size);
        }
        fields.add(at, cased("Transfer-Encoding") + ": chunked");
        return chunked(
                seed,
                size,
                by.chance(1, 4) ? ";" + by.letters("abc", 1 + by.below(3)) + "=1" : "",
                by.chance(1, 4)
                        ? "X-" + by.letters("abc", 3) + ": " + by.letters(NAME, 9) + "\r\n"
                        : "");
    }

    private List<String> fields(String... first) {
        List<String> fields = new ArrayList<>(List.of(first));
        int many = by.chance(1, 10) ? 60 : 6;
        for (int i = by.below(many); i > 0; i--) {
            String field = "X" + by.letters(NAME, 1 + by.below(20));
            fields.add(
                    by.chance(1, 5) && !fields.isEmpty()
                            ? cased(by.any(fields))
                            : field + ":" + by.letters(" \t", by.below(3)) + by.value());
        }
        return fields;
    }

    private String cased(String field) {
        StringBuilder text = new StringBuilder(field);
        int colon = field.indexOf(':');
        for (int i = 0; i < (colon < 0 ? field.length() : colon); i++) {
            char c = text.charAt(i);
            if (by.chance(1, 3) && Character.isLetter(c) && c < 128) {
                text.setCharAt(i, (char) (c ^ 0x20));
            }
        }
        return text.toString();
    }

    /// Both say things in turn, then one of them ends.
    private Play stream() {
        List<Step> one = new ArrayList<>();
        List<Step> other = new ArrayList<>();
        boolean turn = by.below(2) == 0;
        for (int i = 1 + by.below(8); i > 0; i--) {
            // A first byte outside ASCII: nothing that could be taken for HTTP.
            String bytes = "\u00ff" + content(by.number(), by.size());
            (turn ? one : other).add(new Step.Say(bytes, by.pace(bytes.length())));
            (turn ? other : one).add(new Step.HearExactly(bytes.length(), by.pace(bytes.length())));
            turn = by.chance(1, 3) == turn;
        }
        (turn ? one : other).add(new Step.EndOutput());
        (turn ? other : one).add(Texts.untilEnd());
        (turn ? other : one).add(new Step.Close());
        (turn ? one : other).add(Texts.untilEnd());
        return Play.stream(name)
                .client(one.toArray(Step[]::new))
                .server(other.toArray(Step[]::new));
    }
}
