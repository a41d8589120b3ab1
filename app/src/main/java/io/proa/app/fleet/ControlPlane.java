package io.proa.app.fleet;

import io.proa.app.Installation;

/// The fleet's control plane, in a process of its own.
final class ControlPlane {
    static ControlPlane start(FleetPlan plan, Installation installation, RunDirectory run, Teardown teardown) {
        return new ControlPlane();
    }

    String token(String pod) {
        return "token-of-" + pod;
    }
}
