package io.proa.proving.attack;

import io.proa.control.authority.CertificateAuthority;
import io.proa.control.authority.RequestRefused;
import io.proa.identity.CertificateRequest;
import io.proa.identity.IdentityStore;
import io.proa.model.SpiffeId;
import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Two sidecars as they run in pods, with mutual TLS between them: the attacker is the application
/// of the first, or an upstream without a sidecar.
final class SidecarPair implements Candidate {
    private static final SpiffeId CALLER =
            SpiffeId.ofServiceAccount("attack.test", "default", "caller");
    private static final SpiffeId CALLEE =
            SpiffeId.ofServiceAccount("attack.test", "default", "callee");
    private static final Pattern REASON = Pattern.compile("reason=\"([a-z_]+)\"[^}]*} ([0-9]+)");
    private static final Pattern LOGGED = Pattern.compile("\"reason\":\"([a-z_]+)\"");
    private static final Pattern COLLECTED = Pattern.compile("->([0-9]+)M\\(");
    private static final Duration LIFETIME = Duration.ofHours(2);

    private final Path scratch;
    private final CertificateAuthority authority =
            CertificateAuthority.inMemory("attack.test", Instant.now(), _ -> {});
    private int started;

    SidecarPair(Path scratch) {
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return "Proa";
    }

    @Override
    public boolean tellsReasons() {
        return true;
    }

    @Override
    public Running start(Side side, Origins origins) throws IOException, InterruptedException {
        started++;
        Path folder = Files.createDirectories(scratch.resolve("pair-" + started));
        int mesh = freePort();
        Doors doors = new Doors(freePort(), freePort(), freePort(), freePort(), origins.hostile);
        Pair pair = new Pair(doors);
        try {
            pair.sidecars.add(callee(folder, mesh, origins));
            pair.sidecars.add(caller(folder, mesh, doors));
            awaitAnswer(doors.small(), pair.sidecars.getLast());
        } catch (IOException | RuntimeException e) {
            pair.close();
            throw e;
        }
        return pair;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(Doors.LOOPBACK, 0));
            return socket.getLocalPort();
        }
    }

    private Sidecar callee(Path folder, int mesh, Origins origins) throws IOException {
        String ports =
                declared("small", origins.small.port())
                        + ", "
                        + declared("large", origins.large.port())
                        + ", "
                        + declared("deaf", origins.deaf.port());
        return sidecar(folder, "callee", CALLEE, ports, "", List.of("--mesh", "127.0.0.1:" + mesh));
    }

    private static String declared(String service, int port) {
        return "{\"service\": \"%s\", \"port\": 80, \"targetPort\": %d, \"protocol\": \"http\"}"
                .formatted(service, port);
    }

    private Sidecar caller(Path folder, int mesh, Doors doors) throws IOException {
        String meshed = "\"meshPort\": " + mesh + ", \"identity\": \"" + CALLEE + "\"";
        String plain = "\"meshPort\": " + doors.upstream().port() + ", \"plaintext\": true";
        String services =
                service("small", 1, meshed)
                        + ", "
                        + service("large", 2, meshed)
                        + ", "
                        + service("deaf", 3, meshed)
                        + ", "
                        + service("hostile", 4, plain);
        List<String> options = new ArrayList<>(List.of("--mesh", "off"));
        int number = 0;
        for (int port : List.of(doors.small(), doors.large(), doors.deaf(), doors.hostile())) {
            number++;
            options.add("--forward");
            options.add("127.0.0.1:" + port + "=240.0.0." + number + ":80");
        }
        return sidecar(folder, "caller", CALLER, "", services, options);
    }

    private static String service(String name, int number, String endpoint) {
        return """
        {"name": "%s", "virtualAddresses": ["240.0.0.%d"],
         "ports": [{"port": 80, "targetPort": 80, "protocol": "http"}],
         "endpoints": [{"pod": "%s-1", "addresses": ["127.0.0.1"], %s}]}
        """
                .formatted(name, number, name, endpoint);
    }

    private Sidecar sidecar(
            Path folder, String name, SpiffeId id, String ports, String services, List<String> more)
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
                        .formatted(name, id, ports, services));
        int metrics = freePort();
        Path dist = Path.of(System.getProperty("io.proa.dist"));
        List<String> command = new ArrayList<>();
        command.add(dist.resolve("bin").resolve("proa-sidecar").toString());
        command.addAll(List.of("--snapshot", snapshot.toString()));
        command.addAll(List.of("--identity", identity.toString()));
        command.addAll(List.of("--outbound", "off", "--inbound", "off", "--admin", "off"));
        command.addAll(List.of("--health", "off", "--access-log", "errors"));
        command.addAll(List.of("--metrics", "127.0.0.1:" + metrics));
        command.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(command);
        Path log = folder.resolve(name + ".access");
        Path collections = folder.resolve(name + ".gc");
        builder.environment().put("PROA_SIDECAR_JVM", "-Xlog:gc:file=" + collections);
        builder.redirectOutput(log.toFile());
        builder.redirectError(folder.resolve(name + ".events").toFile());
        return new Sidecar(
                builder.start(), metrics, log, collections, folder.resolve(name + ".events"));
    }

    private void issue(SpiffeId id, Path folder) throws IOException {
        try {
            CertificateRequest request = CertificateRequest.create(id);
            new IdentityStore(folder)
                    .save(
                            request.answeredBy(
                                    authority.issue(request.der(), id, LIFETIME, Instant.now())),
                            authority.bundle());
        } catch (RequestRefused e) {
            throw new IOException(e);
        }
    }

    private static void awaitAnswer(int port, Sidecar sidecar)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < end && sidecar.process.isAlive()) {
            try (Socket socket = new Socket(Doors.LOOPBACK, port)) {
                socket.setSoTimeout(2000);
                socket.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: o\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                byte[] got = socket.getInputStream().readNBytes(12);
                if (new String(got, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
                    return;
                }
            } catch (IOException _) {
                // Not yet.
            }
            Thread.sleep(20);
        }
        throw new IOException("the sidecars do not serve: " + Files.readString(sidecar.events));
    }

    private record Sidecar(Process process, int metrics, Path log, Path collections, Path events) {}

    private static final class Pair implements Running {
        private final Doors doors;
        private final List<Sidecar> sidecars = new ArrayList<>();

        Pair(Doors doors) {
            this.doors = doors;
        }

        @Override
        public Doors doors() {
            return doors;
        }

        @Override
        public List<Vitals> processes() {
            List<Vitals> all = new ArrayList<>();
            sidecars.forEach(each -> all.add(new Vitals(each.process)));
            return all;
        }

        @Override
        public double heapMib() {
            double most = -1;
            for (Sidecar each : sidecars) {
                try {
                    Matcher found = COLLECTED.matcher(Files.readString(each.collections));
                    double last = -1;
                    while (found.find()) {
                        last = Double.parseDouble(found.group(1));
                    }
                    most = Math.max(most, last);
                } catch (IOException _) {
                    // It has not been collected yet.
                }
            }
            return most;
        }

        @Override
        public Map<String, Long> counted() throws IOException {
            Map<String, Long> all = new TreeMap<>();
            for (Sidecar each : sidecars) {
                Matcher found = REASON.matcher(metrics(each.metrics));
                while (found.find()) {
                    if (!found.group(1).equals("none")) {
                        all.merge(found.group(1), Long.parseLong(found.group(2)), Long::sum);
                    }
                }
            }
            return all;
        }

        private static String metrics(int port) throws IOException {
            try (Socket socket = new Socket(Doors.LOOPBACK, port)) {
                socket.setSoTimeout(3000);
                socket.getOutputStream()
                        .write(
                                "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        }

        @Override
        public Map<String, Long> logged() throws IOException {
            Map<String, Long> all = new TreeMap<>();
            for (Sidecar each : sidecars) {
                Matcher found = LOGGED.matcher(Files.readString(each.log));
                while (found.find()) {
                    all.merge(found.group(1), 1L, Long::sum);
                }
            }
            return all;
        }

        @Override
        public void close() {
            for (Sidecar each : sidecars) {
                each.process.destroyForcibly();
            }
        }
    }
}
