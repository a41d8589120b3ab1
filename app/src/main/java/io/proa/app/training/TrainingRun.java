package io.proa.app.training;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/// The `main` of a training run: `TrainingRun DIST CACHE`.
///
/// One sidecar plays both sides of the mesh. A request enters its explicit listener in plaintext,
/// leaves over mutual TLS for its own mesh port, and reaches the backend in plaintext: both stacks,
/// both TLS roles, one process.
final class TrainingRun {
    private static final int EXPLICIT_HTTP = 0;
    private static final int EXPLICIT_TCP = 1;
    private static final int MESH = 2;
    private static final int METRICS = 3;
    private static final int HEALTH = 4;
    private static final int ADMIN = 5;

    /// The sidecar writes its cache when it ends, which takes some seconds of their own.
    private static final int SECONDS_TO_END = 30;

    /// Method profiles are left out: only the optimising compiler reads them, and a sidecar does
    /// without it.
    private static final String TRAINING_FLAGS =
            "-XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining -XX:AOTCacheOutput=";

    private TrainingRun() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("usage: TrainingRun DIST CACHE");
            System.exit(64);
        }
        Path dist = Path.of(args[0]);
        Path cache = Path.of(args[1]).toAbsolutePath();
        Path folder = Files.createTempDirectory("proa-training");
        try (var backend = new TrainingBackend()) {
            run(dist, cache, folder, backend);
        } finally {
            removeAll(folder);
        }
        if (!Files.exists(cache)) {
            throw new IOException("the sidecar ended without writing " + cache);
        }
    }

    private static void run(Path dist, Path cache, Path folder, TrainingBackend backend)
            throws Exception {
        int[] ports = freePorts(6);
        Path identity = new ThrowawayAuthority(folder).identity(TrainingMesh.IDENTITY);
        Path snapshot = folder.resolve("snapshot.json");
        Files.writeString(snapshot, TrainingMesh.snapshot(ports[MESH], backend));
        Process sidecar = start(dist, cache, snapshot, identity, ports);
        try {
            awaitReady(sidecar, ports[EXPLICIT_HTTP]);
            TrainingTraffic.http(ports[EXPLICIT_HTTP]);
            TrainingTraffic.opaque(ports[EXPLICIT_TCP]);
            TrainingTraffic.plaintextStranger(ports[MESH]);
            read(ports[METRICS], "/metrics");
            read(ports[HEALTH], "/ready");
            read(ports[ADMIN], "/ready");
            sidecar.destroy(); // SIGTERM: the JVM ends in order and writes the cache
            if (!sidecar.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                throw new IOException("the sidecar did not end within " + SECONDS_TO_END + " s");
            }
        } finally {
            sidecar.destroyForcibly();
        }
    }

    private static Process start(Path dist, Path cache, Path snapshot, Path identity, int[] ports)
            throws IOException {
        var command =
                new ProcessBuilder(
                        dist.resolve("bin/proa-sidecar").toString(),
                        "--snapshot",
                        snapshot.toString(),
                        "--identity",
                        identity.toString(),
                        "--forward",
                        at(ports[EXPLICIT_HTTP]) + "=" + TrainingMesh.HTTP_DESTINATION,
                        "--forward",
                        at(ports[EXPLICIT_TCP]) + "=" + TrainingMesh.TCP_DESTINATION,
                        "--mesh",
                        at(ports[MESH]),
                        "--metrics",
                        at(ports[METRICS]),
                        "--health",
                        at(ports[HEALTH]),
                        "--admin",
                        at(ports[ADMIN]),
                        "--outbound",
                        "off",
                        "--inbound",
                        "off",
                        "--access-log",
                        "all");
        command.environment().put("PROA_SIDECAR_JVM", TRAINING_FLAGS + cache);
        // The child that writes the cache inherits the sidecar's heap, which is too small for that
        // work.
        command.environment().put("JDK_AOT_VM_OPTIONS", "-Xmx512m -XX:TieredStopAtLevel=1");
        return command.redirectOutput(ProcessBuilder.Redirect.DISCARD) // the access log
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void awaitReady(Process sidecar, int port) throws Exception {
        for (int i = 0; i < 1000; i++) {
            if (!sidecar.isAlive()) {
                throw new IOException("the sidecar ended with exit code " + sidecar.exitValue());
            }
            if (read(port, "/") == 200) {
                return;
            }
            Thread.sleep(10);
        }
        throw new IOException("the sidecar answered no request within 10 s");
    }

    /// @return the status, or 0 when nobody answered
    private static int read(int port, String path) {
        try {
            var url = URI.create("http://127.0.0.1:" + port + path).toURL();
            var connection = (HttpURLConnection) url.openConnection();
            connection.setRequestProperty("Connection", "close");
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(2000);
            int status = connection.getResponseCode();
            try (InputStream body =
                    status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                if (body != null) {
                    body.readAllBytes();
                }
            }
            return status;
        } catch (IOException _) {
            return 0;
        }
    }

    private static String at(int port) {
        return "127.0.0.1:" + port;
    }

    private static int[] freePorts(int count) throws IOException {
        var held = new ServerSocket[count];
        var ports = new int[count];
        try {
            for (int i = 0; i < count; i++) {
                held[i] = new ServerSocket(0);
                ports[i] = held[i].getLocalPort();
            }
        } finally {
            for (ServerSocket socket : held) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
        return ports;
    }

    private static void removeAll(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
