package io.proa.identity;

import io.netty.internal.tcnative.Library;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Loads BoringSSL (netty-tcnative's static build) once per process.
///
/// The library is taken from the folder named by the system property [#DIRECTORY], where a launcher
/// has unpacked it, else unpacked from its jar to a private temporary file that is unlinked as soon
/// as it is mapped.
final class BoringLibrary {
    static final String DIRECTORY = "io.proa.native.dir";

    private BoringLibrary() {}

    /// Why it cannot be used; null where it can.
    static @Nullable String problem() {
        return Once.PROBLEM;
    }

    /// Loaded on first use, so that a process without TLS never maps three megabytes.
    private static final class Once {
        static final @Nullable String PROBLEM = load();

        private static @Nullable String load() {
            String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
            if (!System.getProperty("os.name", "").equals("Linux")) {
                return "not on Linux";
            }
            String suffix =
                    switch (machine) {
                        case "amd64", "x86_64" -> "x86_64";
                        case "aarch64" -> "aarch_64";
                        default -> null;
                    };
            if (suffix == null) {
                return "no build for " + machine;
            }
            String file = "libnetty_tcnative_linux_" + suffix + ".so";
            try {
                String directory = System.getProperty(DIRECTORY);
                Path unpacked = directory == null ? null : Path.of(directory, file);
                if (unpacked != null && Files.isRegularFile(unpacked)) {
                    System.load(unpacked.toAbsolutePath().toString());
                } else {
                    loadFromJar(file);
                }
                return Library.initialize("provided", null) ? null : "its initialisation failed";
            } catch (Exception | LinkageError e) {
                return e.toString();
            }
        }

        /// The library insists on its own file name (it finds its Java package's prefix there),
        /// hence a folder.
        private static void loadFromJar(String file) throws IOException {
            Path directory =
                    Files.createTempDirectory(
                            "proa-",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwx------")));
            Path temporary = directory.resolve(file);
            try (InputStream in =
                    BoringLibrary.class.getResourceAsStream("/META-INF/native/" + file)) {
                if (in == null) {
                    throw new IOException(file + " is not on the class path");
                }
                Files.copy(in, temporary);
                System.load(temporary.toAbsolutePath().toString());
            } finally {
                Files.deleteIfExists(temporary);
                Files.deleteIfExists(directory);
            }
        }
    }
}
