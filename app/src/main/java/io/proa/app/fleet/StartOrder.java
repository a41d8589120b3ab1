package io.proa.app.fleet;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Turns `startAfter` into groups that can be started one after another.
final class StartOrder {
    private StartOrder() {}

    /// @throws IllegalArgumentException for a cycle, which the documents' check has refused before
    static List<List<FleetPlan.Service>> waves(List<FleetPlan.Service> services) {
        List<List<FleetPlan.Service>> waves = new ArrayList<>();
        List<FleetPlan.Service> left = new ArrayList<>(services);
        Set<String> started = new HashSet<>();
        while (!left.isEmpty()) {
            List<FleetPlan.Service> wave =
                    left.stream()
                            .filter(service ->
                                    service.startAfter().stream()
                                            .allMatch(other -> started.contains(other.service())))
                            .toList();
            if (wave.isEmpty()) {
                throw new IllegalArgumentException(
                        "startAfter has a cycle among "
                                + left.stream().map(FleetPlan.Service::name).toList());
            }
            waves.add(wave);
            left.removeAll(wave);
            wave.forEach(service -> started.add(service.name()));
        }
        return waves;
    }
}
