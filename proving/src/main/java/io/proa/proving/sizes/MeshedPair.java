package io.proa.proving.sizes;

import io.proa.control.authority.CertificateAuthority;
import io.proa.control.authority.RequestRefused;
import io.proa.identity.CertificateRequest;
import io.proa.identity.IdentityStore;
import io.proa.model.IpPort;
import io.proa.model.SpiffeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Two sidecars as they run in pods, with mutual TLS between them, in front of an [Application].
final class MeshedPair implements AutoCloseable {
    static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");
    private static final SpiffeId CALLER =
            SpiffeId.ofServiceAccount("sizes.test", "default", "caller");
    private static final SpiffeId CALLEE =
            SpiffeId.ofServiceAccount("sizes.test", "default", "callee");
    private static final Duration LIFETIME = Duration.ofHours(2);
    private static final List<String> NAMES = List.of("stream", "http", "http2");

    private final Path folder;
    private final String flags;
    private final CertificateAuthority authority =
            CertificateAuthority.inMemory("sizes.test", Instant.now(), _ -> {});
    private final List<Integer> doors = new ArrayList<>();
    private final List<Vitals> sidecars = new ArrayList<>();

    /// @param folder a new one
    /// @param flags for the sidecars' JVMs, after theirs
    MeshedPair(Path folder, Application application, String flags)
            throws IOException, InterruptedException {
        this.flags = flags;
        this.folder = Files.createDirectories(folder);
        int mesh = freePort();
        List<Integer> targets =
                List.of(application.streamPort(), application.httpPort(), application.http2Port());
        List<String> ports = new ArrayList<>();
        List<String> services = new ArrayList<>();
        List<String> options = new ArrayList<>(List.of("--mesh", "off"));
        for (int i = 0; i < NAMES.size(); i++) {
            String name = NAMES.get(i);
            String protocol = name.equals("stream") ? "tcp" : name;
            ports.add(
                    "{\"service\": \"%s\", \"port\": 80, \"targetPort\": %d, \"protocol\": \"%s\"}"
                            .formatted(name, targets.get(i), protocol));
            services.add(service(name, i + 1, protocol, mesh));
            doors.add(freePort());
            options.add("--forward");
            options.add("127.0.0.1:" + doors.getLast() + "=240.0.0." + (i + 1) + ":80");
        }
        try {
            start("callee", CALLEE, ports, List.of(), List.of("--mesh", "127.0.0.1:" + mesh));
            start("caller", CALLER, List.of(), services, options);
            awaitAnswer();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static String service(String name, int number, String protocol, int mesh) {
        return """
        {"name": "%s", "virtualAddresses": ["240.0.0.%d"],
         "ports": [{"port": 80, "targetPort": 80, "protocol": "%s"}],
         "endpoints": [{"pod": "callee-1", "addresses": ["127.0.0.1"], "meshPort": %d, "identity": "%s"}]}
        """
                .formatted(name, number, protocol, mesh, CALLEE);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(LOOPBACK, 0));
            return socket.getLocalPort();
        }
    }

    private void start(
            String name,
            SpiffeId id,
            List<String> ports,
            List<String> services,
            List<String> options)
            throws IOException {
        Path identity = folder.resolve("identity-" + name);
        issue(id, identity);
        Path snapshot = folder.resolve(name + ".json");
        Files.writeString(
                snapshot,
                """
                {"self": {"pod": "%s-1", "identity": "%s", "addresses": ["127.0.0.1"], "ports": [%s]},
                 "services": [%s]}
                """
                        .formatted(
                                name, id, String.join(", ", ports), String.join(", ", services)));
        Path dist = Path.of(System.getProperty("io.proa.dist"));
        List<String> command = new ArrayList<>();
        command.add(dist.resolve("bin").resolve("proa-sidecar").toString());
        command.addAll(List.of("--snapshot", snapshot.toString()));
        command.addAll(List.of("--identity", identity.toString()));
        command.addAll(List.of("--outbound", "off", "--inbound", "off", "--admin", "off"));
        command.addAll(List.of("--health", "off", "--metrics", "off"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        Path collections = folder.resolve(name + ".gc");
        Path events = folder.resolve(name + ".events");
        builder.environment()
                .merge(
                        "PROA_SIDECAR_JVM",
                        "-Xlog:gc:file=" + collections + " " + flags,
                        (given, ours) -> given + " " + ours);
        Path access = folder.resolve(name + ".access");
        builder.redirectOutput(access.toFile());
        builder.redirectError(events.toFile());
        sidecars.add(new Vitals(name, builder.start(), collections, events, access));
    }

    private void issue(SpiffeId id, Path where) throws IOException {
        try {
            CertificateRequest request = CertificateRequest.create(id);
            new IdentityStore(where)
                    .save(
                            request.answeredBy(
                                    authority.issue(request.der(), id, LIFETIME, Instant.now())),
                            authority.bundle());
        } catch (RequestRefused e) {
            throw new IOException(e);
        }
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < end && trouble().isEmpty()) {
            try (Socket socket = open(httpDoor())) {
                socket.setSoTimeout(2000);
                Exchange.request(socket, 5);
                return;
            } catch (IOException _) {
                Thread.sleep(20);
            }
        }
        throw new IOException("the sidecars do not serve: " + trouble());
    }

    static Socket open(int port) throws IOException {
        Socket socket = new Socket(LOOPBACK, port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    int streamDoor() {
        return doors.get(0);
    }

    int httpDoor() {
        return doors.get(1);
    }

    int http2Door() {
        return doors.get(2);
    }

    /// The callee's, then the caller's.
    List<Vitals> sidecars() {
        return List.copyOf(sidecars);
    }

    /// What went wrong; empty = nothing.
    String trouble() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Vitals each : sidecars) {
            all.append(each.trouble());
        }
        return all.toString();
    }

    @Override
    public void close() {
        sidecars.forEach(each -> each.process().destroyForcibly());
    }
}
