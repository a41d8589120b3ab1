package io.proa.telemetry;

/// What the sidecar says of itself when its metrics are read; called on an admin thread.
public interface SidecarGauges {
    /// The revision of the snapshot in use, 0 = none yet.
    long snapshotRevision();

    /// When the certificate in use ends, in seconds since 1970; 0 = none.
    long certificateExpiresAt();

    /// When the first of the trusted roots ends, in seconds since 1970; 0 = none.
    long trustExpiresAt();

    /// Whether the control plane is connected.
    boolean controlConnected();

    /// Bytes of buffers that connections hold now.
    default long bufferBytes() {
        return 0;
    }

    /// Whether the network namespace is the pod's, so that what the kernel counts there is the
    /// application's.
    default boolean ownNetwork() {
        return false;
    }
}
