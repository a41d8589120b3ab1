package io.proa.app.fleet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds a service's program as `execvp` would, before anything is started: a name with a slash is a path, relative to
/// the service's own folder; any other name is searched in `PATH`.
final class CommandLookup {
    private CommandLookup() {}

    /// @param path the value of `PATH`
    /// @return why it cannot be started, with what was expected; empty when it can
    static Optional<String> problem(String program, Path folder, String path) {
        if (!Files.isDirectory(folder)) {
            return Optional.of("folder '" + folder + "' does not exist; expected the folder to run '" + program + "' in");
        }
        if (program.indexOf('/') >= 0) {
            Path file = folder.resolve(program);
            if (!Files.exists(file)) {
                return Optional.of("command '" + program + "' not found; expected a program at " + file.normalize());
            }
            return isProgram(file) ? Optional.empty() : Optional.of("command '" + program + "' is not executable (" + file.normalize() + ")");
        }
        for (String entry : path.split(":", -1)) {
            if (isProgram(folder.resolve(entry.isEmpty() ? "." : entry).resolve(program))) {
                return Optional.empty();
            }
        }
        return Optional.of("command '" + program + "' not found; expected a program of that name in PATH (" + path + ")");
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
