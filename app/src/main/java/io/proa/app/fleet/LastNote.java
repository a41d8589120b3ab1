package io.proa.app.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is known of a fleet that ended otherwise than it should: kept beside its run directory
/// while it runs, so that it is there when its launcher is killed, and removed by an orderly end.
///
/// @param pid of the launcher
/// @param since when it started
/// @param pods that were running when this was written
/// @param ended how it came to its end; empty while it runs
/// @param explicit whether it ran in explicit mode
public record LastNote(long pid, Instant since, List<String> pods, String ended, boolean explicit) {
    public LastNote {
        pods = List.copyOf(pods);
    }

    public static Path file(Path base, String fleet) {
        return base.resolve(fleet + ".last");
    }

    /// Replaces what was there as a whole.
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(
                fresh,
                JsonMapper.shared()
                        .writeValueAsString(
                                Map.of(
                                        "pid", pid,
                                        "since", since.toString(),
                                        "pods", pods,
                                        "ended", ended,
                                        "explicit", explicit)));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Adds to the note of a fleet that is running how it comes to its end now.
    public static void end(Path base, String fleet, String how) {
        Path file = file(base, fleet);
        read(file)
                .ifPresent(last -> {
                    try {
                        new LastNote(last.pid(), last.since(), last.pods(), how, last.explicit())
                                .write(file);
                    } catch (IOException _) {
                        // Then the next command says that it was killed.
                    }
                });
    }

    public static Optional<LastNote> read(Path file) {
        try {
            JsonNode root = JsonMapper.shared().readTree(Files.readString(file));
            List<String> pods = new ArrayList<>();
            root.required("pods").forEach(pod -> pods.add(pod.asString()));
            return Optional.of(
                    new LastNote(
                            root.required("pid").asLong(),
                            Instant.parse(root.required("since").asString()),
                            pods,
                            root.required("ended").asString(),
                            root.path("explicit").asBoolean(false)));
        } catch (IOException | JacksonException | java.time.DateTimeException _) {
            return Optional.empty();
        }
    }
}
