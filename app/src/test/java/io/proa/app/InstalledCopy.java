package io.proa.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Proa as its users have it, a command that is a process, made from the tests' class path. Every
/// process that comes of it carries a mark in its environment, so that whatever is left behind is
/// found, whoever its parent is now.
final class InstalledCopy {
    private static final String CLASS_PATH =
            System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path", ""));
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin/java").toString();
    private static final String FLAGS =
            "--enable-native-access=ALL-UNNAMED --add-exports=java.base/sun.nio.ch=ALL-UNNAMED"
                    + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m";

    private final String mark = "proa-test-" + UUID.randomUUID();
    private final Path folder;
    private final Path runtime;

    InstalledCopy(Path folder) throws IOException {
        this.folder = folder;
        this.runtime =
                Files.createDirectory(
                        folder.resolve("run"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        Files.createDirectories(folder.resolve("bin"));
        Files.createFile(Files.createDirectory(folder.resolve("demo")).resolve("fleet.yaml"));
        script("proa", "io.proa.app.Proa");
        script("proa-sidecar", "io.proa.sidecar.SidecarMain");
    }

    private void script(String name, String main) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.writeString(
                file,
                "#!/bin/sh\nexec '%s' %s '-Dio.proa.dist=%s' -cp '%s' %s \"$@\"\n"
                        .formatted(JAVA, FLAGS, folder, CLASS_PATH, main));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path folder() {
        return folder;
    }

    /// One running command.
    record Running(Process process, Path out, Path err) {
        String errors() {
            return read(err);
        }

        String output() {
            return read(out);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// @return false when it ended, or 90 s were over, before it said so
        boolean says(String words) throws InterruptedException {
            return until(
                            () -> errors().contains(words) || !process.isAlive(),
                            Duration.ofSeconds(90))
                    && errors().contains(words);
        }

        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor();
        }

        int exit() throws InterruptedException {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("did not end within 60 s: " + errors());
            }
            return process.exitValue();
        }
    }

    /// In a session of its own; signals act as in a terminal, even where whoever started the tests
    /// ignores them.
    Running start(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("env", "--default-signal=INT,HUP,QUIT"));
        command.add(folder.resolve("bin/proa").toString());
        command.addAll(List.of(args));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .redirectInput(Path.of("/dev/null").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("XDG_RUNTIME_DIR", runtime.toString());
        environment.put("PROA_TEST_MARK", mark);
        return new Running(builder.start(), out, err);
    }

    /// Processes of this copy and files in its run directory that are still there after a moment.
    List<String> leftovers() throws IOException, InterruptedException {
        until(
                () -> {
                    try {
                        return found().isEmpty();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Duration.ofSeconds(5));
        return found();
    }

    /// Whether one of its fleets has begun.
    boolean hasRunDirectory() {
        return Files.exists(runtime.resolve("proa"));
    }

    private List<String> found() throws IOException {
        List<String> found = new ArrayList<>(marked());
        try (Stream<Path> files = Files.list(runtime)) {
            files.forEach(file -> found.add(file.toString()));
        }
        return found;
    }

    List<String> marked() throws IOException {
        List<String> marked = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(path -> isNumber(path)).toList()) {
                try {
                    String environment =
                            Files.readString(
                                    process.resolve("environ"), StandardCharsets.ISO_8859_1);
                    if (environment.contains(mark)) {
                        marked.add(
                                process
                                        + " "
                                        + Files.readString(
                                                        process.resolve("cmdline"),
                                                        StandardCharsets.ISO_8859_1)
                                                .replace('\0', ' '));
                    }
                } catch (IOException _) {
                    // Ended meanwhile, or somebody else's.
                }
            }
        }
        return marked;
    }

    private static boolean isNumber(Path path) {
        return String.valueOf(path.getFileName()).chars().allMatch(Character::isDigit);
    }

    /// A condition that is asked for now and then.
    interface Condition {
        boolean holds();
    }

    static boolean until(Condition condition, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(20);
        }
        return true;
    }
}
