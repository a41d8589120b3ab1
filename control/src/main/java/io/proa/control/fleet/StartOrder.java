package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.IntentDocument.StartAfter;
import io.proa.control.intent.Located;
import io.proa.control.intent.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// An order in which services can be started; a cycle is a problem that names its members.
final class StartOrder {
    private static final int MOST_NAMED = 20;

    private final Map<String, Service> services = new LinkedHashMap<>();
    private final Problems problems;
    private final Set<String> seen = new HashSet<>();

    /// From the service looked at first to the one looked at now: each starts after the next. A
    /// stack of its own, for intent may chain more services than a thread has room for calls.
    private final SequencedMap<String, Visit> path = new LinkedHashMap<>();

    private final List<Service> ordered = new ArrayList<>();

    /// A service and those of its dependencies that are still to be looked at.
    private record Visit(Service service, Iterator<StartAfter> rest) {}

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

    private void visit(Service first) {
        enter(first);
        while (!path.isEmpty()) {
            Visit visit = path.lastEntry().getValue();
            if (visit.rest().hasNext()) {
                follow(visit.service().name().value(), visit.rest().next().service());
            } else {
                path.pollLastEntry();
                ordered.add(visit.service());
            }
        }
    }

    private void enter(Service service) {
        String name = service.name().value();
        if (seen.add(name)) {
            path.putLast(name, new Visit(service, service.startAfter().iterator()));
        }
    }

    private void follow(String name, Located<String> other) {
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
        } else if (path.containsKey(other.value())) {
            problems.add(
                    other.place(),
                    "saw a cycle in startAfter: " + cycle(other.value()) + ", expected none",
                    "remove one of these");
        } else {
            enter(dependency);
        }
    }

    /// Its first members, if there are many: enough to find one that can be left out.
    private String cycle(String first) {
        var members = new StringBuilder();
        int count = 0;
        for (String name : path.sequencedKeySet().reversed()) {
            if (count++ < MOST_NAMED) {
                members.insert(0, name + " -> ");
            }
            if (name.equals(first)) {
                break;
            }
        }
        String gap = count > MOST_NAMED ? first + " -> ... -> " : "";
        return gap + members + first;
    }
}
