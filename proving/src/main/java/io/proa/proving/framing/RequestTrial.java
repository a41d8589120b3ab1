package io.proa.proving.framing;

import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.io.IOException;
import java.util.List;

/// Sends requests as they stand in the corpus, and looks at what the application gets; then another
/// client's request must arrive as itself, so that nothing is left for it.
final class RequestTrial implements Trial {
    private static final int PATIENCE_MILLIS = 2000;
    static final String CANARY = "/canary-";

    private final CapturingOrigin origin;
    private final int through;

    RequestTrial(int origin, int through) throws IOException {
        this.origin = new CapturingOrigin(origin);
        this.through = through;
    }

    @Override
    public Outcome play(int number, Corpus.Case one) throws IOException, InterruptedException {
        origin.mark();
        Reading sent = StrictReader.requests(one.text());
        List<String> methods = sent.messages().stream().map(Message::method).toList();
        try (Peer attacker = new Peer(through)) {
            attacker.say(one.text());
            while (!answered(attacker, sent, methods) && attacker.hear(Peer.QUIET_MILLIS)) {
                // Until all is answered, or nothing comes any more.
            }
        }
        String target = CANARY + number;
        String answer = canary(target);
        return Judgement.of(sent, origin.seen(), target, answer).forGood(one.good());
    }

    private static boolean answered(Peer peer, Reading sent, List<String> methods) {
        if (sent.end() != End.WHOLE) {
            return false;
        }
        Reading got = StrictReader.responses(peer.got(), methods, peer.ended());
        return got.messages().stream().filter(m -> !m.isInterim()).count() == methods.size();
    }

    /// The body of the answer to a request of somebody else.
    private String canary(String target) throws IOException {
        try (Peer canary = new Peer(through)) {
            canary.say("GET " + target + " HTTP/1.1\r\nHost: web\r\n\r\n");
            while (true) {
                Reading got = StrictReader.responses(canary.got(), List.of("GET"), canary.ended());
                if (got.end() != End.UNFINISHED && !canary.got().isEmpty()) {
                    return got.messages().isEmpty()
                            ? Ambiguous.shown(canary.got())
                            : got.messages().getLast().body();
                }
                if (!canary.hear(PATIENCE_MILLIS)) {
                    return "nothing";
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        origin.close();
    }
}
