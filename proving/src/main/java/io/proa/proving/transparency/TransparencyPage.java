package io.proa.proving.transparency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The part of `docs/transparency.md` that is made from the code.
final class TransparencyPage {
    static final String BEGIN = "<!-- made by .ci/transparency --write: begin -->\n";
    static final String END = "<!-- made by .ci/transparency --write: end -->\n";

    private static final String RUN_BEGIN = "<!-- made by .ci/transparency --record: begin -->\n";
    private static final String RUN_END = "<!-- made by .ci/transparency --record: end -->\n";

    private TransparencyPage() {}

    /// Replaces the part in the page.
    static void write(Path page) throws IOException {
        Files.writeString(page, replaced(Files.readString(page)));
    }

    /// The page as it should be.
    static String replaced(String page) {
        return replaced(page, BEGIN, part(), END);
    }

    private static String replaced(String page, String first, String part, String last) {
        int begin = page.indexOf(first);
        int end = page.indexOf(last);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("the page lacks the lines " + first + last);
        }
        return page.substring(0, begin + first.length()) + part + page.substring(end);
    }

    /// Writes down a run.
    ///
    /// @param seen what it printed
    static void record(Path page, String commit, String date, String seen) throws IOException {
        String made =
                "At commit %s, on %s, on %d processors:\n\n```\n%s```\n"
                        .formatted(commit, date, Runtime.getRuntime().availableProcessors(), seen);
        Files.writeString(page, replaced(Files.readString(page), RUN_BEGIN, made, RUN_END));
    }

    private static String part() {
        StringBuilder text = new StringBuilder();
        text.append("| what differs | why |\n|---|---|\n");
        for (Difference difference : Difference.values()) {
            text.append("| ").append(difference.what).append(" | ").append(difference.why);
            text.append(" |\n");
        }
        text.append("\nPlayed each time, without and with sidecars:\n\n");
        for (Play play : new Repertoire(1, 0).fixed()) {
            text.append("- ").append(kind(play)).append(play.name());
            text.append(play.seldom() ? " (only with `--long`)\n" : "\n");
        }
        return text.toString();
    }

    static String kind(Play play) {
        return play.stage() == Play.Stage.HTTP2
                ? "HTTP/2: "
                : play.stage().stream() ? "a stream: " : "";
    }
}
