package io.proa.control.intent;

import io.proa.model.AppProtocol;
import io.proa.model.InboundMode;
import io.proa.model.RequestMatch;
import io.proa.model.SentSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One document of intent: each value of the right type, its references not yet looked up.
public sealed interface IntentDocument {
    Place place();

    /// Services of one machine; a fleet may be told in several documents of one name.
    ///
    /// @param trustDomain null = not said
    /// @param namespace likewise
    record Fleet(
            Place place,
            String name,
            @Nullable Located<String> trustDomain,
            @Nullable Located<String> namespace,
            List<Service> services)
            implements IntentDocument {}

    record Service(
            Place place,
            Located<String> name,
            Program program,
            List<Port> ports,
            List<Located<Publication>> published,
            Located<Integer> replicas,
            List<StartAfter> startAfter,
            InboundMode inbound,
            boolean loopback,
            Lifecycle lifecycle,
            HeadRules heads) {}

    /// @param condition null = whatever shows that the other is ready
    record StartAfter(Located<String> service, @Nullable Located<StartCondition> condition) {}

    record Port(
            Place place,
            int port,
            int targetPort,
            AppProtocol protocol,
            boolean acceptProxy,
            SentSource sendProxy) {}

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
