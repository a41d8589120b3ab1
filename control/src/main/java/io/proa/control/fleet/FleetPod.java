package io.proa.control.fleet;

import io.proa.model.Workload;
import java.net.InetAddress;

/// One replica of a service.
public record FleetPod(Workload workload) {
    public String name() {
        return workload.pod();
    }

    public InetAddress ipv4() {
        return workload.addresses().get(0);
    }

    public InetAddress ipv6() {
        return workload.addresses().get(1);
    }
}
