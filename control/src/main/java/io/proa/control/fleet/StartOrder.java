package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.Located;
import io.proa.control.intent.Problems;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An order in which services can be started; a cycle is a problem that names its members.
final class StartOrder {
    private final Map<String, Service> services = new LinkedHashMap<>();
    private final Problems problems;
    private final Set<String> done = new HashSet<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final List<Service> ordered = new ArrayList<>();

    private StartOrder(List<Service> services, Problems problems) {
        this.problems = problems;
        for (Service service : services) {
            this.services.putIfAbsent(service.name().value(), service);
        }
    }

    /// @return `services` in order; where there are problems, in some order
    static List<Service> of(List<Service> services, Problems problems) {
        var order = new StartOrder(services, problems);
        for (Service service : order.services.values()) {
            order.visit(service);
        }
        return order.ordered;
    }

    private void visit(Service service) {
        String name = service.name().value();
        if (!done.add(name)) {
            return;
        }
        path.addLast(name);
        for (Located<String> other : service.startAfter()) {
            Service dependency = services.get(other.value());
            if (dependency == null) {
                problems.add(
                        other.place(),
                        "service '"
                                + name
                                + "' starts after '"
                                + other.value()
                                + "', which is no service of this fleet",
                        Problems.suggestion(other.value(), services.keySet()));
            } else if (path.contains(other.value())) {
                problems.add(
                        other.place(),
                        "saw a cycle in startAfter: " + cycle(other.value()) + ", expected none",
                        "remove one of these");
            } else {
                visit(dependency);
            }
        }
        path.removeLast();
        ordered.add(service);
    }

    private String cycle(String first) {
        var members = new StringBuilder();
        boolean inside = false;
        for (String name : path) {
            inside = inside || name.equals(first);
            if (inside) {
                members.append(name).append(" -> ");
            }
        }
        return members.append(first).toString();
    }
}
