package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument.Port;
import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.Located;
import io.proa.control.intent.Place;
import io.proa.control.intent.Problems;
import io.proa.control.intent.Publication;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is wrong with a fleet only where all its programs share the machine's loopback (explicit
/// mode): a port there is one program's.
final class LoopbackChecks {
    private final List<Service> services;
    private final Problems problems;
    private final Map<Integer, Listener> listeners = new HashMap<>();

    private record Listener(Service service, Place place) {}

    LoopbackChecks(List<Service> services, Problems problems) {
        this.services = services;
        this.problems = problems;
    }

    void check() {
        for (Service service : services) {
            checkReplicas(service);
            for (Port port : service.ports()) {
                checkListener(service, port);
            }
        }
        for (Service service : services) {
            for (Located<Publication> publication : service.published()) {
                checkPublished(service, publication);
            }
        }
    }

    private void checkReplicas(Service service) {
        int replicas = service.replicas().value();
        if (replicas > 1 && !service.ports().isEmpty()) {
            problems.add(
                    service.replicas().place(),
                    "saw replicas "
                            + replicas
                            + " for service '"
                            + named(service)
                            + "', all of which would listen on port "
                            + service.ports().getFirst().targetPort()
                            + " of one loopback; expected 1 in explicit mode",
                    "make them services of their own, each with another targetPort");
        }
    }

    private void checkListener(Service service, Port port) {
        int target = port.targetPort();
        Listener other = listeners.putIfAbsent(target, new Listener(service, port.place()));
        if (other != null && !named(other.service()).equals(named(service))) {
            problems.add(
                    port.place(),
                    "service '"
                            + named(service)
                            + "' listens on port "
                            + target
                            + ", and so does '"
                            + named(other.service())
                            + "' at "
                            + other.place()
                            + "; expected a port of its own, since in explicit mode all programs share one"
                            + " loopback",
                    "others may call it as before: ports: [{port: "
                            + port.port()
                            + ", targetPort: N}], where N is what the program listens on (it finds N in PORT)");
        }
        if (SharedLoopback.isOfSidecars(target)) {
            problems.add(
                    port.place(), "saw port " + target + ofSidecars(), "choose another targetPort");
        }
    }

    private void checkPublished(Service service, Located<Publication> publication) {
        int port = publication.value().hostPort();
        Listener listener = listeners.get(port);
        if (listener != null) {
            problems.add(
                    publication.place(),
                    "service '"
                            + named(service)
                            + "' is published on port "
                            + port
                            + ", where '"
                            + named(listener.service())
                            + "' itself listens; expected another port, since in explicit mode both are on the"
                            + " machine's loopback",
                    "publish: \"N:"
                            + publication.value().servicePort()
                            + "\" with another N; or leave it out: 127.0.0.1:"
                            + port
                            + " reaches the program, though around its sidecar");
        }
        if (SharedLoopback.isOfSidecars(port)) {
            problems.add(
                    publication.place(), "saw port " + port + ofSidecars(), "publish another port");
        }
    }

    private static String ofSidecars() {
        return "; expected none of "
                + SharedLoopback.FIRST_PORT
                + " to "
                + SharedLoopback.LAST_PORT
                + ", which are the sidecars' in explicit mode";
    }

    private static String named(Service service) {
        return service.name().value();
    }
}
