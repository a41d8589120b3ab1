package io.proa.app.fleet;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The last words of a process that ended: what its user has to read first.
final class LogTail {
    private static final int LINES = 5;

    private LogTail() {}

    /// The last lines of a log as the end of a sentence.
    static String of(Path log) {
        return of(log, 0);
    }

    /// Those of them that stand after its first `from` bytes, which somebody else has written.
    static String of(Path log, long from) {
        try (FileChannel channel = FileChannel.open(log)) {
            byte[] words = Channels.newInputStream(channel.position(from)).readAllBytes();
            List<String> lines = new String(words, StandardCharsets.ISO_8859_1).lines().toList();
            List<String> tail = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
            return tail.isEmpty()
                    ? "; it printed nothing"
                    : "; its last words:\n    " + String.join("\n    ", tail);
        } catch (IOException _) {
            return "";
        }
    }
}
