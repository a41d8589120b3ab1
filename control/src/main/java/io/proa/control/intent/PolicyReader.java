package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.ServiceReference;
import io.proa.wire.StatusCodes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads `TrafficPolicy`: retries and timeouts of all requests to a service.
final class PolicyReader {
    /// A cause among the statuses of `retry.on`.
    private static final String PER_TRY_TIMEOUT = "per-try-timeout";

    private static final int MOST_REPLAY_BYTES = 16 << 20;

    private final Problems problems;
    private final References references;

    PolicyReader(Problems problems) {
        this.problems = problems;
        this.references = new References(problems);
    }

    IntentDocument.@Nullable TrafficPolicy policy(
            Place place, String name, YamlMap metadata, YamlMap spec) {
        spec.allow("a TrafficPolicy's spec", List.of("targetRef", "retry", "timeouts"), Set.of());
        spec.require("targetRef", "a TrafficPolicy's spec");
        YamlMap target = spec.map("targetRef", "a targetRef");
        RetryDraft retry = retry(spec);
        TimeoutDraft timeouts = timeouts(spec);
        if (target == null) {
            return null;
        }
        target.allow(
                "a targetRef",
                List.of("group", "kind", "namespace", "name"),
                Set.of("sectionName"));
        target.require("kind", "a targetRef");
        ServiceReference reference =
                references.service(target, "a targetRef", metadata.text("namespace"));
        return reference == null
                ? null
                : new IntentDocument.TrafficPolicy(place, name, reference, retry, timeouts);
    }

    private TimeoutDraft timeouts(YamlMap spec) {
        YamlMap map = spec.map("timeouts", "timeouts");
        if (map == null) {
            return TimeoutDraft.NONE;
        }
        map.allow("timeouts", List.of("connect", "request", "idle"), Set.of());
        return new TimeoutDraft(
                map.duration("connect"), map.duration("request"), map.duration("idle"));
    }

    private RetryDraft retry(YamlMap spec) {
        YamlMap map = spec.map("retry", "a retry");
        Place place = spec.placeOf(spec.has("retry") ? "retry" : "timeouts");
        if (map == null) {
            return RetryDraft.none(place);
        }
        map.allow(
                "a retry",
                List.of("maxAttempts", "on", "perTryTimeout", "backoff", "budget", "replayLimit"),
                Set.of());
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
                map.number("maxAttempts", 1, 10),
                statuses,
                onPerTryTimeout,
                perTry,
                backoff(map),
                budget(map),
                map.number("replayLimit", 0, MOST_REPLAY_BYTES));
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
        map.allow("a backoff", List.of("base", "max"), Set.of());
        return new RetryDraft.Backoff(map.duration("base"), map.duration("max"));
    }

    private RetryDraft.@Nullable Budget budget(YamlMap retry) {
        YamlMap map = retry.map("budget", "a budget");
        if (map == null) {
            return null;
        }
        map.allow("a budget", List.of("percent", "minPerSecond"), Set.of());
        return new RetryDraft.Budget(
                map.number("percent", 0, 100), map.number("minPerSecond", 0, 1_000_000));
    }
}
