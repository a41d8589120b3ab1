package io.proa.app.launcher;

import io.proa.app.fleet.FleetPlan;
import java.util.ArrayList;
import java.util.List;

/// Where a fleet is reached from outside, as lines for its user.
final class Published {
    private Published() {}

    static List<String> lines(FleetPlan plan) {
        List<String> lines = new ArrayList<>();
        for (FleetPlan.Service service : plan.services()) {
            for (FleetPlan.PublishedPort port : service.published()) {
                lines.add("proa: " + service.name() + " is at 127.0.0.1:" + port.hostPort());
            }
        }
        return lines;
    }
}
