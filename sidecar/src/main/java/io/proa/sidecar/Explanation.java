package io.proa.sidecar;

import io.proa.model.AppProtocol;
import io.proa.model.Endpoint;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RouteRule;
import io.proa.model.ServicePort;
import io.proa.proxy.KnownDestination;
import io.proa.telemetry.JsonText;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.SpokenProtocol;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What becomes of a connection to a destination, and how that is known, as far as this sidecar
/// knows now.
final class Explanation {
    private Explanation() {}

    /// All that is known, without endpoints and rules.
    static String all(List<KnownDestination> known) {
        StringBuilder text = new StringBuilder(1024);
        JsonText json = new JsonText(text).object().array("destinations");
        for (KnownDestination each : known) {
            json.object();
            spoken(json, each);
            json.endObject();
        }
        json.endArray().endObject();
        return text.append('\n').toString();
    }

    /// @param asked a service's name, bare or with its namespace, or an address; either with a port
    ///   behind a colon, or without
    static String of(String asked, @Nullable MeshSnapshot snapshot, List<KnownDestination> known) {
        StringBuilder text = new StringBuilder(1024);
        JsonText json = new JsonText(text).object().field("destination", asked, 300);
        int port = port(asked);
        String host = host(asked, port);
        MeshService service = snapshot == null ? null : named(host, snapshot);
        if (snapshot == null) {
            json.field("becomes", "refused").field("why", "the sidecar has no configuration yet");
        } else if (service == null) {
            unknown(json, host, port, snapshot);
        } else {
            describe(json, service, host, port, known);
        }
        json.endObject();
        return text.append('\n').toString();
    }

    private static int port(String asked) {
        int colon = asked.lastIndexOf(':');
        String digits = asked.substring(colon + 1);
        boolean bare = asked.indexOf(':') != colon && !asked.endsWith("]") && !asked.contains("]");
        if (colon < 0 || bare || digits.isEmpty() || digits.length() > 5) {
            return 0;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return 0;
            }
        }
        return Integer.parseInt(digits);
    }

    private static String host(String asked, int port) {
        String host = port == 0 ? asked : asked.substring(0, asked.lastIndexOf(':'));
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    private static @Nullable MeshService named(String host, MeshSnapshot snapshot) {
        String name = host.toLowerCase(Locale.ROOT);
        InetAddress address = literal(host);
        for (MeshService service : snapshot.services()) {
            String full = service.name().toString();
            if (name.equals(service.name().name())
                    || name.equals(full)
                    || name.equals(full + ".proa")
                    || address != null && hasAddress(service, address)) {
                return service;
            }
        }
        return null;
    }

    private static boolean hasAddress(MeshService service, InetAddress address) {
        if (service.virtualAddresses().contains(address)) {
            return true;
        }
        for (Endpoint endpoint : service.endpoints()) {
            if (endpoint.addresses().contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable InetAddress literal(String host) {
        try {
            return IpPort.literal(host);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static void unknown(JsonText json, String host, int port, MeshSnapshot snapshot) {
        InetAddress address = literal(host);
        if (address != null
                && port > 0
                && port < 65536
                && snapshot.outside().contains(new IpPort(address, port))) {
            json.field("becomes", "passed")
                    .field("why", "it is outside of the mesh: bytes pass as they are");
            return;
        }
        json.field("becomes", "unknown")
                .field(
                        "why",
                        "the sidecar has not asked for it yet: it asks when the application first connects there");
    }

    private static void describe(
            JsonText json,
            MeshService service,
            String host,
            int port,
            List<KnownDestination> known) {
        json.field("service", service.name().toString());
        InetAddress dialled = literal(host);
        boolean pinned = dialled != null && !service.virtualAddresses().contains(dialled);
        json.array("ports");
        boolean any = false;
        for (KnownDestination each : known) {
            int asked = pinned ? each.port().targetPort() : each.port().port();
            if (each.service().equals(service.name()) && (port == 0 || asked == port)) {
                any = true;
                json.object();
                spoken(json, each);
                json.endObject();
            }
        }
        json.endArray();
        if (!any) {
            json.field("becomes", "refused")
                    .field("why", service.name() + " has no port " + port + ports(service));
            return;
        }
        json.field("becomes", pinned ? "this endpoint" : "one of the endpoints");
        json.array("endpoints");
        for (Endpoint endpoint : service.endpoints()) {
            if (!pinned || endpoint.addresses().contains(dialled)) {
                json.object()
                        .field("pod", endpoint.pod())
                        .field("address", endpoint.mesh().toString())
                        .field("security", endpoint.identity() == null ? "plaintext" : "mutual_tls")
                        .endObject();
            }
        }
        json.endArray().array("rules");
        for (RouteRule rule : service.rules()) {
            json.item(rule.name());
        }
        json.endArray();
    }

    private static String ports(MeshService service) {
        StringBuilder all = new StringBuilder("; it has ");
        String before = "";
        for (ServicePort port : service.ports()) {
            all.append(before).append(port.port());
            before = ", ";
        }
        return all.toString();
    }

    private static void spoken(JsonText json, KnownDestination known) {
        AppProtocol declared = known.port().protocol();
        json.field("service", known.service().toString())
                .field("port", known.port().port())
                .field("target_port", known.port().targetPort())
                .field("protocol", declared.name().toLowerCase(Locale.ROOT));
        if (declared != AppProtocol.DETECT) {
            json.field("spoken", declared == AppProtocol.TCP ? "opaque" : declared(declared))
                    .field("how", "declared");
            return;
        }
        SpokenProtocol spoken = known.spoken();
        DetectedBy how = known.how();
        if (spoken == null || how == null) {
            json.field("spoken", "unknown")
                    .field("how", "nothing was seen within the last five minutes");
        } else {
            json.field("spoken", spoken.label())
                    .field("how", how.label())
                    .field("believed_for_seconds", known.believedForNanos() / 1_000_000_000L);
        }
    }

    private static String declared(AppProtocol protocol) {
        return protocol == AppProtocol.HTTP2 ? "http2" : "http1 or http2";
    }
}
