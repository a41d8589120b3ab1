package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.IntentDocument.StartAfter;
import io.proa.control.intent.Located;
import io.proa.control.intent.Place;
import io.proa.control.intent.Problems;
import io.proa.control.intent.Publication;
import io.proa.control.intent.RestartPolicy;
import io.proa.control.intent.StartCondition;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// What can only be wrong between the services of a fleet, whichever documents they stand in.
final class FleetChecks {
    private static final int LONGEST_POD_NAME = 63;

    private final JoinedFleet fleet;
    private final Problems problems;

    FleetChecks(JoinedFleet fleet, Problems problems) {
        this.fleet = fleet;
        this.problems = problems;
    }

    /// All but the order to start in, which is [StartOrder]'s.
    ///
    /// @param capacity how many pods, and how many services, there may be
    /// @return the services by name, the first of each
    Map<String, Service> check(int capacity) {
        Map<String, Service> services = byName();
        checkPublished();
        checkPods(services, capacity);
        for (Service service : fleet.services()) {
            for (StartAfter after : service.startAfter()) {
                Service other = services.get(after.service().value());
                if (other != null) {
                    checkCondition(after, other);
                }
            }
        }
        return services;
    }

    private Map<String, Service> byName() {
        var services = new LinkedHashMap<String, Service>();
        for (Service service : fleet.services()) {
            Service other = services.putIfAbsent(service.name().value(), service);
            if (other != null) {
                problems.add(
                        service.name().place(),
                        "saw a second service '"
                                + service.name().value()
                                + "', the first is at "
                                + other.name().place(),
                        "rename one of them");
            }
        }
        return services;
    }

    private void checkPublished() {
        var published = new HashMap<Integer, Service>();
        var places = new HashMap<Integer, Place>();
        for (Service service : fleet.services()) {
            for (Located<Publication> publication : service.published()) {
                int port = publication.value().hostPort();
                Service other = published.putIfAbsent(port, service);
                Place first = places.putIfAbsent(port, publication.place());
                if (other != null) {
                    problems.add(
                            publication.place(),
                            "service '"
                                    + service.name().value()
                                    + "' is published on port "
                                    + port
                                    + ", and so is '"
                                    + other.name().value()
                                    + "' at "
                                    + first,
                            "choose another port");
                }
            }
        }
    }

    private void checkPods(Map<String, Service> services, int capacity) {
        int pods = 0;
        for (Service service : fleet.services()) {
            int replicas = service.replicas().value();
            pods += replicas;
            if (podName(service, replicas).length() > LONGEST_POD_NAME) {
                problems.add(
                        service.name().place(),
                        "service name '"
                                + service.name().value()
                                + "' is too long for the names of its pods, expected at most "
                                + (LONGEST_POD_NAME - 4)
                                + " characters",
                        "");
            }
            checkPodNames(service, services);
        }
        if (Math.max(pods, fleet.services().size()) > capacity) {
            problems.add(
                    fleet.place(),
                    "saw "
                            + pods
                            + " pods and "
                            + fleet.services().size()
                            + " services, expected at most "
                            + capacity
                            + " of each, as the address blocks hold",
                    "");
        }
    }

    /// In a pod its own name is itself: a service of that name could not be called from there.
    private void checkPodNames(Service service, Map<String, Service> services) {
        for (int replica = 1; replica <= service.replicas().value(); replica++) {
            Service other = services.get(podName(service, replica));
            if (other != null) {
                problems.add(
                        other.name().place(),
                        "service '"
                                + other.name().value()
                                + "' is called like a pod of service '"
                                + service.name().value()
                                + "' at "
                                + service.name().place()
                                + ", expected another name",
                        "rename one of them");
            }
        }
    }

    private void checkCondition(StartAfter after, Service other) {
        Located<StartCondition> condition = after.condition();
        if (condition == null) {
            return;
        }
        String name = "service '" + other.name().value() + "'";
        switch (condition.value()) {
            case COMPLETED -> {
                if (!other.ports().isEmpty()) {
                    problems.add(
                            condition.place(),
                            "saw condition completed for "
                                    + name
                                    + ", which has a port and so is not expected to end",
                            "use healthy, or remove its port: a job has none");
                } else if (other.lifecycle().restart() == RestartPolicy.ALWAYS) {
                    problems.add(
                            condition.place(),
                            "saw condition completed for "
                                    + name
                                    + ", which is started again whenever it ends (restart: Always)",
                            "give it restart: OnFailure or Never, or use started");
                }
            }
            case HEALTHY -> {
                if (other.ports().isEmpty() && other.lifecycle().healthCheck() == null) {
                    problems.add(
                            condition.place(),
                            "saw condition healthy for "
                                    + name
                                    + ", which has neither healthCheck nor port",
                            "add a healthCheck to it, or use started or completed");
                }
            }
            case STARTED, LISTENING -> {}
        }
    }

    /// What is waited for: what was said, or what shows best that the other is ready.
    static StartCondition conditionOf(StartAfter after, Service other) {
        Located<StartCondition> said = after.condition();
        if (said != null && said.value() != StartCondition.HEALTHY) {
            return said.value();
        }
        if (other.lifecycle().healthCheck() != null) {
            return StartCondition.HEALTHY;
        }
        if (!other.ports().isEmpty()) {
            return StartCondition.LISTENING;
        }
        return other.lifecycle().restart() == RestartPolicy.ALWAYS
                ? StartCondition.STARTED
                : StartCondition.COMPLETED;
    }

    static String podName(Service service, int replica) {
        return service.name().value() + "-" + replica;
    }
}
