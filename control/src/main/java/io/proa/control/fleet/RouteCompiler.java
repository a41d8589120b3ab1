package io.proa.control.fleet;

import io.proa.control.intent.IntentDocument.Backend;
import io.proa.control.intent.IntentDocument.HttpRoute;
import io.proa.control.intent.IntentDocument.Port;
import io.proa.control.intent.IntentDocument.Rule;
import io.proa.control.intent.IntentDocument.Service;
import io.proa.control.intent.IntentDocument.ServiceReference;
import io.proa.control.intent.IntentDocument.TrafficPolicy;
import io.proa.control.intent.Place;
import io.proa.control.intent.Problems;
import io.proa.control.intent.RetryDraft;
import io.proa.control.intent.TimeoutDraft;
import io.proa.model.RequestMatch;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import io.proa.model.TimeoutRule;
import io.proa.wire.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// From routes and policies to the rules of each service, in order of precedence.
///
/// A request that no rule matches goes to the service itself under its policy. (A Gateway API
/// gateway would answer 404; here, attaching a route for one path must not break the others.)
final class RouteCompiler {
    private static final String DEFAULT_RULE = "default";

    private final String namespace;
    private final Map<String, Service> services;
    private final Problems problems;
    private final Map<String, TrafficPolicy> policies = new HashMap<>();
    private final Map<String, List<Candidate>> candidates = new HashMap<>();

    /// One alternative of one rule, before it has its place.
    private record Candidate(
            String name, List<RequestMatch> conditions, List<RouteTarget> targets, Rule rule) {
        /// HTTPRouteRule's precedence: an exact path, the longest prefix, a method, most headers;
        /// then the order written.
        private static final Comparator<Candidate> PRECEDENCE =
                Comparator.comparingInt((Candidate candidate) -> candidate.pathRank())
                        .thenComparingInt(candidate -> candidate.count(RequestMatch.Method.class))
                        .thenComparingInt(
                                candidate -> candidate.count(RequestMatch.HeaderExact.class))
                        .reversed();

        private int pathRank() {
            for (RequestMatch match : conditions) {
                switch (match) {
                    case RequestMatch.PathExact _ -> {
                        return Integer.MAX_VALUE;
                    }
                    case RequestMatch.PathPrefix prefix -> {
                        return prefix.prefix().length();
                    }
                    case RequestMatch.Method _, RequestMatch.HeaderExact _ -> {}
                }
            }
            return 0;
        }

        private int count(Class<? extends RequestMatch> kind) {
            return (int) conditions.stream().filter(kind::isInstance).count();
        }
    }

    RouteCompiler(String namespace, Map<String, Service> services, Problems problems) {
        this.namespace = namespace;
        this.services = services;
        this.problems = problems;
    }

    void add(TrafficPolicy policy) {
        Service target = service(policy.target(), "TrafficPolicy '" + policy.name() + "'");
        if (target == null) {
            return;
        }
        TrafficPolicy other = policies.putIfAbsent(target.name().value(), policy);
        if (other != null) {
            problems.add(
                    policy.place(),
                    "TrafficPolicy '"
                            + policy.name()
                            + "' has the same targetRef as '"
                            + other.name()
                            + "': Service "
                            + target.name().value(),
                    "put all of it into one of them");
        }
    }

    void add(HttpRoute route) {
        for (ServiceReference reference : route.parents()) {
            Service parent = service(reference, "HTTPRoute '" + route.name() + "'");
            if (parent == null) {
                continue;
            }
            checkParentPort(reference, parent);
            for (Rule rule : route.rules()) {
                List<RouteTarget> targets = targets(rule, parent);
                for (List<RequestMatch> conditions : rule.matches()) {
                    candidates
                            .computeIfAbsent(parent.name().value(), _ -> new ArrayList<>())
                            .add(new Candidate(rule.name(), conditions, targets, rule));
                }
            }
        }
    }

    /// The rules of a service; never empty, the last one matches everything.
    List<RouteRule> rulesOf(Service service) {
        String name = service.name().value();
        TrafficPolicy policy = policies.get(name);
        RetryRule retry =
                policy == null ? RetryRule.DEFAULT : policy.retry().over(RetryRule.DEFAULT);
        TimeoutRule timeouts =
                policy == null ? TimeoutRule.DEFAULT : policy.timeouts().over(TimeoutRule.DEFAULT);
        if (policy != null) {
            check(
                    "TrafficPolicy '" + policy.name() + "'",
                    policy.retry(),
                    policy.timeouts(),
                    retry,
                    timeouts);
        }
        timeouts = within(timeouts);
        var rules = new ArrayList<RouteRule>();
        List<Candidate> sorted = new ArrayList<>(candidates.getOrDefault(name, List.of()));
        sorted.sort(Candidate.PRECEDENCE);
        for (Candidate candidate : sorted) {
            RetryRule itsRetry = candidate.rule().retry().over(retry);
            TimeoutRule itsTimeouts = candidate.rule().timeouts().over(timeouts);
            check(
                    "rule " + candidate.name(),
                    candidate.rule().retry(),
                    candidate.rule().timeouts(),
                    itsRetry,
                    itsTimeouts);
            rules.add(
                    new RouteRule(
                            candidate.name(),
                            candidate.conditions().isEmpty()
                                    ? List.of()
                                    : List.of(candidate.conditions()),
                            candidate.targets(),
                            itsRetry,
                            within(itsTimeouts)));
        }
        if (rules.isEmpty() || !rules.getLast().matches().isEmpty()) {
            rules.add(new RouteRule(DEFAULT_RULE, List.of(), List.of(), retry, timeouts));
        }
        return rules;
    }

    private List<RouteTarget> targets(Rule rule, Service parent) {
        var targets = new ArrayList<RouteTarget>();
        for (Backend backend : rule.backends()) {
            Service service = service(backend.service(), "rule " + rule.name());
            Integer port = backend.service().port();
            if (service == null || port == null) {
                continue;
            }
            if (service.ports().stream().noneMatch(known -> known.port() == port)) {
                problems.add(
                        backend.service().place(),
                        "saw port "
                                + port
                                + " of Service "
                                + service.name().value()
                                + ", which has "
                                + portsOf(service),
                        "");
            }
            targets.add(
                    new RouteTarget.ToService(
                            new ServiceName(namespace, service.name().value()),
                            port,
                            backend.weight()));
        }
        boolean onlyItself =
                targets.size() == 1
                        && parent.ports().size() == 1
                        && rule.backends()
                                .getFirst()
                                .service()
                                .name()
                                .equals(parent.name().value());
        return onlyItself ? List.of() : targets;
    }

    private void checkParentPort(ServiceReference reference, Service parent) {
        Integer port = reference.port();
        if (port == null) {
            return;
        }
        if (parent.ports().stream().noneMatch(known -> known.port() == port)) {
            problems.add(
                    reference.place(),
                    "saw port "
                            + port
                            + " of Service "
                            + parent.name().value()
                            + ", which has "
                            + portsOf(parent),
                    "");
        } else if (parent.ports().size() > 1) {
            problems.add(
                    reference.place(),
                    "a route for one port of a Service of several is not supported",
                    "remove port: to attach it to all of them");
        }
    }

    private @Nullable Service service(ServiceReference reference, String who) {
        String other = reference.namespace();
        if (other != null && !other.equals(namespace)) {
            problems.add(
                    reference.place(),
                    who
                            + " refers to namespace '"
                            + other
                            + "', expected '"
                            + namespace
                            + "', the fleet's",
                    "");
            return null;
        }
        Service service = services.get(reference.name());
        if (service == null) {
            problems.add(
                    reference.place(),
                    who
                            + " refers to Service '"
                            + reference.name()
                            + "', which is no service of this fleet",
                    Problems.suggestion(reference.name(), services.keySet()));
        }
        return service;
    }

    /// What is contradictory once defaults, policy and rule are put together, and was said by this
    /// very document; what it inherits is bounded by the request's deadline anyway.
    private void check(
            String who,
            RetryDraft said,
            TimeoutDraft saidTimeouts,
            RetryRule retry,
            TimeoutRule timeouts) {
        boolean bounded = !timeouts.request().isZero();
        Place place = said.place();
        if (bounded
                && said.perTryTimeout() != null
                && retry.perTryTimeout().compareTo(timeouts.request()) > 0) {
            problems.add(
                    place,
                    who
                            + ": one try may take longer than the whole request ("
                            + text(retry.perTryTimeout())
                            + " > "
                            + text(timeouts.request())
                            + "), expected less",
                    "lower the per-try timeout or raise the request timeout");
        }
        if (bounded
                && saidTimeouts.connect() != null
                && timeouts.connect().compareTo(timeouts.request()) > 0) {
            problems.add(
                    place,
                    who
                            + ": connecting may take longer than the whole request ("
                            + text(timeouts.connect())
                            + " > "
                            + text(timeouts.request())
                            + "), expected less",
                    "lower timeouts.connect or raise timeouts.request");
        }
        if (said.backoff() != null && retry.backoffBase().compareTo(retry.backoffMax()) > 0) {
            problems.add(
                    place,
                    who
                            + ": the first wait is longer than the longest ("
                            + text(retry.backoffBase())
                            + " > "
                            + text(retry.backoffMax())
                            + "), expected less",
                    "lower backoff.base or raise backoff.max");
        }
    }

    private static TimeoutRule within(TimeoutRule timeouts) {
        boolean longer =
                !timeouts.request().isZero()
                        && timeouts.connect().compareTo(timeouts.request()) > 0;
        return longer
                ? new TimeoutRule(
                        timeouts.request(), timeouts.request(), timeouts.idle(), timeouts.tcpIdle())
                : timeouts;
    }

    private static String text(Duration duration) {
        return DurationText.format(duration);
    }

    private static String portsOf(Service service) {
        if (service.ports().isEmpty()) {
            return "none";
        }
        return String.join(
                ", ", service.ports().stream().map(Port::port).map(String::valueOf).toList());
    }
}
