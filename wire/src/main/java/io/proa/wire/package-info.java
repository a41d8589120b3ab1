/// What is spoken between the planes, and how a sidecar keeps up its end of the conversation.
///
/// What enters: bytes from a file or a socket. What leaves: [io.proa.model.MeshSnapshot]s,
/// identities, and the messages of the control wire. Open first [io.proa.wire.ControlLink] (the
/// sidecar's end) and [io.proa.wire.SnapshotCodec] (the format that a data plane also reads from a
/// file alone).
///
/// The wire of today is small and replaceable: JSON in frames, see [io.proa.wire.ClientMessage] and
/// [io.proa.wire.ServerMessage]. Nothing outside this room knows that. What must not be here: any
/// decision about traffic, and any library the sidecar could not carry (JSON is read as a stream,
/// token by token).
@NullMarked
package io.proa.wire;

import org.jspecify.annotations.NullMarked;
