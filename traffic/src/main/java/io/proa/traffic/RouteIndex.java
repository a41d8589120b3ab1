package io.proa.traffic;

import io.proa.model.MeshService;
import io.proa.model.RequestMatch;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// *Logical* to *concrete*: which rule of a service a request falls under, and which of the rule's
/// targets it goes to.
///
/// Immutable; built once per snapshot and service. The first rule in order decides; rules after one
/// that matches everything are dropped when it is built. Matching allocates nothing.
public final class RouteIndex {
    private final RouteRule[] rules;

    /// By rule: alternatives, each a conjunction; none where the rule matches everything.
    private final RequestMatch[][][] alternatives;

    public RouteIndex(MeshService service) {
        List<RouteRule> all = service.rules();
        int count = 0;
        while (count < all.size() && !matchesAll(all.get(count++))) {}
        boolean total = count > 0 && matchesAll(all.get(count - 1));
        rules = new RouteRule[total ? count : count + 1];
        alternatives = new RequestMatch[rules.length][][];
        for (int i = 0; i < count; i++) {
            rules[i] = all.get(i);
            alternatives[i] = compiled(rules[i]);
        }
        if (!total) {
            rules[count] = RouteRule.DEFAULT;
            alternatives[count] = new RequestMatch[0][];
        }
    }

    /// By the default policy for paths.
    public RouteRule match(RequestView request) {
        return match(request, PathPolicy.DEFAULT);
    }

    /// Whether rules look at method, path or headers.
    public boolean looksAtRequests() {
        return rules.length > 1;
    }

    /// Where only one rule can match, `request` is not touched.
    public RouteRule match(RequestView request, PathPolicy paths) {
        int last = rules.length - 1;
        if (last == 0) {
            return rules[0];
        }
        String path = paths.forRules(request.path());
        int end = path.length();
        for (int i = 0; i < last; i++) {
            RequestMatch[][] any = alternatives[i];
            if (any.length == 0 || matchesAny(any, request, path, end)) {
                return rules[i];
            }
        }
        return rules[last];
    }

    /// Chooses by weight; null where the rule names no target and the request goes to the service
    /// itself. Where all weights are zero, which the control plane refuses, the first target is
    /// taken.
    public @Nullable RouteTarget choose(RouteRule rule, Dice dice) {
        List<RouteTarget> targets = rule.targets();
        int count = targets.size();
        if (count <= 1) {
            return count == 0 ? null : targets.getFirst();
        }
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += targets.get(i).weight();
        }
        int point = sum > 0 ? dice.below(sum) : 0;
        for (int i = 0; i < count; i++) {
            point -= targets.get(i).weight();
            if (point < 0) {
                return targets.get(i);
            }
        }
        return targets.getFirst();
    }

    private static boolean matchesAll(RouteRule rule) {
        if (rule.matches().isEmpty()) {
            return true;
        }
        for (List<RequestMatch> all : rule.matches()) {
            if (all.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static RequestMatch[][] compiled(RouteRule rule) {
        RequestMatch[][] any = new RequestMatch[matchesAll(rule) ? 0 : rule.matches().size()][];
        for (int i = 0; i < any.length; i++) {
            any[i] = rule.matches().get(i).toArray(new RequestMatch[0]);
        }
        return any;
    }

    private static boolean matchesAny(
            RequestMatch[][] any, RequestView request, String path, int end) {
        for (RequestMatch[] all : any) {
            if (matchesEach(all, request, path, end)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchesEach(
            RequestMatch[] all, RequestView request, String path, int end) {
        for (RequestMatch one : all) {
            boolean holds =
                    switch (one) {
                        case RequestMatch.PathExact exact ->
                                exact.path().length() == end && path.startsWith(exact.path());
                        case RequestMatch.PathPrefix prefix ->
                                continues(path, end, prefix.prefix());
                        case RequestMatch.Method method -> method.method().equals(request.method());
                        case RequestMatch.HeaderExact header ->
                                header.value().equals(request.header(header.name()));
                    };
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    /// By path elements: `/a` and `/a/` both match `/a` and `/a/b`, never `/ab` (Gateway API
    /// HTTPPathMatch).
    private static boolean continues(String path, int end, String prefix) {
        int length = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length();
        return length <= end
                && path.regionMatches(0, prefix, 0, length)
                && (length == end || path.charAt(length) == '/');
    }
}
