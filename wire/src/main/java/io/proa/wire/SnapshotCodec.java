package io.proa.wire;

import io.proa.model.MeshSnapshot;

/// [MeshSnapshot] as JSON: on the wire, as a sidecar's last good snapshot, and as a file written by
/// hand.
///
/// Required are only `self.pod` and `self.identity`; of a service its `name`; of an endpoint `pod`
/// and `address` (without an `identity` it is outside the mesh); of a port `port`; of a target
/// `service` and `port`. What is left out of `retry` and `timeouts` has the values of
/// [io.proa.model.RetryRule#DEFAULT] and [io.proa.model.TimeoutRule#DEFAULT]. Durations are Go
/// strings ([DurationText]).
///
/// ```json
/// {"revision": 1,
///  "self": {"pod": "front-1", "identity": "spiffe://demo.proa/ns/default/sa/front",
///    "addresses": ["10.87.0.2"], "inbound": "strict",
///    "ports": [{"service": "front", "port": 80, "targetPort": 8080, "protocol": "http", "loopback": false}]},
///  "services": [{"name": "orders.default", "virtualAddresses": ["10.88.0.1"],
///    "ports": [{"port": 80, "targetPort": 8080, "protocol": "detect"}],
///    "endpoints": [{"pod": "orders-1", "addresses": ["10.87.0.3"], "meshPort": 15008, "weight": 1,
///      "identity": "spiffe://demo.proa/ns/default/sa/orders"}],
///    "rules": [{"name": "reads",
///      "matches": [[{"pathPrefix": "/api"}, {"method": "GET"}], [{"header": "x-a", "value": "b"}], [{"pathExact": "/"}]],
///      "targets": [{"service": "orders-v2", "port": 80, "weight": 1}],
///      "retry": {"maxAttempts": 3, "onStatuses": [503, "gateway-error", "500-504"], "perTryTimeout": "300ms"},
///      "timeouts": {"connect": "1s", "request": "15s", "idle": "5m", "tcpIdle": "0s"}}]}],
///  "outside": ["192.0.2.1:443"]}
/// ```
public final class SnapshotCodec {
    private SnapshotCodec() {}

    /// @throws MalformedMessage and nothing else, whatever the bytes
    public static MeshSnapshot decode(byte[] json) throws MalformedMessage {
        return JsonReader.read(json, 0, json.length, in -> new SnapshotReader(in).snapshot());
    }

    /// In one line; equal snapshots give equal bytes.
    public static byte[] encode(MeshSnapshot snapshot) {
        return JsonWriter.compact(out -> new SnapshotWriter(out).snapshot(snapshot));
    }

    /// In many lines, for people.
    public static byte[] encodeIndented(MeshSnapshot snapshot) {
        return JsonWriter.indented(out -> new SnapshotWriter(out).snapshot(snapshot));
    }
}
