package io.proa.proving.attack;

import io.proa.proving.attack.Attack.Side;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;

/// Another proxy in Proa's place, as its documentation sets it up: one process, plaintext on both
/// sides, so with less to do than two sidecars.
final class Peer implements Candidate {
    private final String name;
    private final String binary;
    private final Path scratch;
    private int started;

    private Peer(String name, String binary, Path scratch) {
        this.name = name;
        this.binary = binary;
        this.scratch = scratch;
    }

    /// Which proxy it is, its name says.
    static Peer of(String name, String binary, Path scratch) {
        return new Peer(name, binary, scratch);
    }

    @Override
    public String name() {
        return name;
    }

    /// Its connections to servers are of one version.
    @Override
    public boolean speaksHttp2(Side side) {
        return !isHaProxy() || side != Side.HTTP1;
    }

    private boolean isHaProxy() {
        return name.startsWith("HAProxy");
    }

    @Override
    public Running start(Side side, Origins origins) throws IOException, InterruptedException {
        started++;
        int small = SidecarPair.freePort();
        Doors doors =
                new Doors(
                        small,
                        SidecarPair.freePort(),
                        SidecarPair.freePort(),
                        SidecarPair.freePort(),
                        origins.hostile);
        int[][] pairs = {
            {doors.small(), origins.small.port()},
            {doors.large(), origins.large.port()},
            {doors.deaf(), origins.deaf.port()},
            {doors.hostile(), origins.hostile.port()}
        };
        String file = name.replace(' ', '-') + "-" + started;
        Path config = scratch.resolve(file + (isHaProxy() ? ".cfg" : ".json"));
        Files.writeString(config, isHaProxy() ? haProxy(pairs, side) : envoy(pairs));
        List<String> command =
                isHaProxy()
                        ? List.of(binary, "-db", "-q", "-f", config.toString())
                        : List.of(
                                binary,
                                "-c",
                                config.toString(),
                                "--concurrency",
                                "1",
                                "--disable-hot-restart",
                                "-l",
                                "off");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(scratch.resolve(file + ".log").toFile())
                        .start();
        awaitAnswer(small, process);
        return new Alone(doors, process);
    }

    private record Alone(Doors doors, Process process) implements Running {
        @Override
        public List<Vitals> processes() {
            return List.of(new Vitals(process));
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static void awaitAnswer(int port, Process process)
            throws IOException, InterruptedException {
        for (int i = 0; i < 500 && process.isAlive(); i++) {
            try (Socket socket = new Socket(Doors.LOOPBACK, port)) {
                socket.setSoTimeout(1000);
                socket.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: o\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                byte[] got = socket.getInputStream().readNBytes(12);
                if (new String(got, StandardCharsets.US_ASCII).endsWith("200")) {
                    return;
                }
            } catch (IOException _) {
                // Not yet.
            }
            Thread.sleep(20);
        }
        process.destroyForcibly();
        throw new IOException("the peer does not serve");
    }

    private static String haProxy(int[][] pairs, Side side) {
        StringBuilder config =
                new StringBuilder(
                        """
                        global
                            nbthread 1
                            maxconn 4000
                        defaults
                            mode http
                            timeout connect 5s
                            timeout client 60s
                            timeout server 60s
                            timeout http-request 10s
                        """);
        String protocol = side == Side.HTTP1 ? "" : " proto h2";
        for (int[] pair : pairs) {
            config.append(
                    """
                    frontend in-%1$d
                        bind 127.0.0.1:%1$d
                        default_backend out-%1$d
                    backend out-%1$d
                        server one 127.0.0.1:%2$d%3$s
                    """
                            .formatted(pair[0], pair[1], protocol));
        }
        return config.toString();
    }

    private static String envoy(int[][] pairs) {
        StringJoiner listeners = new StringJoiner(",\n");
        StringJoiner clusters = new StringJoiner(",\n");
        for (int[] pair : pairs) {
            listeners.add(LISTENER.replace("FROM", Integer.toString(pair[0])));
            clusters.add(
                    CLUSTER.replace("FROM", Integer.toString(pair[0]))
                            .replace("TO", Integer.toString(pair[1])));
        }
        return "{\"static_resources\": {\"listeners\": [%s], \"clusters\": [%s]}}"
                .formatted(listeners, clusters);
    }

    private static final String LISTENER =
            """
            {"name": "in-FROM", "address": {"socket_address": {"address": "127.0.0.1", "port_value": FROM}},
             "filter_chains": [{"filters": [{"name": "http", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
               "stat_prefix": "in", "codec_type": "AUTO", "request_headers_timeout": "10s", "stream_idle_timeout": "300s",
               "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"],
                 "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "out-FROM", "timeout": "0s"}}]}]},
               "http_filters": [{"name": "router", "typed_config": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}\
            """;

    private static final String CLUSTER =
            """
            {"name": "out-FROM", "type": "STATIC", "connect_timeout": "5s",
             "load_assignment": {"cluster_name": "out-FROM", "endpoints": [{"lb_endpoints": [{"endpoint": {
               "address": {"socket_address": {"address": "127.0.0.1", "port_value": TO}}}}]}]},
             "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
               "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
               "use_downstream_protocol_config": {"http_protocol_options": {}, "http2_protocol_options": {}}}}}\
            """;
}
