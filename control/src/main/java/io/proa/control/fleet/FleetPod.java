package io.proa.control.fleet;

import io.proa.model.Workload;

/// One replica of a service.
public record FleetPod(Workload workload, PodAddress address) {
    public String name() {
        return workload.pod();
    }
}
