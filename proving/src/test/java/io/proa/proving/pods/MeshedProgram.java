package io.proa.proving.pods;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.proa.host.NamespaceSupport;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A shell that stands in its pod beside a real sidecar, by `proa run` as a user has it: what is
/// typed reaches it, what it says comes back.
final class MeshedProgram implements AutoCloseable {
    /// Whose command it is.
    enum Kind {
        ROOT,
        ORDINARY
    }

    private static final int UID = 1000;
    private static final String NAME = "guarded";
    private static final String POD = NAME + "-1";
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin/java").toString();
    private static final String FLAGS =
            "--enable-native-access=ALL-UNNAMED --add-exports=java.base/sun.nio.ch=ALL-UNNAMED"
                    + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m";

    private final String mark = "proa-test-" + UUID.randomUUID();
    private final Path folder;
    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter typed;

    MeshedProgram(Kind kind) throws IOException {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        // Not JUnit's: that belongs to this user alone.
        folder = Files.createTempDirectory("proa-guarded");
        permit(folder, "rwxr-xr-x");
        install();
        Path runtime = Files.createDirectory(folder.resolve("run"));
        permit(runtime, "rwx------");
        List<String> command = new ArrayList<>();
        if (kind == Kind.ORDINARY) {
            Files.setAttribute(runtime, "unix:uid", UID);
            Files.setAttribute(runtime, "unix:gid", UID);
            String id = Integer.toString(UID);
            command.addAll(List.of("setpriv", "--reuid", id, "--regid", id));
            command.addAll(List.of("--clear-groups", "--"));
        }
        command.addAll(List.of("setsid", "--wait", folder + "/bin/proa", "run", "--name", NAME));
        command.addAll(List.of("--", "sh", "-c"));
        command.add("while read -r line; do eval \"$line\" 2>&1; echo; echo =; done");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectError(folder.resolve("errors").toFile())
                        .directory(new File("/"));
        Map<String, String> environment = builder.environment();
        environment.put("XDG_RUNTIME_DIR", runtime.toString());
        environment.put("HOME", runtime.toString());
        environment.put("PROA_TEST_MARK", mark);
        process = builder.start();
        said = process.inputReader();
        typed = process.outputWriter();
    }

    private void install() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Files.createFile(Files.createDirectory(folder.resolve("demo")).resolve("fleet.yaml"));
        List<String> classPath = new ArrayList<>();
        String all =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path", ""));
        for (String entry : all.split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (entry.isEmpty() || !Files.exists(from)) {
                continue;
            }
            Path to = folder.resolve("lib").resolve(Integer.toString(classPath.size()));
            copy(from, Files.isDirectory(from) ? to : to.resolveSibling(to.getFileName() + ".jar"));
            classPath.add(Files.isDirectory(from) ? to.toString() : to + ".jar");
        }
        for (String[] program :
                new String[][] {
                    {"proa", "io.proa.app.Proa"}, {"proa-sidecar", "io.proa.sidecar.SidecarMain"}
                }) {
            Path script = bin.resolve(program[0]);
            Files.writeString(
                    script,
                    "#!/bin/sh\nexec '%s' %s '-Dio.proa.dist=%s' -cp '%s' %s \"$@\"\n"
                            .formatted(
                                    JAVA, FLAGS, folder, String.join(":", classPath), program[1]));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                permit(file, "rwxr-xr-x");
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                if (!Files.isDirectory(file)) {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void permit(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /// Where the fleet keeps its files.
    Path run() {
        return folder.resolve("run/proa/local");
    }

    /// Where it keeps those of this program's pod.
    Path pod() {
        return run().resolve("pods").resolve(POD);
    }

    /// What the shell in the pod says to one line.
    String says(String line) throws IOException {
        typed.write(line);
        typed.newLine();
        typed.flush();
        StringBuilder text = new StringBuilder();
        String one;
        while ((one = said.readLine()) != null) {
            if (one.equals("=")) {
                return text.substring(0, text.length() - 1); // what parts it from the sign
            }
            text.append(one).append('\n');
        }
        throw new IOException("it has ended: " + Files.readString(folder.resolve("errors")));
    }

    /// What somebody with power over the pod sees there.
    String showsToThePowerful(String script) throws IOException {
        String pid = Long.toString(sidecar());
        Process shell =
                new ProcessBuilder(
                                "nsenter",
                                "--target",
                                pid,
                                "--net",
                                "--mount",
                                "--pid",
                                "--",
                                "sh",
                                "-c",
                                script)
                        .redirectErrorStream(true)
                        .start();
        shell.getOutputStream().close();
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Its number as this process sees it.
    long sidecar() throws IOException {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.map(ProcessHandle::pid)
                    .filter(pid -> file(pid, "environ").contains(mark))
                    .filter(pid -> file(pid, "cmdline").contains("SidecarMain"))
                    .filter(pid -> file(pid, "cmdline").contains("java\0"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no sidecar"));
        }
    }

    private static String file(long pid, String name) {
        try {
            return Files.readString(
                    Path.of("/proc/" + pid + "/" + name), StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return ""; // ended meanwhile
        }
    }

    @Override
    public void close() throws IOException {
        typed.close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            // The launcher ends a moment after its last program, and takes its files along.
            for (int i = 0; i < 500 && Files.exists(run()); i++) {
                Thread.sleep(20);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
