package io.proa.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A launcher with one pod, run by root or by an ordinary user, and programs run in that pod.
@SuppressWarnings("try") // interrupted only where the whole run is
final class EgressStage implements AutoCloseable {
    private static final String ORDINARY = "1000";

    private final Process launcher;
    private final String[] pids;

    private EgressStage(Process launcher, String[] pids) {
        this.launcher = launcher;
        this.pids = pids;
    }

    /// One that relays, with this machine's own name servers, where this machine can have one.
    ///
    /// @param all a folder for the launchers of a test class
    static EgressStage relay(Path all, boolean ordinaryUser, int... hostServices)
            throws IOException, InterruptedException {
        assumeTrue(
                NamespaceSupport.obstacle().isEmpty(),
                () -> NamespaceSupport.obstacle().orElseThrow());
        assumeTrue(OutsideServer.address(false).isPresent(), "this machine has no network");
        for (String program : new String[] {"python3", "curl"}) {
            assumeTrue(isInstalled(program), program + " is not installed");
        }
        List<String> arguments = new ArrayList<>(List.of("/etc/resolv.conf", "53"));
        for (int port : hostServices) {
            arguments.add(Integer.toString(port));
        }
        return start(folder(all), ordinaryUser, "RELAY", arguments.toArray(String[]::new));
    }

    /// A new one, in which whoever runs the launcher reads but does not write.
    static Path folder(Path all) throws IOException {
        open(all);
        Path folder = Files.createTempDirectory(all, "launcher");
        open(folder);
        return folder;
    }

    private static boolean isInstalled(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false;
        }
    }

    /// @param folder readable for everybody; holds the launcher's classes and run directory
    /// @param arguments of [EgressProbe] behind the run directory
    static EgressStage start(Path folder, boolean ordinaryUser, String kind, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        Path run = Files.createDirectory(folder.resolve("run of " + kind));
        if (ordinaryUser) {
            new ProcessBuilder("chown", ORDINARY, run.toString()).start().waitFor();
            command.addAll(List.of("setpriv", "--reuid", ORDINARY, "--regid", ORDINARY));
            command.addAll(List.of("--clear-groups", "--", "unshare", "--user"));
            command.add("--map-root-user");
        }
        command.addAll(EgressProbe.command(classPath(folder)));
        command.add(kind);
        command.add(run.resolve("fleet").toString());
        command.addAll(List.of(arguments));
        Process launcher =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader output = launcher.inputReader();
        String said = output.readLine();
        if (said == null) {
            throw new IOException("the launcher ended with code " + launcher.waitFor());
        }
        return new EgressStage(launcher, said.split(" ", -1));
    }

    /// Copies of what the launcher needs: the originals may be in a home that others cannot read.
    private static String classPath(Path folder) throws IOException {
        StringBuilder path = new StringBuilder();
        for (Class<?> type :
                List.of(EgressProbe.class, FleetNetwork.class, io.proa.model.IpPort.class)) {
            Path from;
            try {
                from = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
            } catch (URISyntaxException e) {
                throw new IOException(e);
            }
            Path to = folder.resolve(type.getSimpleName());
            if (!Files.exists(to)) {
                copy(from, to);
            }
            path.append(path.isEmpty() ? "" : ":").append(to);
        }
        return path.toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes a)
                            throws IOException {
                        open(Files.createDirectory(to.resolve(from.relativize(at).toString())));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path at, BasicFileAttributes a)
                            throws IOException {
                        Path copy = to.resolve(from.relativize(at).toString());
                        open(Files.copy(at, at.equals(from) ? to : copy));
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /// Readable for every user.
    static void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    long launcherPid() {
        return Long.parseLong(pids[0]);
    }

    long hubPid() {
        return Long.parseLong(pids[1]);
    }

    long podPid() {
        return Long.parseLong(pids[2]);
    }

    /// Kilobytes of the launcher in memory.
    long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pids[0], "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("the launcher has ended");
    }

    /// Starts a command in the pod; what it says to either stream is one.
    Process start(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--target", pids[2], "--net"));
        all.addAll(List.of("--mount", "--pid", "--"));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    /// @return what the command said
    String run(String... command) throws IOException, InterruptedException {
        return output(start(command));
    }

    /// Runs a Python program in the pod.
    String python(String program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("python3", "-"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = start(command.toArray(String[]::new));
        try (OutputStream input = process.getOutputStream()) {
            input.write(program.getBytes(StandardCharsets.UTF_8));
        }
        return output(process);
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("still running: " + text);
        }
        return text.strip();
    }

    void kill() throws InterruptedException {
        ProcessHandle.of(launcherPid()).ifPresent(ProcessHandle::destroyForcibly);
        launcher.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException, IOException {
        launcher.getOutputStream().close();
        if (!launcher.waitFor(20, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
