package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.ServiceReference;
import io.proa.wire.StatusCodes;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads `TrafficPolicy`: retries and timeouts of all requests to a service.
final class PolicyReader {
    /// A cause among the statuses of `retry.on`.
    private static final String PER_TRY_TIMEOUT = "per-try-timeout";

    private final Problems problems;
    private final References references;

    PolicyReader(Problems problems) {
        this.problems = problems;
        this.references = new References(problems);
    }

    IntentDocument.@Nullable TrafficPolicy policy(
            Place place, String name, YamlMap metadata, YamlMap spec) {
        spec.check(TrafficShapes.POLICY_SPEC);
        YamlMap target = spec.map("targetRef", "a targetRef");
        RetryDraft retry = retry(spec);
        TimeoutDraft timeouts = timeouts(spec);
        if (target == null) {
            return null;
        }
        target.check(TrafficShapes.TARGET_REF);
        ServiceReference reference =
                references.service(target, "a targetRef", metadata.text("namespace"), null);
        return reference == null
                ? null
                : new IntentDocument.TrafficPolicy(place, name, reference, retry, timeouts);
    }

    private TimeoutDraft timeouts(YamlMap spec) {
        YamlMap map = spec.map("timeouts", "timeouts");
        if (map == null) {
            return TimeoutDraft.NONE;
        }
        map.check(TrafficShapes.POLICY_TIMEOUTS);
        return new TimeoutDraft(
                map.duration("connect"),
                map.duration("request"),
                map.duration("idle"),
                map.duration("tcpIdle"));
    }

    private RetryDraft retry(YamlMap spec) {
        YamlMap map = spec.map("retry", "a retry");
        Place place = spec.placeOf(spec.has("retry") ? "retry" : "timeouts");
        if (map == null) {
            return RetryDraft.none(place);
        }
        map.check(TrafficShapes.POLICY_RETRY);
        Set<Integer> statuses = null;
        Boolean onPerTryTimeout = null;
        if (map.has("on")) {
            statuses = new TreeSet<>();
            onPerTryTimeout = false;
            for (Located<String> cause : map.words("on")) {
                if (cause.value().equals(PER_TRY_TIMEOUT)) {
                    onPerTryTimeout = true;
                } else {
                    status(cause, statuses);
                }
            }
        }
        Duration perTry = map.duration("perTryTimeout");
        if (onPerTryTimeout != null && onPerTryTimeout && (perTry == null || perTry.isZero())) {
            problems.add(
                    map.placeOf("on"),
                    "saw " + PER_TRY_TIMEOUT + " without a perTryTimeout, expected one",
                    "add perTryTimeout: 500ms, or how long one try may take");
        }
        return new RetryDraft(
                place,
                map.number("maxAttempts"),
                statuses,
                onPerTryTimeout,
                perTry,
                backoff(map),
                budget(map),
                map.number("replayLimit"));
    }

    private void status(Located<String> cause, Set<Integer> statuses) {
        try {
            StatusCodes.parseInto(cause.value(), statuses);
        } catch (IllegalArgumentException e) {
            problems.add(cause.place(), "on: " + e.getMessage() + ", or " + PER_TRY_TIMEOUT, "");
        }
    }

    private RetryDraft.@Nullable Backoff backoff(YamlMap retry) {
        YamlMap map = retry.map("backoff", "a backoff");
        if (map == null) {
            return null;
        }
        map.check(TrafficShapes.BACKOFF);
        return new RetryDraft.Backoff(map.duration("base"), map.duration("max"));
    }

    private RetryDraft.@Nullable Budget budget(YamlMap retry) {
        YamlMap map = retry.map("budget", "a budget");
        if (map == null) {
            return null;
        }
        map.check(TrafficShapes.BUDGET);
        return new RetryDraft.Budget(map.number("percent"), map.number("minPerSecond"));
    }
}
