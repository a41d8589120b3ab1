package io.proa.app;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where this Proa's own files are.
///
/// @param dist the built folder with `bin/` and `lib/`
/// @param demo the demo's folder, with `fleet.yaml` and `services/`
public record Installation(Path dist, Path demo) {
    /// From the system property `io.proa.dist`, which the start script sets; the demo's folder lies
    /// in it (a release) or above it (a checkout).
    public static Installation find(@Nullable String dist) {
        if (dist == null) {
            throw Fault.of(
                    Sysexit.SOFTWARE,
                    "the property io.proa.dist is not set; expected the folder that holds bin/proa-sidecar",
                    "start Proa by ./proa or by bin/proa");
        }
        Path folder = Path.of(dist).toAbsolutePath().normalize();
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("demo/fleet.yaml"))) {
                return new Installation(folder, at.resolve("demo"));
            }
        }
        throw Fault.of(
                Sysexit.NO_INPUT,
                "no demo/fleet.yaml in " + folder + " or above it",
                "is this copy of Proa complete?");
    }

    public Path program(String name) {
        return dist.resolve("bin").resolve(name);
    }
}
