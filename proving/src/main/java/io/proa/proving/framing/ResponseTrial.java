package io.proa.proving.framing;

import io.proa.proving.framing.Outcome.Verdict;
import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.io.IOException;
import java.util.List;

/// Asks an application that answers as the corpus says; judges what the client gets, and whether
/// the next requests, on the same connection and on another, get their own answers. A text may
/// begin with the method that asks (`<HEAD>`) and end with `<end>`, for a connection that is ended.
final class ResponseTrial implements Trial {
    private static final int PATIENCE_MILLIS = 2000;
    private static final String ENDS = "<end>";

    private final MaliciousOrigin origin;
    private final int through;

    ResponseTrial(int origin, int through) throws IOException {
        this.origin = new MaliciousOrigin(origin);
        this.through = through;
    }

    @Override
    public Outcome play(int number, Corpus.Case one) throws IOException {
        String text = one.text();
        String method = "GET";
        if (text.startsWith("<")) {
            method = text.substring(1, text.indexOf('>'));
            text = text.substring(text.indexOf('>') + 1);
        }
        boolean ends = text.endsWith(ENDS);
        text = ends ? text.substring(0, text.length() - ENDS.length()) : text;
        origin.prepare(text, ends);
        try (Peer client = new Peer(through)) {
            client.say(method + " /case HTTP/1.1\r\nHost: web\r\n\r\n");
            Outcome outcome =
                    judged(client, method, StrictReader.responses(text, List.of(method), ends));
            String target = RequestTrial.CANARY + number;
            Outcome other = canary(target + "-other", "another client's request");
            return outcome.verdict() != Verdict.UNSAFE && other.verdict() == Verdict.UNSAFE
                    ? other
                    : outcome.forGood(one.good());
        }
    }

    private Outcome judged(Peer client, String method, Reading said) {
        List<String> asked = List.of(method);
        Reading got = StrictReader.responses(client.got(), asked, client.ended());
        while (!isFinal(got) && got.end() != End.AMBIGUOUS && client.hear(Peer.QUIET_MILLIS)) {
            got = StrictReader.responses(client.got(), asked, client.ended());
        }
        got = StrictReader.responses(client.got(), asked, client.ended());
        if (got.end() == End.AMBIGUOUS) {
            return Outcome.unsafe(got.why());
        }
        if (!isFinal(got)) {
            // Broken off where the connection has ended, or waiting for more where it has not.
            return client.got().isEmpty()
                    ? Outcome.rejected()
                    : new Outcome(Verdict.CLEAN, "broken off");
        }
        Message last = got.messages().getLast();
        if (last.status() == 101) {
            return Outcome.unsafe("101 for a request that did not ask for it");
        }
        Outcome outcome = compared(last, said);
        if (client.ended() || outcome.verdict() == Verdict.UNSAFE) {
            return outcome;
        }
        Outcome next = next(client, got.next());
        return next.verdict() == Verdict.UNSAFE ? next : outcome;
    }

    private static boolean isFinal(Reading got) {
        return !got.messages().isEmpty()
                && (!got.messages().getLast().isInterim()
                        || got.messages().getLast().status() == 101);
    }

    private static Outcome compared(Message got, Reading said) {
        if (said.messages().stream().anyMatch(got::equals)) {
            return new Outcome(Verdict.CLEAN, "as it was said");
        }
        if (got.status() >= 500 && got.status() <= 504) {
            return Outcome.rejected();
        }
        // A length or last chunk that never came must not be made up.
        return said.end() == End.UNFINISHED
                ? Outcome.unsafe("a response that broke off was made whole")
                : new Outcome(
                        Verdict.CLEAN,
                        "as a " + got.status() + " of " + got.body().length() + " bytes");
    }

    /// The same client asks again on the same connection.
    private static Outcome next(Peer client, int from) {
        client.say("GET /canary-same HTTP/1.1\r\nHost: web\r\n\r\n");
        while (true) {
            Reading got =
                    StrictReader.responses(
                            client.got().substring(from), List.of("GET"), client.ended());
            if (got.end() != End.UNFINISHED && client.got().length() > from) {
                boolean own =
                        got.end() == End.WHOLE
                                && got.messages().getLast().body().equals("/canary-same");
                return own
                        ? Outcome.rejected()
                        : Outcome.unsafe(foreign("the next request", client.got().substring(from)));
            }
            if (!client.hear(PATIENCE_MILLIS)) {
                // A connection that ends between two requests has told nobody anything.
                return client.got().length() == from
                        ? Outcome.rejected()
                        : Outcome.unsafe(foreign("the next request", client.got().substring(from)));
            }
        }
    }

    private static String foreign(String who, String got) {
        return who + " was answered " + Ambiguous.shown(got);
    }

    private Outcome canary(String target, String who) throws IOException {
        try (Peer canary = new Peer(through)) {
            canary.say("GET " + target + " HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n");
            Reading got = StrictReader.responses("", List.of("GET"), false);
            while (!isFinal(got) && got.end() != End.AMBIGUOUS && canary.hear(PATIENCE_MILLIS)) {
                got = StrictReader.responses(canary.got(), List.of("GET"), canary.ended());
            }
            boolean own =
                    got.end() == End.WHOLE
                            && !got.messages().isEmpty()
                            && got.messages().getLast().body().equals(target);
            return own ? Outcome.rejected() : Outcome.unsafe(foreign(who, canary.got()));
        }
    }

    @Override
    public void close() throws IOException {
        origin.close();
    }
}
