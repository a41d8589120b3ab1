package io.proa.model;

import java.util.List;

/// One rule of a route: the first rule in order whose matches all hold decides.
///
/// @param name stable name for metrics and explanations
/// @param matches alternatives, each a conjunction; empty = everything
/// @param targets empty = the service itself
public record RouteRule(
        String name,
        List<List<RequestMatch>> matches,
        List<RouteTarget> targets,
        RetryRule retry,
        TimeoutRule timeouts) {
    public static final RouteRule DEFAULT =
            new RouteRule("default", List.of(), List.of(), RetryRule.DEFAULT, TimeoutRule.DEFAULT);

    public RouteRule {
        matches = matches.stream().map(List::copyOf).toList();
        targets = List.copyOf(targets);
    }
}
