package io.proa.host;

import io.proa.model.IpPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A launcher in a process of its own, so that tests can have an ordinary user's. Reads one command
/// per line, its words parted by tabs, and answers by lines that begin with `|` and a last one that
/// begins with `=`. Its fleet's files, sockets among them, are what real fleets have.
final class PodKeeperMain {
    /// Stands in the sidecar's environment and command line.
    static final String SECRET = "geheim-4711";

    private final Path run;
    private final FleetNetwork network;
    private final Map<String, Pod> pods = new HashMap<>();
    private final Map<Long, Process> apps = new HashMap<>();

    private PodKeeperMain(Path run, FleetNetwork network) {
        this.run = run;
        this.network = network;
    }

    /// @param args the run directory
    public static void main(String[] args) throws Exception {
        Path run = Path.of(args[0]);
        try (FleetNetwork network = FleetNetwork.open(FleetNetwork.Settings.of(run))) {
            PodKeeperMain keeper = new PodKeeperMain(run, network);
            keeper.serve("launcher.sock");
            keeper.serve("control.sock");
            System.out.println("=" + network.hubPid());
            BufferedReader commands =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String line;
            while ((line = commands.readLine()) != null) {
                keeper.answer(List.of(line.split("\t", -1)));
            }
        }
    }

    private void answer(List<String> words) {
        try {
            System.out.println("=" + execute(words));
        } catch (IOException | InterruptedException | RuntimeException e) {
            System.out.println("=failed " + e);
        }
    }

    private String execute(List<String> words) throws IOException, InterruptedException {
        List<String> rest = words.subList(Math.min(2, words.size()), words.size());
        String first = words.get(1);
        return switch (words.getFirst()) {
            case "pod" -> addPod(first, rest);
            case "app" -> outcome(pod(first).startApp(start(rest)));
            case "power" -> outcome(pod(first).exec(rest));
            case "start" -> {
                Process app = pod(first).startApp(start(rest));
                apps.put(app.pid(), app);
                yield Long.toString(app.pid());
            }
            case "terminate" -> {
                app(first).destroy();
                yield Integer.toString(app(first).waitFor());
            }
            case "enter" -> String.join("\t", pod(first).enter(start(rest)));
            case "init" -> Long.toString(pod(first).initPid());
            case "hosts" -> {
                network.updateHosts(Map.of(first, List.of(IpPort.literal(rest.getFirst()))));
                yield "";
            }
            case "remove" -> {
                network.removePod(first, Duration.ofMillis(Long.parseLong(rest.getFirst())));
                pods.remove(first);
                yield "";
            }
            case "victim" -> kill(pod(first), rest);
            default -> throw new IllegalArgumentException(words.toString());
        };
    }

    private Pod pod(String name) {
        return Optional.ofNullable(pods.get(name)).orElseThrow();
    }

    private Process app(String pid) {
        return Optional.ofNullable(apps.get(Long.parseLong(pid))).orElseThrow();
    }

    /// @param rest last part of its addresses, then its sidecar's command
    private String addPod(String name, List<String> rest) throws IOException {
        Path state = run.resolve("pods").resolve(name).resolve("state");
        Files.createDirectories(state);
        Files.writeString(state.resolve("key.pem"), SECRET);
        serve("pods/" + name + "/admin.sock");
        InetAddress ipv4 = IpPort.literal("10.87.0." + rest.getFirst());
        InetAddress ipv6 = IpPort.literal("fd50:a0a::" + rest.getFirst());
        PodSpec.Sidecar sidecar =
                new PodSpec.Sidecar(
                        rest.subList(1, rest.size()),
                        Map.of("SIDECAR_SECRET", SECRET),
                        "token",
                        run.resolve(name + ".log"));
        Pod pod = network.addPod(new PodSpec(name, ipv4, ipv6, Map.of(), sidecar, null));
        pod.applyRedirect(RedirectRules.DEFAULT);
        pods.put(name, pod);
        return Long.toString(pod.initPid());
    }

    private void serve(String socket) throws IOException {
        Path path = run.resolve(socket);
        Files.deleteIfExists(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    try (SocketChannel _ = server.accept()) {
                        // being reached is all
                    }
                }
            } catch (IOException e) {
                System.err.println(e);
            }
        });
    }

    private static Pod.Start start(List<String> command) {
        return new Pod.Start(
                command,
                Map.of(),
                Path.of("/"),
                ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()),
                ProcessBuilder.Redirect.PIPE,
                ProcessBuilder.Redirect.PIPE);
    }

    private static String outcome(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        Thread errors = Thread.startVirtualThread(() -> print(process.errorReader()));
        print(process.inputReader());
        errors.join();
        return Integer.toString(process.waitFor());
    }

    private static void print(BufferedReader reader) {
        reader.lines().forEach(line -> System.out.println("|" + line));
    }

    /// Sends SIGKILL to one process of a pod in which one application runs.
    private String kill(Pod pod, List<String> rest) {
        long app = Long.parseLong(rest.get(1));
        ProcessHandle first = parent(app);
        ProcessHandle victim =
                switch (rest.getFirst()) {
                    case "application" -> ProcessHandle.of(app).orElseThrow();
                    case "application's process 1" -> first;
                    case "between" -> parent(first.pid());
                    case "entrance" -> parent(parent(first.pid()).pid());
                    case "pod's process 1" -> ProcessHandle.of(pod.initPid()).orElseThrow();
                    case "pod's holder" -> parent(pod.initPid());
                    case "sidecar" ->
                            ProcessHandle.of(pod.initPid())
                                    .orElseThrow()
                                    .children()
                                    .filter(p -> p.info().command().orElse("").endsWith("sleep"))
                                    .findFirst()
                                    .orElseThrow();
                    default -> throw new IllegalArgumentException(rest.toString());
                };
        return Boolean.toString(victim.destroyForcibly());
    }

    private static ProcessHandle parent(long pid) {
        return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow();
    }
}
