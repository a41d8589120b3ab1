package io.proa.control.intent;

import io.proa.model.AppProtocol;
import io.proa.model.InboundMode;
import io.proa.model.RequestMatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One document of intent: each value of the right type, its references not yet looked up.
public sealed interface IntentDocument {
    Place place();

    /// The services of one machine.
    ///
    /// @param trustDomain null = not said
    /// @param namespace at the fleet's own place where it was not said
    record Fleet(
            Place place,
            String name,
            @Nullable Located<String> trustDomain,
            Located<String> namespace,
            List<Service> services)
            implements IntentDocument {}

    /// @param command never empty where there was no problem
    /// @param publish port of the machine's own loopback; null = not published
    record Service(
            Place place,
            Located<String> name,
            Located<List<String>> command,
            Located<Path> folder,
            List<Port> ports,
            Located<Integer> replicas,
            Map<String, String> environment,
            List<Located<String>> startAfter,
            @Nullable Located<Integer> publish,
            InboundMode inbound,
            boolean loopback) {}

    record Port(Place place, int port, int targetPort, AppProtocol protocol) {}

    /// A Gateway API HTTPRoute attached to services.
    record HttpRoute(Place place, String name, List<ServiceReference> parents, List<Rule> rules)
            implements IntentDocument {}

    /// @param matches alternatives, each a conjunction; never empty
    record Rule(
            Place place,
            String name,
            List<List<RequestMatch>> matches,
            List<Backend> backends,
            RetryDraft retry,
            TimeoutDraft timeouts) {}

    record Backend(ServiceReference service, int weight) {}

    /// @param port null = not said
    record ServiceReference(
            Place place, @Nullable String namespace, String name, @Nullable Integer port) {}

    record TrafficPolicy(
            Place place,
            String name,
            ServiceReference target,
            RetryDraft retry,
            TimeoutDraft timeouts)
            implements IntentDocument {}
}
