package io.proa.wire;

import io.proa.model.RequestMatch;
import io.proa.model.RetryRule;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.ServiceName;
import io.proa.model.TimeoutRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The part of [SnapshotReader] that reads route rules.
final class RuleReader {
    private final JsonReader in;

    RuleReader(JsonReader in) {
        this.in = in;
    }

    void into(List<RouteRule> rules) throws MalformedMessage {
        in.beginArray();
        while (in.nextElement()) {
            rules.add(rule(rules.size()));
        }
    }

    private RouteRule rule(int index) throws MalformedMessage {
        String name = null;
        List<List<RequestMatch>> matches = List.of();
        List<RouteTarget> targets = List.of();
        RetryRule retry = RetryRule.DEFAULT;
        TimeoutRule timeouts = TimeoutRule.DEFAULT;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "name" -> name = in.text();
                case "matches" -> matches = matches();
                case "targets" -> targets = targets();
                case "retry" -> retry = retry();
                case "timeouts" -> timeouts = timeouts();
                default -> throw in.unknownField("name, matches, targets, retry, timeouts");
            }
        }
        return new RouteRule(
                name == null ? "rule-" + index : name, matches, targets, retry, timeouts);
    }

    private List<List<RequestMatch>> matches() throws MalformedMessage {
        var alternatives = new ArrayList<List<RequestMatch>>();
        in.beginArray();
        while (in.nextElement()) {
            var conditions = new ArrayList<RequestMatch>();
            in.beginArray();
            while (in.nextElement()) {
                conditions.add(match());
            }
            alternatives.add(conditions);
        }
        return alternatives;
    }

    private RequestMatch match() throws MalformedMessage {
        RequestMatch match = null;
        String header = null;
        String value = null;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "pathExact" -> match = only(match, new RequestMatch.PathExact(path()));
                case "pathPrefix" -> match = only(match, new RequestMatch.PathPrefix(path()));
                case "method" -> match = only(match, new RequestMatch.Method(in.text()));
                case "header" -> header = in.text();
                case "value" -> value = in.text();
                default -> throw in.unknownField("pathExact, pathPrefix, method, header and value");
            }
        }
        if (header != null || value != null) {
            match =
                    only(
                            match,
                            new RequestMatch.HeaderExact(
                                    in.required("header", header), in.required("value", value)));
        }
        if (match == null) {
            throw in.fault(
                    "saw no condition, expected one of pathExact, pathPrefix, method, header and value");
        }
        return match;
    }

    private RequestMatch only(@Nullable RequestMatch earlier, RequestMatch match)
            throws MalformedMessage {
        if (earlier != null) {
            throw in.fault("saw two conditions in one object, expected one each");
        }
        return match;
    }

    private String path() throws MalformedMessage {
        String path = in.text();
        if (!path.startsWith("/")) {
            throw in.unexpected("a path that begins with /");
        }
        return path;
    }

    private List<RouteTarget> targets() throws MalformedMessage {
        var targets = new ArrayList<RouteTarget>();
        in.beginArray();
        while (in.nextElement()) {
            targets.add(target());
        }
        return targets;
    }

    private RouteTarget target() throws MalformedMessage {
        ServiceName service = null;
        Integer port = null;
        int weight = 1;
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "service" -> service = in.serviceName();
                case "port" -> port = in.port();
                case "weight" -> weight = (int) in.number(0, 1_000_000);
                default -> throw in.unknownField("service, port, weight");
            }
        }
        return new RouteTarget.ToService(
                in.required("service", service), in.required("port", port), weight);
    }

    private RetryRule retry() throws MalformedMessage {
        RetryRule safe = RetryRule.DEFAULT;
        int maxAttempts = safe.maxAttempts();
        Set<Integer> onStatuses = safe.onStatuses();
        boolean onPerTryTimeout = safe.onPerTryTimeout();
        Duration perTryTimeout = safe.perTryTimeout();
        Duration backoffBase = safe.backoffBase();
        Duration backoffMax = safe.backoffMax();
        int budgetPercent = safe.budgetPercent();
        int budgetMinPerSecond = safe.budgetMinPerSecond();
        int replayLimit = safe.replayLimit();
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "maxAttempts" -> maxAttempts = (int) in.number(1, 10);
                case "onStatuses" -> onStatuses = statuses();
                case "onPerTryTimeout" -> onPerTryTimeout = in.flag();
                case "perTryTimeout" -> perTryTimeout = in.duration();
                case "backoffBase" -> backoffBase = in.duration();
                case "backoffMax" -> backoffMax = in.duration();
                case "budgetPercent" -> budgetPercent = (int) in.number(0, 100);
                case "budgetMinPerSecond" -> budgetMinPerSecond = (int) in.number(0, 1_000_000);
                case "replayLimit" -> replayLimit = (int) in.number(0, 16 << 20);
                default ->
                        throw in.unknownField(
                                "maxAttempts, onStatuses, onPerTryTimeout, perTryTimeout, backoffBase,"
                                        + " backoffMax, budgetPercent, budgetMinPerSecond, replayLimit");
            }
        }
        return new RetryRule(
                maxAttempts,
                onStatuses,
                onPerTryTimeout,
                perTryTimeout,
                backoffBase,
                backoffMax,
                budgetPercent,
                budgetMinPerSecond,
                replayLimit);
    }

    private Set<Integer> statuses() throws MalformedMessage {
        var statuses = new HashSet<Integer>();
        in.beginArray();
        while (in.nextElement()) {
            if (in.isText()) {
                try {
                    StatusCodes.parseInto(in.text(), statuses);
                } catch (IllegalArgumentException e) {
                    throw in.fault(e);
                }
            } else {
                statuses.add((int) in.number(400, 599));
            }
        }
        return statuses;
    }

    private TimeoutRule timeouts() throws MalformedMessage {
        Duration connect = TimeoutRule.DEFAULT.connect();
        Duration request = TimeoutRule.DEFAULT.request();
        Duration idle = TimeoutRule.DEFAULT.idle();
        Duration tcpIdle = TimeoutRule.DEFAULT.tcpIdle();
        in.beginObject();
        while (in.nextField()) {
            switch (in.field()) {
                case "connect" -> connect = in.duration();
                case "request" -> request = in.duration();
                case "idle" -> idle = in.duration();
                case "tcpIdle" -> tcpIdle = in.duration();
                default -> throw in.unknownField("connect, request, idle, tcpIdle");
            }
        }
        return new TimeoutRule(connect, request, idle, tcpIdle);
    }
}
