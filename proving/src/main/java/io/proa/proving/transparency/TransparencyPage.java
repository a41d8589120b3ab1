package io.proa.proving.transparency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The part of `docs/transparency.md` that is made from the code.
final class TransparencyPage {
    static final String BEGIN = "<!-- made by .ci/transparency --write: begin -->\n";
    static final String END = "<!-- made by .ci/transparency --write: end -->\n";

    private TransparencyPage() {}

    /// Replaces the part in the page.
    static void write(Path page) throws IOException {
        Files.writeString(page, replaced(Files.readString(page)));
    }

    /// The page as it should be.
    static String replaced(String page) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("the page lacks the lines " + BEGIN + END);
        }
        return page.substring(0, begin + BEGIN.length()) + part() + page.substring(end);
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
            text.append("- ").append(play.stage().stream() ? "a stream: " : "").append(play.name());
            text.append(play.seldom() ? " (only with `--long`)\n" : "\n");
        }
        return text.toString();
    }
}
