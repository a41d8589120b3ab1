package io.proa.proving.framing;

import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.util.ArrayList;
import java.util.List;

/// What the application has got, held against what was sent.
final class Judgement {
    private Judgement() {}

    /// @param sent the strict reading of what the client said
    /// @param seen what each connection to the application has carried
    /// @param canary the other client's target
    /// @param answer what the other client was answered
    static Outcome of(Reading sent, List<Reading> seen, String canary, String answer) {
        List<Message> messages = new ArrayList<>();
        boolean canarySeen = false;
        boolean unfinished = false;
        for (Reading reading : seen) {
            if (reading.end() == End.AMBIGUOUS) {
                return Outcome.unsafe(reading.why());
            }
            unfinished |= reading.end() == End.UNFINISHED;
            for (Message message : reading.messages()) {
                if (message.target().equals(canary) && message.method().equals("GET")) {
                    canarySeen = true;
                } else {
                    messages.add(message);
                }
            }
        }
        if (!canarySeen || !answer.equals(canary)) {
            return Outcome.unsafe(
                    canarySeen
                            ? "somebody else's request was answered " + answer
                            : "somebody else's request is part of another, or was lost");
        }
        if (messages.isEmpty() && !unfinished) {
            return Outcome.rejected();
        }
        return differing(sent, messages, unfinished);
    }

    private static Outcome differing(Reading sent, List<Message> messages, boolean unfinished) {
        String said = messages.size() + " whole" + (unfinished ? ", one broken off" : "");
        if (sent.end() == End.AMBIGUOUS) {
            return new Outcome(Outcome.Verdict.CLEAN, said);
        }
        if (messages.size() > sent.messages().size()) {
            return Outcome.unsafe(
                    messages.size() + " requests, and " + sent.messages().size() + " were sent");
        }
        for (int i = 0; i < messages.size(); i++) {
            if (!sent.messages().contains(messages.get(i))) {
                return Outcome.unsafe("request " + (i + 1) + " is not one that was sent");
            }
        }
        return new Outcome(Outcome.Verdict.CLEAN, said);
    }
}
