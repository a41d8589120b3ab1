package io.proa.proving.framing;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Plays one corpus: `FramingProof requests|responses|downgrades FILE ORIGIN THROUGH [NAME]`. The
/// application listens on port ORIGIN, and is reached by port THROUGH. Prints a line per case:
/// verdict, name and what there is to say, with tabs between. Judging is left to who reads that.
public final class FramingProof {
    private static final int MOST_STARTS = 20;

    private FramingProof() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        List<Corpus.Case> cases = Corpus.read(Path.of(args[1]));
        PrintStream out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        try (Trial trial = trial(args[0], Integer.parseInt(args[2]), Integer.parseInt(args[3]))) {
            warmUp(trial, cases);
            for (int i = 0; i < cases.size(); i++) {
                Corpus.Case one = cases.get(i);
                if (args.length > 4 && !one.name().contains(args[4])) {
                    continue;
                }
                Outcome outcome = trial.play(i, one);
                out.println(outcome.verdict() + "\t" + one.name() + "\t" + outcome.said());
            }
        }
        out.flush();
    }

    /// The first case is played until it comes through, so that nobody is judged by their start.
    private static void warmUp(Trial trial, List<Corpus.Case> cases)
            throws IOException, InterruptedException {
        Outcome last = null;
        for (int i = 0; i < MOST_STARTS; i++) {
            last = trial.play(cases.size() + i, cases.getFirst());
            if (last.verdict() == Outcome.Verdict.CLEAN) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IOException(
                "the first case never came through, though it is valid; at last it was " + last);
    }

    private static Trial trial(String kind, int origin, int through) throws IOException {
        return switch (kind) {
            case "requests" -> new RequestTrial(origin, through);
            case "responses" -> new ResponseTrial(origin, through);
            case "downgrades" -> new DowngradeTrial(origin, through);
            default -> throw new IllegalArgumentException(kind);
        };
    }
}
