package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Who is whose child, by proc(5); nobody in it holds still.
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");

    private ProcessTree() {}

    /// Children of a process of one thread, the oldest first, orphans that it adopted last; empty
    /// where it is gone.
    static List<Long> children(long pid) {
        List<Long> children = new ArrayList<>();
        try {
            String name = Long.toString(pid);
            Path file = PROC.resolve(name).resolve("task").resolve(name).resolve("children");
            for (String child : Files.readString(file).split(" ", -1)) {
                if (!child.isBlank()) {
                    children.add(Long.parseLong(child));
                }
            }
        } catch (IOException _) {
            // It is gone, or the kernel lacks CONFIG_PROC_CHILDREN.
            ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::children)
                    .sorted(Comparator.comparing(ProcessTree::start))
                    .forEach(child -> children.add(child.pid()));
        }
        return children;
    }

    private static Instant start(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.MAX);
    }

    /// The only or oldest child.
    static Optional<Long> child(long pid) {
        List<Long> children = children(pid);
        return children.isEmpty() ? Optional.empty() : Optional.of(children.getFirst());
    }

    /// One line of a process' status, without its name; empty where it is gone.
    static String status(long pid, String name) {
        try {
            for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
                if (line.startsWith(name) && line.startsWith(":", name.length())) {
                    return line.substring(name.length() + 1).strip();
                }
            }
        } catch (IOException _) {
            // gone
        }
        return "";
    }
}
