package io.proa.wire;

import io.proa.model.MeshSnapshot;

/// [MeshSnapshot] as JSON: on the wire, as a sidecar's last good snapshot, and as a file written by hand.
///
/// Required are only `self.pod` and `self.identity`; of a service its `name`; of an endpoint `pod`, `address` and
/// `identity`; of a port `port`; of a target `service` and `port`. What is left out of `retry` and `timeouts` has the
/// values of [io.proa.model.RetryRule#DEFAULT] and [io.proa.model.TimeoutRule#DEFAULT]. Durations are Go strings
/// ([DurationText]). `docs/snapshot-file.md` shows one in full.
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
