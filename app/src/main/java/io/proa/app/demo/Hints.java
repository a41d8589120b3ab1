package io.proa.app.demo;

import io.proa.app.fleet.RunningPod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What to try next, below the table.
final class Hints {
    private Hints() {}

    static List<String> of(Stage stage, List<RunningPod> pods) {
        List<String> lines = new ArrayList<>();
        lines.add("  ask it yourself     curl -s " + stage.front().url());
        lines.add(
                "  forbid retries      set maxAttempts: 1 in "
                        + relative(stage.plan().document())
                        + " (read again at once)");
        if (!pods.isEmpty()) {
            lines.add("  all that a sidecar knows of itself:");
            lines.add(
                    "  curl --unix-socket " + pods.getFirst().adminSocket() + " http://x/metrics");
        }
        return lines;
    }

    /// As the user would write it from where they are.
    private static Path relative(Path document) {
        Path here = Path.of("").toAbsolutePath();
        Path file = document.toAbsolutePath().normalize();
        return file.startsWith(here) ? here.relativize(file) : file;
    }
}
