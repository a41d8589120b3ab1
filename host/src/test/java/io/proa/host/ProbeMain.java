package io.proa.host;

import io.proa.model.IpPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What tests run inside pods, or kill; one word says which.
final class ProbeMain {
    private ProbeMain() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "listen" -> listen(args);
            case "ask" -> System.out.print(ask(args[1], Integer.parseInt(args[2])));
            case "echo" -> echo(Integer.parseInt(args[1]));
            case "chat" -> chat(args[1], Integer.parseInt(args[2]));
            case "rules" -> System.out.print(RedirectRules.remove());
            case "attach" -> attach(Path.of(args[1]), Long.parseLong(args[2]));
            case "mark" -> {
                try (SocketChannel channel = SocketChannel.open()) {
                    System.out.print(SocketMark.set(channel));
                }
            }
            case "redirect" ->
                    System.exit(
                            RedirectCommand.run(
                                    List.of(args).subList(1, args.length).toArray(String[]::new),
                                    System.out,
                                    System.err));
            case "launcher" -> launcher(Path.of(args[1]));
            case "egress" -> egress(Path.of(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /// The command that runs this class with its arguments.
    static List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx16m",
                        "-XX:-UsePerfData"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(ProbeMain.class.getName());
        command.addAll(List.of(args));
        return command;
    }

    /// Answers every connection by where it wanted to go, "direct" if here.
    private static void listen(String[] args) throws IOException, InterruptedException {
        for (int i = 1; i < args.length; i++) {
            int port = Integer.parseInt(args[i]);
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(port));
            Thread.startVirtualThread(() -> answer(server, port));
        }
        System.out.println("listening");
        Thread.sleep(60_000);
    }

    /// Gives every connection back what it sends.
    private static void echo(int port) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(port));
            System.out.println("listening");
            while (true) {
                SocketChannel channel = server.accept();
                Thread.startVirtualThread(() -> {
                    try (channel) {
                        channel.socket()
                                .getInputStream()
                                .transferTo(channel.socket().getOutputStream());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    /// One connection: lines of standard input go out, lines of answers are printed.
    private static void chat(String host, int port) throws IOException {
        try (java.net.Socket socket = new java.net.Socket(host, port)) {
            Thread.startVirtualThread(() -> {
                try {
                    socket.getInputStream().transferTo(System.out);
                } catch (IOException e) {
                    System.out.println(e);
                }
            });
            System.in.transferTo(socket.getOutputStream());
        }
    }

    /// A fleet that a running program joins, until this is killed.
    private static void attach(Path run, long pid) throws Exception {
        Path log = run.resolveSibling("killed.log");
        FleetNetwork network = FleetNetwork.open(FleetNetwork.Settings.of(run));
        Attachment attached = network.attach(AttachmentTest.spec(pid, log));
        FleetNetworkTest.await(() -> FleetNetworkTest.read(log).contains("listening"));
        attached.applyRedirect(RedirectRules.DEFAULT);
        System.out.println("attached");
        Thread.sleep(60_000);
    }

    private static void answer(ServerSocketChannel server, int port) {
        try {
            while (true) {
                try (SocketChannel channel = server.accept()) {
                    IpPort original = OriginalDestination.of(channel);
                    String text = port + " " + (original == null ? "direct" : original);
                    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String ask(String host, int port) {
        StringBuilder answers = new StringBuilder();
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                answers.append(ask(new InetSocketAddress(address, port))).append('\n');
            }
        } catch (IOException e) {
            answers.append(e);
        }
        return answers.toString();
    }

    private static String ask(InetSocketAddress address) {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.socket().connect(address, 3000);
            ByteBuffer buffer = ByteBuffer.allocate(200);
            while (channel.read(buffer) >= 0) {
                // until the end
            }
            return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static PodSpec pod(PodSpec.Sidecar sidecar) {
        return new PodSpec(
                "pod",
                IpPort.literal("10.87.0.9"),
                IpPort.literal("fd50:a0a::9"),
                Map.of(),
                sidecar,
                null);
    }

    /// A fleet of one pod that names its processes and waits to be killed.
    private static void launcher(Path run) throws Exception {
        FleetNetwork network = FleetNetwork.open(FleetNetwork.Settings.of(run));
        Pod pod =
                network.addPod(
                        pod(new PodSpec.Sidecar(List.of("sleep", "61"), Map.of(), "t", null)));
        Process app =
                pod.startApp(
                        new Pod.Start(
                                List.of("sleep", "62"),
                                Map.of(),
                                Path.of("/"),
                                ProcessBuilder.Redirect.PIPE,
                                ProcessBuilder.Redirect.PIPE,
                                ProcessBuilder.Redirect.PIPE));
        StringBuilder pids = new StringBuilder();
        pids.append(app.pid());
        ProcessHandle.current().descendants().forEach(p -> pids.append(' ').append(p.pid()));
        System.out.println(pids);
        Thread.sleep(60_000);
    }

    /// Whom a machine beyond this one sees when a pod calls; run in a network namespace of its own.
    private static void egress(Path run) throws Exception {
        IpPort outside = IpPort.parse("198.51.100.1:7");
        try (RouteNetlink links = RouteNetlink.open()) {
            links.setUp("lo");
            links.addAddress("lo", Cidr.parse("198.51.100.1/32"));
        }
        FleetNetwork.Settings settings = FleetNetwork.Settings.of(run).withEgress(EgressKind.RELAY);
        try (ServerSocketChannel server = ServerSocketChannel.open();
                FleetNetwork network = FleetNetwork.open(settings)) {
            server.bind(outside.toSocketAddress());
            Pod pod = network.addPod(pod(PodSpec.Sidecar.NONE));
            Process client = pod.exec(command("ask", "198.51.100.1", "7"));
            try (SocketChannel accepted = server.accept()) {
                InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteAddress();
                System.out.println(peer.getAddress().getHostAddress());
            }
            client.waitFor();
            System.out.println(Files.readString(Path.of("/proc/net/dev")).contains("proa-"));
        }
    }
}
