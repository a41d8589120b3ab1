package io.proa.app.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The last words of a process that ended: what its user has to read first.
final class LogTail {
    private static final int LINES = 5;

    private LogTail() {}

    /// The last lines of a log as the end of a sentence.
    static String of(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            List<String> tail = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
            return tail.isEmpty()
                    ? "; it printed nothing"
                    : "; its last words:\n    " + String.join("\n    ", tail);
        } catch (IOException _) {
            return "";
        }
    }
}
