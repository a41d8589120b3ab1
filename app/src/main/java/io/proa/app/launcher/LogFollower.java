package io.proa.app.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads what is added to log files, line by line; a file that is not there yet is waited for. For
/// one thread.
final class LogFollower {
    private static final int PIECE = 64 * 1024;
    private static final int LONGEST_LINE = 16 * 1024;

    private final Map<String, Followed> files = new LinkedHashMap<>();
    private final Lines lines;

    /// Takes what is read.
    interface Lines {
        /// @param name whose log it is
        void line(String name, String line);
    }

    private static final class Followed {
        private final Path file;
        private long position;
        private final StringBuilder begun = new StringBuilder();

        Followed(Path file, long position) {
            this.file = file;
            this.position = position;
        }
    }

    LogFollower(Lines lines) {
        this.lines = lines;
    }

    /// From now on, beginning with the last `lines` of what is there; at most once for each name.
    void follow(String name, Path file, int tail) throws IOException {
        if (files.containsKey(name)) {
            return;
        }
        Followed followed = new Followed(file, 0);
        files.put(name, followed);
        if (tail < Integer.MAX_VALUE && Files.exists(file)) {
            followed.position = startOfTail(file, tail);
        }
    }

    private static long startOfTail(Path file, int tail) throws IOException {
        Deque<Long> starts = new ArrayDeque<>();
        starts.add(0L);
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            byte[] piece = new byte[PIECE];
            long at = 0;
            int read = log.read(piece);
            while (read > 0) {
                for (int i = 0; i < read; i++) {
                    if (piece[i] == '\n') {
                        starts.addLast(at + i + 1);
                        if (starts.size() > tail + 1) {
                            starts.removeFirst();
                        }
                    }
                }
                at += read;
                read = log.read(piece);
            }
            boolean complete = starts.getLast() == at;
            if (!complete && starts.size() > tail) {
                starts.removeFirst(); // the line that is still being written counts, too
            }
            return starts.isEmpty() ? at : starts.getFirst();
        }
    }

    /// Hands on all whole lines that have come since the last call.
    ///
    /// @return whether there were any
    boolean look() throws IOException {
        boolean any = false;
        for (Map.Entry<String, Followed> each : files.entrySet()) {
            any |= look(each.getKey(), each.getValue());
        }
        return any;
    }

    private boolean look(String name, Followed followed) throws IOException {
        if (!Files.exists(followed.file) || Files.size(followed.file) <= followed.position) {
            return false;
        }
        boolean any = false;
        try (RandomAccessFile log = new RandomAccessFile(followed.file.toFile(), "r")) {
            log.seek(followed.position);
            byte[] piece = new byte[PIECE];
            int read = log.read(piece);
            while (read > 0) {
                followed.position += read;
                any |= split(name, followed, new String(piece, 0, read, StandardCharsets.UTF_8));
                read = log.read(piece);
            }
        }
        return any;
    }

    private boolean split(String name, Followed followed, String text) {
        boolean any = false;
        int start = 0;
        int end = text.indexOf('\n');
        while (end >= 0) {
            followed.begun.append(text, start, end);
            lines.line(name, followed.begun.toString());
            followed.begun.setLength(0);
            any = true;
            start = end + 1;
            end = text.indexOf('\n', start);
        }
        followed.begun.append(text, start, text.length());
        if (followed.begun.length() > LONGEST_LINE) {
            lines.line(name, followed.begun.toString());
            followed.begun.setLength(0);
            any = true;
        }
        return any;
    }

    /// Hands on what stands at the end of files without a line's end.
    void finish() {
        files.forEach((name, followed) -> {
            if (!followed.begun.isEmpty()) {
                lines.line(name, followed.begun.toString());
                followed.begun.setLength(0);
            }
        });
    }
}
