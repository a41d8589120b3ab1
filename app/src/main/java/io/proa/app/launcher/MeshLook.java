package io.proa.app.launcher;

import io.proa.app.fleet.AdminClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How each pod speaks with the others of the mesh: what its sidecar has counted since it started,
/// asked over its admin socket. Whoever is slow is not waited for.
final class MeshLook {
    static final String FIELD = "mesh";

    /// Whoever has no sidecar: a caller through a published port, a server on the Internet.
    static final String OUTSIDE = "outside";

    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final String ACCOUNT = "/sa/";

    private MeshLook() {}

    /// Adds to each pod of `report`, at the same time for all, a field `mesh`: with which services
    /// requests and connections went in mutual TLS and with which in plaintext, and how many. A
    /// sidecar that does not answer is left out.
    static void add(JsonNode report) {
        List<Thread> asking = new ArrayList<>();
        for (JsonNode pod : report.path("pods")) {
            if (pod instanceof ObjectNode fields) {
                Path socket = Path.of(pod.path("admin_socket").asString());
                asking.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    JsonNode mesh = ask(socket);
                                    if (mesh != null) {
                                        fields.set(FIELD, mesh);
                                    }
                                }));
            }
        }
        for (Thread each : asking) {
            try {
                each.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static @Nullable JsonNode ask(Path socket) {
        try {
            AdminClient.Answer answer = AdminClient.get(socket, "/stats.json", PATIENCE);
            return answer.status() == 200 ? of(answer.body()) : null;
        } catch (IOException | JacksonException _) {
            return null;
        }
    }

    /// @param stats as the sidecar's admin has them
    static JsonNode of(String stats) {
        TreeSet<String> encrypted = new TreeSet<>();
        TreeSet<String> plain = new TreeSet<>();
        long encryptedRequests = 0;
        long plainRequests = 0;
        for (JsonNode edge : JsonMapper.shared().readTree(stats).path("edges")) {
            String with = with(edge);
            long inMutualTls = edge.path("mutual_tls").asLong();
            if (inMutualTls > 0) {
                encrypted.add(with);
                encryptedRequests += inMutualTls;
            }
            long inPlaintext = edge.path("plaintext").asLong();
            if (inPlaintext > 0) {
                plain.add(with);
                plainRequests += inPlaintext;
            }
        }
        return JsonMapper.shared()
                .valueToTree(
                        Map.of(
                                "mutual_tls_peers", encrypted,
                                "mutual_tls", encryptedRequests,
                                "plaintext_peers", plain,
                                "plaintext", plainRequests));
    }

    /// The other's service as its certificate says, else as the caller's sidecar addressed it.
    private static String with(JsonNode edge) {
        String peer = edge.path("peer").asString("");
        int account = peer.lastIndexOf(ACCOUNT);
        if (account >= 0) {
            return peer.substring(account + ACCOUNT.length());
        }
        String service = edge.path("service").asString("");
        boolean outbound = edge.path("direction").asString("").equals("outbound");
        int dot = service.indexOf('.');
        return !outbound || service.isEmpty()
                ? OUTSIDE
                : dot < 0 ? service : service.substring(0, dot);
    }
}
