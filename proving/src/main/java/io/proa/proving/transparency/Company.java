package io.proa.proving.transparency;

import io.proa.app.Installation;
import io.proa.app.fleet.FleetDocument;
import io.proa.app.fleet.FleetRunner;
import io.proa.app.fleet.Progress;
import io.proa.app.fleet.Teardown;
import io.proa.host.Cidr;
import io.proa.host.FleetNetwork;
import io.proa.host.Pod;
import io.proa.host.PodSpec;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A client and a server in two pods, joined in one of two ways.
final class Company implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String DOCUMENT =
            """
            apiVersion: proa.io/v1alpha1
            kind: Fleet
            metadata: {name: transparency}
            spec:
              trustDomain: transparency.proa
              services:
                - name: server
                  command: [SERVER]
                  ports:
                    - {port: 8080, protocol: http}
                    - {port: 8081}
                    - {port: 8082, protocol: http2}
                    - {port: 8083}
                    - {port: 9000, protocol: tcp}
                    - {port: 9001}
                    - {port: 8089, protocol: http}
                    - {port: 9009, protocol: tcp}
                - name: client
                  command: [CLIENT]
                  startAfter: [server]
            ---
            # With a bound more travels: a deadline, and by baggage what an application hands on.
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: bounded}
            spec:
              parentRefs: [{group: "", kind: Service, name: server}]
              rules:
                - name: large
                  matches: [{path: {type: PathPrefix, value: /large}}]
                  timeouts: {request: 0s}
                - name: usual
                  timeouts: {request: 60s}
            """;

    private final Teardown teardown = new Teardown();
    private final Telephone server;
    private final Telephone client;
    private final List<String> arguments;

    private Company(Path scratch, String name, long seed, int random) throws IOException {
        this.server = new Telephone(scratch.resolve(name + "-server"), PATIENCE);
        this.client = new Telephone(scratch.resolve(name + "-client"), PATIENCE);
        this.arguments = List.of(Long.toString(seed), Integer.toString(random));
        teardown.add("the telephone to the client", client::close);
        teardown.add("the telephone to the server", server::close);
    }

    /// Without sidecars.
    ///
    /// @param scratch an empty folder
    static Company joinedDirectly(Path scratch, long seed, int random) throws IOException {
        Company company = new Company(scratch, "direct", seed, random);
        try {
            Path run = Files.createDirectory(scratch.resolve("direct"));
            FleetNetwork network = FleetNetwork.open(FleetNetwork.Settings.of(run));
            company.teardown.add("pods and their network", network::close);
            FleetNetwork.Settings blocks = FleetNetwork.Settings.of(run);
            Map<String, List<InetAddress>> hosts =
                    Map.of("server", List.of(host(blocks.pods4(), 2), host(blocks.pods6(), 2)));
            for (String name : List.of("server", "client")) {
                int number = name.equals("server") ? 2 : 3;
                Pod pod =
                        network.addPod(
                                new PodSpec(
                                        name,
                                        host(blocks.pods4(), number),
                                        host(blocks.pods6(), number),
                                        hosts,
                                        PodSpec.Sidecar.NONE,
                                        null));
                Redirect log = Redirect.appendTo(scratch.resolve(name + ".log").toFile());
                pod.startApp(
                        new Pod.Start(
                                company.command(name),
                                Map.of(),
                                Path.of("/"),
                                Redirect.from(Path.of("/dev/null").toFile()),
                                log,
                                log));
            }
            return company.awaited();
        } catch (IOException | RuntimeException e) {
            company.close();
            throw e;
        }
    }

    private static InetAddress host(Cidr block, int number) {
        return block.host(number);
    }

    /// Each with its sidecar.
    ///
    /// @param scratch an empty folder
    static Company meshed(Path scratch, long seed, int random) throws IOException {
        Company company = new Company(scratch, "meshed", seed, random);
        try {
            Path document =
                    Files.writeString(
                            scratch.resolve("fleet.yaml"),
                            DOCUMENT.replace("SERVER", quoted(company.command("server")))
                                    .replace("CLIENT", quoted(company.command("client"))));
            FleetRunner.start(
                    FleetDocument.read(document).plan(),
                    Installation.find(System.getProperty("io.proa.dist")),
                    scratch.resolve("run"),
                    company.teardown,
                    new Told());
            return company.awaited();
        } catch (IOException | RuntimeException e) {
            company.close();
            throw e;
        }
    }

    private static String quoted(List<String> words) {
        return String.join(", ", words.stream().map(word -> '"' + word + '"').toList());
    }

    private List<String> command(String role) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", classPath()));
        command.addAll(List.of(Player.class.getName(), role));
        command.add((role.equals("server") ? server : client).path().toString());
        command.addAll(arguments);
        return command;
    }

    /// Ours, for whoever stands in another folder.
    private static String classPath() {
        return String.join(
                ":",
                Stream.of(System.getProperty("java.class.path").split(":", -1))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }

    private Company awaited() throws IOException {
        server.await();
        client.await();
        return this;
    }

    /// Plays once.
    ///
    /// @param number of the play in the repertoire
    /// @param ipv6 whether by IPv6, where there is any
    Comparison.Seen play(int number, int port, boolean ipv6) throws IOException {
        server.order("begin " + number);
        List<List<Event>> atClient = client.order("play " + number + " " + port + " " + ipv6);
        return new Comparison.Seen(atClient, server.order("end"));
    }

    @Override
    public void close() {
        teardown.close();
    }

    /// What could not be undone.
    List<String> leftovers() {
        return teardown.failures();
    }

    /// Of interest when something goes wrong.
    private static final class Told implements Progress {
        @Override
        public void step(String done) {}

        @Override
        public void news(String sentence) {
            System.err.println("fleet: " + sentence);
        }
    }
}
