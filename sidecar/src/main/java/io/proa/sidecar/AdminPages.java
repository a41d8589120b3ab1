package io.proa.sidecar;

import io.proa.identity.TrustBundle;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.telemetry.JsonText;
import io.proa.telemetry.PrometheusPage;
import io.proa.wire.SnapshotCodec;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the admin interface shows. Reads only; nothing here holds a secret.
final class AdminPages {
    /// A page, complete.
    @SuppressWarnings("ArrayRecordComponent") // made, sent and forgotten: never compared
    record Page(int status, String contentType, byte[] body) {
        static Page text(int status, String text) {
            return new Page(
                    status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
        }

        static Page json(String json) {
            return new Page(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static final String DESTINATION = "?destination=";

    private final Sidecar sidecar;

    AdminPages(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    /// @param query with its question mark, or empty
    /// @return null where there is no such page
    @Nullable Page page(String path, String query) {
        return switch (path) {
            case "/" ->
                    Page.text(
                            200,
                            "/ready\n/live\n/metrics\n/stats.json\n/config_dump\n/destinations\n/explain?destination=\n/certs\n/stack\n/listeners\n");
            case "/live" -> Page.text(200, "live\n");
            case "/ready", "/healthz/ready" -> ready();
            case "/metrics", "/stats/prometheus" -> metrics();
            case "/stats.json" -> Page.json(sidecar.telemetry().stats().json());
            case "/config_dump" -> configuration();
            case "/destinations" -> Page.json(Explanation.all(sidecar.plane().destinations()));
            case "/explain" -> explanation(query);
            case "/certs" -> certificates();
            case "/listeners" -> listeners();
            case "/stack" -> Page.text(200, sidecar.plane().describeStacks());
            default -> null;
        };
    }

    /// Where the sidecar listens, for ports that the system chose.
    private Page listeners() {
        StringBuilder json = new StringBuilder(256);
        JsonText text = new JsonText(json).object();
        for (Map.Entry<String, SocketAddress> one : sidecar.listening().entrySet()) {
            text.field(
                    one.getKey(),
                    one.getValue() instanceof InetSocketAddress internet
                            ? IpPort.of(internet).toString()
                            : one.getValue().toString());
        }
        text.endObject();
        return Page.json(json.append('\n').toString());
    }

    private Page explanation(String query) {
        if (!query.startsWith(DESTINATION)) {
            return Page.text(400, "expected /explain?destination=, such as orders:80\n");
        }
        String asked = query.substring(DESTINATION.length());
        try {
            return Page.json(
                    Explanation.of(
                            URLDecoder.decode(asked, StandardCharsets.UTF_8),
                            sidecar.plane().snapshot(),
                            sidecar.plane().destinations()));
        } catch (IllegalArgumentException _) {
            return Page.text(400, "expected a percent-encoded destination, such as orders:80\n");
        }
    }

    private Page ready() {
        String against = sidecar.unready();
        return against.isEmpty() ? Page.text(200, "ready\n") : Page.text(503, against + "\n");
    }

    private Page metrics() {
        StringBuilder text = new StringBuilder(16 * 1024);
        sidecar.telemetry().page().writeTo(text);
        return new Page(
                200, PrometheusPage.CONTENT_TYPE, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private Page configuration() {
        MeshSnapshot now = sidecar.plane().snapshot();
        return now == null
                ? Page.text(503, "no snapshot yet\n")
                : new Page(200, "application/json", SnapshotCodec.encodeIndented(now));
    }

    private Page certificates() {
        WorkloadIdentity own = sidecar.identity();
        TrustBundle roots = sidecar.bundle();
        if (own == null || roots == null) {
            return Page.text(503, "no identity yet\n");
        }
        StringBuilder json =
                new StringBuilder("{\"id\":\"").append(own.id()).append("\",\"chain\":");
        list(json, own.chain());
        json.append(",\"roots\":");
        list(json, roots.roots());
        return Page.json(json.append("}\n").toString());
    }

    private static void list(StringBuilder json, List<X509Certificate> certificates) {
        char before = '[';
        for (X509Certificate certificate : certificates) {
            json.append(before)
                    .append("{\"serial\":\"")
                    .append(certificate.getSerialNumber().toString(16))
                    .append("\",\"not_before\":\"")
                    .append(certificate.getNotBefore().toInstant())
                    .append("\",\"not_after\":\"")
                    .append(certificate.getNotAfter().toInstant())
                    .append("\"}");
            before = ',';
        }
        json.append(']');
    }
}
