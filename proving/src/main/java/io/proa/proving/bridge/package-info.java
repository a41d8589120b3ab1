/// The proof that nothing but TLS is spoken between pods (`make bridge`). [BridgeProof] starts a
/// fleet while everything on its bridge is recorded, disturbs it, and has [CaptureReading] judge
/// each byte of the record. Reads the wire like a stranger would: nothing here asks a sidecar what
/// it believes it has sent.
@NullMarked
package io.proa.proving.bridge;

import org.jspecify.annotations.NullMarked;
