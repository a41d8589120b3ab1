package io.proa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.model.IpPort;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The near end of a [PodKeeperMain].
final class PodKeeper implements AutoCloseable {
    /// Whose launcher it is.
    enum Kind {
        ROOT,
        /// Made root of a user namespace of its own, like every ordinary user's launcher.
        ORDINARY
    }

    /// Any user will do; this one exists on most machines, which is of no importance.
    static final int UID = 1000;

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Kind kind;
    private final Path folder;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final long hub;

    private PodKeeper(Kind kind, Path folder, Process process) throws IOException {
        this.kind = kind;
        this.folder = folder;
        this.process = process;
        this.answers = process.inputReader();
        this.commands = process.outputWriter();
        this.hub = Long.parseLong(answer().value());
    }

    /// What a command said, and what came of it.
    record Outcome(String said, String value) {
        int code() {
            return Integer.parseInt(value);
        }
    }

    static PodKeeper open(Kind kind) throws IOException {
        return open(kind, List.of());
    }

    /// @param wrapper put before its command, as root
    static PodKeeper open(Kind kind, List<String> wrapper) throws IOException {
        assumeMayBe(kind);
        // Not JUnit's: that belongs to this user alone.
        Path folder = Files.createTempDirectory("proa-pods");
        open(folder);
        stage(folder);
        Files.setPosixFilePermissions(
                Files.createDirectory(folder.resolve("shared")),
                PosixFilePermissions.fromString("rwxrwxrwx"));
        Path base = Files.createDirectory(folder.resolve("base"));
        List<String> command = new ArrayList<>(wrapper);
        if (kind == Kind.ORDINARY) {
            if (isRoot()) {
                Files.setAttribute(base, "unix:uid", UID);
                Files.setAttribute(base, "unix:gid", UID);
            }
            command.addAll(asOwner(kind));
            command.addAll(List.of("unshare", "--user", "--map-root-user", "--"));
        }
        command.addAll(java(folder, PodKeeperMain.class, base.resolve("run").toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        return new PodKeeper(kind, folder, builder.start());
    }

    private static void assumeMayBe(Kind kind) {
        boolean may =
                kind == Kind.ROOT
                        ? NamespaceSupport.obstacle().isEmpty()
                        : new java.io.File("/proc/self/ns/user").exists()
                                && succeeds("unshare", "--user", "--map-root-user", "--net");
        assumeTrue(may, () -> "no pods here as " + kind.name().toLowerCase(Locale.ROOT));
    }

    private static boolean succeeds(String... command) {
        List<String> all = new ArrayList<>(asOwner(Kind.ORDINARY));
        all.addAll(List.of(command));
        all.addAll(List.of("--", "true"));
        try {
            return new ProcessBuilder(all).inheritIO().start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static boolean isRoot() {
        return ProcessTree.status(ProcessHandle.current().pid(), "Uid").startsWith("0\t");
    }

    /// What goes before a command that is to be run by the owner of the pods.
    static List<String> asOwner(Kind kind) {
        if (kind == Kind.ROOT || !isRoot()) {
            return List.of();
        }
        String id = Integer.toString(UID);
        return List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--");
    }

    private static List<String> java(Path folder, Class<?> main, String... args) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        command.addAll(List.of("-cp", folder + "/0:" + folder + "/1:" + folder + "/2"));
        command.add(main.getName());
        command.addAll(List.of(args));
        return command;
    }

    /// Where every user can read it.
    private static void stage(Path folder) throws IOException {
        int number = 0;
        for (Class<?> type : List.of(NamespaceSetup.class, IpPort.class, PodKeeperMain.class)) {
            Path target = folder.resolve(Integer.toString(number++));
            Path source;
            try {
                source = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
            } catch (URISyntaxException e) {
                throw new IOException(e);
            }
            try (Stream<Path> all = Files.walk(source)) {
                for (Path path : all.toList()) {
                    Path copy = target.resolve(source.relativize(path).toString());
                    Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
                    open(copy);
                }
            }
        }
    }

    private static void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Kind kind() {
        return kind;
    }

    Path run() {
        return folder.resolve("base/run");
    }

    /// Where everybody, applications too, may write.
    Path shared() {
        return folder.resolve("shared");
    }

    /// Process 1 of the hub, in the keeper's numbers.
    long hub() {
        return hub;
    }

    Process process() {
        return process;
    }

    /// A command for [#tell] that ends in an [AttemptMain].
    List<String> attempt(String... words) {
        return java(folder, AttemptMain.class, words);
    }

    /// Sends a command of [PodKeeperMain].
    synchronized Outcome tell(String verb, String pod, List<String> rest) {
        List<String> words = new ArrayList<>(List.of(verb, pod));
        words.addAll(rest);
        assertThat(words).noneMatch(word -> word.contains("\n"));
        try {
            commands.write(String.join("\t", words));
            commands.newLine();
            commands.flush();
            Outcome outcome = answer();
            assertThat(outcome.value()).as(words.toString()).doesNotStartWith("failed");
            return outcome;
        } catch (IOException e) {
            throw new AssertionError(words.toString(), e);
        }
    }

    Outcome tell(String verb, String pod, String... rest) {
        return tell(verb, pod, List.of(rest));
    }

    /// By an application.
    Outcome app(String pod, String script) {
        return tell("app", pod, "sh", "-c", script);
    }

    /// By whoever made the pod.
    Outcome power(String pod, String script) {
        return tell("power", pod, "sh", "-c", script);
    }

    private Outcome answer() throws IOException {
        StringBuilder said = new StringBuilder();
        String line;
        while ((line = answers.readLine()) != null) {
            if (line.startsWith("=")) {
                return new Outcome(said.toString(), line.substring(1));
            }
            said.append(line.startsWith("|") ? line.substring(1) : line).append('\n');
        }
        throw new IOException("the keeper has ended: " + said);
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
