package io.proa.proving.transparency;

import static io.proa.proving.transparency.Texts.body;
import static io.proa.proving.transparency.Texts.chunked;
import static io.proa.proving.transparency.Texts.content;
import static io.proa.proving.transparency.Texts.end;
import static io.proa.proving.transparency.Texts.head;
import static io.proa.proving.transparency.Texts.hear;
import static io.proa.proving.transparency.Texts.rest;
import static io.proa.proving.transparency.Texts.say;

import io.proa.proving.transparency.Step.Pace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

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
    private static final String NAME =
            "!#$%&'*+-.^`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String TARGET = "abcXYZ019-._~!$&'()*+,;=:@%/?[]{}|\\^`\"<>";

    private final String name;
    private final Random random;
    private final List<Step> client = new ArrayList<>();
    private final List<Step> answers = new ArrayList<>();
    private Play play;

    RandomPlay(long seed, int number) {
        this.random = new Random(Content.mixed(seed * 1_000_003 + number));
        this.name = "random " + seed + "/" + number;
        this.play = Play.http(name);
    }

    Play play() {
        if (random.nextInt(5) == 0) {
            return stream();
        }
        int exchanges = 1 + random.nextInt(4);
        boolean pipelined = random.nextInt(4) == 0;
        for (int i = 0; i < exchanges; i++) {
            exchange(pipelined);
        }
        client.addAll(answers);
        client.add(end());
        return play.client(client.toArray(Step[]::new));
    }

    private boolean chance(int one, int of) {
        return random.nextInt(of) < one;
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /// Sometimes in pieces, a few dozen at most.
    private Pace pace(int length) {
        return chance(1, 6)
                ? new Pace(1 + length / (1 + random.nextInt(24)), random.nextInt(3))
                : Pace.FULL;
    }

    private int size() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(10);
            case 2, 3 -> random.nextInt(3000);
            case 4 -> 16_384 + random.nextInt(3) - 1;
            default -> random.nextInt(200_000);
        };
    }

    private void exchange(boolean pipelined) {
        String method = any(METHODS);
        boolean body = !method.equals("HEAD") && chance(1, method.equals("GET") ? 6 : 2);
        boolean expects = body && !pipelined && chance(1, 4);
        List<String> fields = fields();
        String text = body ? announced(fields, chance(1, 2)) : "";
        expects &= !text.isEmpty();
        if (expects) {
            fields.add(random.nextInt(fields.size() + 1), "Expect: 100-continue");
        }
        String first = method + " /" + letters(TARGET, random.nextInt(40)) + " HTTP/1.1\r\n";
        fields.add(random.nextInt(fields.size() + 1), "Host: server");
        String head = first + String.join("\r\n", fields) + "\r\n\r\n";
        if (expects) {
            client.add(say(head));
            client.add(head());
            client.add(new Step.Say(text, pace(text.length())));
        } else {
            client.add(new Step.Say(head + text, pace(head.length() + text.length())));
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
        if (chance(1, 8)) {
            server.add(rest(random.nextInt(15)));
        }
        for (int i = chance(1, 6) ? 1 + random.nextInt(2) : 0; i > 0; i--) {
            server.add(
                    say(
                            "HTTP/1.1 103 Early\r\n"
                                    + String.join("\r\n", fields("A: b"))
                                    + "\r\n\r\n"));
        }
        String status = any(STATUSES);
        List<String> fields = fields();
        boolean without = status.startsWith("204");
        String text = without ? "" : announced(fields, chance(1, 2));
        if (without || status.startsWith("304") || method.equals("HEAD")) {
            text = "";
        }
        String lines = fields.isEmpty() ? "" : String.join("\r\n", fields) + "\r\n";
        String all = "HTTP/1.1 " + status + "\r\n" + lines + "\r\n" + text;
        server.add(new Step.Say(all, pace(all.length())));
    }

    /// Adds what announces the body.
    private String announced(List<String> fields, boolean chunks) {
        int size = size();
        long seed = random.nextInt();
        int at = random.nextInt(fields.size() + 1);
        if (!chunks) {
            fields.add(at, cased("Content-Length") + ": " + size);
            return content(seed, size);
        }
        fields.add(at, cased("Transfer-Encoding") + ": chunked");
        return chunked(
                seed,
                size,
                chance(1, 4) ? ";" + letters("abc", 1 + random.nextInt(3)) + "=1" : "",
                chance(1, 4) ? "X-" + letters("abc", 3) + ": " + letters(NAME, 9) + "\r\n" : "");
    }

    private List<String> fields(String... first) {
        List<String> fields = new ArrayList<>(List.of(first));
        int many = chance(1, 10) ? 60 : 6;
        for (int i = random.nextInt(many); i > 0; i--) {
            String field = "X" + letters(NAME, 1 + random.nextInt(20));
            fields.add(
                    chance(1, 5) && !fields.isEmpty()
                            ? cased(any(fields))
                            : field + ":" + letters(" \t", random.nextInt(3)) + value());
        }
        return fields;
    }

    private String value() {
        StringBuilder value = new StringBuilder();
        for (int i = chance(1, 8) ? 0 : random.nextInt(30); i > 0; i--) {
            int c = random.nextInt(256);
            value.append(c < ' ' || c == 127 ? ' ' : (char) c);
        }
        return value.toString();
    }

    private String letters(String of, int many) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < many; i++) {
            text.append(of.charAt(random.nextInt(of.length())));
        }
        return text.toString();
    }

    private String cased(String field) {
        StringBuilder text = new StringBuilder(field);
        int colon = field.indexOf(':');
        for (int i = 0; i < (colon < 0 ? field.length() : colon); i++) {
            char c = text.charAt(i);
            if (chance(1, 3) && Character.isLetter(c) && c < 128) {
                text.setCharAt(i, (char) (c ^ 0x20));
            }
        }
        return text.toString();
    }

    /// Both say things in turn, then one of them ends.
    private Play stream() {
        List<Step> one = new ArrayList<>();
        List<Step> other = new ArrayList<>();
        boolean turn = random.nextBoolean();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            // A first byte outside ASCII: nothing that could be taken for HTTP.
            String bytes = "\u00ff" + content(random.nextInt(), size());
            (turn ? one : other).add(new Step.Say(bytes, pace(bytes.length())));
            (turn ? other : one).add(new Step.HearExactly(bytes.length(), pace(bytes.length())));
            turn = chance(1, 3) == turn;
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
