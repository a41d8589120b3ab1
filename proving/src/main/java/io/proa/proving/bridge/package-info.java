/// The proof that nothing but TLS is spoken between pods (`make bridge`).
/// [io.proa.proving.bridge.BridgeProof] starts a fleet while everything on its bridge is recorded,
/// disturbs it, and has [io.proa.proving.capture.CaptureReading] judge the record: no sidecar is
/// asked what it believes it has sent.
@NullMarked
package io.proa.proving.bridge;

import org.jspecify.annotations.NullMarked;
