package io.proa.proving.bench;

import io.proa.telemetry.SidecarGauges;

/// A sidecar of which nothing is known.
final class NoGauges implements SidecarGauges {
    @Override
    public long snapshotRevision() {
        return 0;
    }

    @Override
    public long certificateExpiresAt() {
        return 0;
    }

    @Override
    public long trustExpiresAt() {
        return 0;
    }

    @Override
    public boolean controlConnected() {
        return false;
    }
}
