package io.proa.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/// The shell scripts that hold pods together. They lie in the fleet's run directory: those that
/// read others find them beside themselves.
enum PodScript {
    POD_INIT,
    APP_START,
    LOOPBACK_POD,
    KEEP_SIDECAR;

    private String file() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".sh";
    }

    /// Where it lies.
    Path in(Path directory) {
        return directory.resolve(file());
    }

    /// Puts it there, in the place of an older one.
    void install(Path directory) throws IOException {
        try (InputStream text = PodScript.class.getResourceAsStream(file())) {
            if (text == null) {
                throw new IOException(file() + " is missing from the program");
            }
            Files.copy(text, in(directory), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
