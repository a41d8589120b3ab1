package io.proa.control.intent;

import io.proa.control.intent.IntentDocument.Backend;
import io.proa.control.intent.IntentDocument.Rule;
import io.proa.control.intent.IntentDocument.ServiceReference;
import io.proa.model.RequestMatch;
import io.proa.wire.StatusCodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads `HTTPRoute` of the Gateway API (v1), attached to services (GEP-1426). What is not done
/// here is refused by name.
final class RouteReader {
    private static final Map<String, String> METHODS =
            words("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
    private static final Map<String, String> PATH_TYPES = words("Exact", "PathPrefix");
    private static final Map<String, String> HEADER_TYPES = words("Exact");

    private final Problems problems;
    private final References references;

    RouteReader(Problems problems) {
        this.problems = problems;
        this.references = new References(problems);
    }

    IntentDocument.HttpRoute route(Place place, String name, YamlMap metadata, YamlMap spec) {
        spec.check(TrafficShapes.ROUTE_SPEC);
        String namespace = metadata.text("namespace");
        var parents = new ArrayList<ServiceReference>();
        for (YamlMap parent : spec.maps("parentRefs", "a parentRef")) {
            parent.check(TrafficShapes.PARENT_REF);
            ServiceReference reference =
                    references.service(parent, "a parentRef", namespace, parent.number("port"));
            if (reference != null) {
                parents.add(reference);
            }
        }
        var rules = new ArrayList<Rule>();
        for (YamlMap rule : spec.maps("rules", "a rule")) {
            rules.add(rule(rule, name, rules.size(), namespace));
        }
        return new IntentDocument.HttpRoute(place, name, parents, rules);
    }

    private Rule rule(YamlMap map, String route, int index, @Nullable String namespace) {
        map.check(TrafficShapes.RULE);
        String name = map.text("name");
        var matches = new ArrayList<List<RequestMatch>>();
        for (YamlMap match : map.maps("matches", "a match")) {
            matches.add(match(match));
        }
        if (matches.isEmpty()) {
            matches.add(List.of());
        }
        var backends = new ArrayList<Backend>();
        for (YamlMap backend : map.maps("backendRefs", "a backendRef")) {
            Backend read = backend(backend, namespace);
            if (read != null) {
                backends.add(read);
            }
        }
        if (!backends.isEmpty() && backends.stream().allMatch(backend -> backend.weight() == 0)) {
            problems.add(
                    map.placeOf("backendRefs"),
                    "saw weights whose sum is 0, expected at least one above 0",
                    "");
        }
        YamlMap timeouts = map.map("timeouts", "timeouts");
        if (timeouts != null) {
            timeouts.check(TrafficShapes.ROUTE_TIMEOUTS);
        }
        return new Rule(
                map.place(),
                route + "/" + (name == null ? String.valueOf(index) : name),
                matches,
                backends,
                retry(map, timeouts),
                timeouts == null
                        ? TimeoutDraft.NONE
                        : new TimeoutDraft(null, timeouts.duration("request"), null, null));
    }

    /// All conditions of one alternative.
    private List<RequestMatch> match(YamlMap map) {
        map.check(TrafficShapes.MATCH);
        var conditions = new ArrayList<RequestMatch>();
        YamlMap path = map.map("path", "a path match");
        if (path != null) {
            path.check(TrafficShapes.PATH_MATCH);
            String type = path.word("type", PATH_TYPES);
            String value = path(path);
            if (value != null && "Exact".equals(type)) {
                conditions.add(new RequestMatch.PathExact(value));
            } else if (value != null && !value.equals("/")) {
                // "/foo/" and "/foo" are the same prefix (HTTPPathMatch), and "/" is no condition
                // at all
                String prefix =
                        value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
                conditions.add(new RequestMatch.PathPrefix(prefix));
            }
        }
        String method = map.word("method", METHODS);
        if (method != null) {
            conditions.add(new RequestMatch.Method(method));
        }
        var names = new TreeSet<String>();
        for (YamlMap header : map.maps("headers", "a header match")) {
            header.check(TrafficShapes.HEADER_MATCH);
            header.word("type", HEADER_TYPES);
            String name = header.text("name");
            String value = header.text("value");
            if (name != null && value != null) {
                if (!names.add(name.toLowerCase(Locale.ROOT))) {
                    problems.add(
                            header.placeOf("name"),
                            "saw header '" + name + "' twice in one match, expected each once",
                            "");
                }
                conditions.add(new RequestMatch.HeaderExact(name, value));
            }
        }
        return conditions;
    }

    private @Nullable String path(YamlMap map) {
        String value = map.text("value");
        if (value == null) {
            return map.has("value") ? null : "/";
        }
        if (!value.startsWith("/")
                || value.contains("//")
                || value.contains("?")
                || value.contains("#")
                || value.contains("/./")
                || value.contains("/../")) {
            problems.add(
                    map.placeOf("value"),
                    "saw '"
                            + value
                            + "' as a path, expected one that begins with / and has no // /./ /../ ? or #",
                    "");
            return null;
        }
        return value;
    }

    private @Nullable Backend backend(YamlMap map, @Nullable String namespace) {
        map.check(TrafficShapes.BACKEND_REF);
        Integer weight = map.number("weight");
        ServiceReference reference =
                references.service(map, "a backendRef", namespace, map.number("port"));
        return reference == null ? null : new Backend(reference, weight == null ? 1 : weight);
    }

    /// GEP-1731: `attempts` counts the retries, and a timed-out try is one of the connection errors
    /// to retry on.
    private RetryDraft retry(YamlMap rule, @Nullable YamlMap timeouts) {
        Duration perTry = null;
        if (timeouts != null) {
            perTry = timeouts.duration("backendRequest");
            Duration request = timeouts.duration("request");
            if (perTry != null
                    && request != null
                    && !request.isZero()
                    && perTry.compareTo(request) > 0) {
                problems.add(
                        timeouts.placeOf("backendRequest"),
                        "saw a backendRequest timeout longer than the request timeout, expected at most as long",
                        "one try is a part of the whole");
                perTry = null;
            }
        }
        Place place = rule.placeOf(timeouts == null ? "retry" : "timeouts");
        YamlMap map = rule.map("retry", "a retry");
        if (map == null) {
            return new RetryDraft(place, null, null, null, perTry, null, null, null);
        }
        map.check(TrafficShapes.ROUTE_RETRY);
        Set<Integer> codes = null;
        if (map.has("codes")) {
            codes = new TreeSet<>();
            for (Located<String> code : map.words("codes")) {
                try {
                    codes.add(StatusCodes.check(Long.parseLong(code.value())));
                } catch (NumberFormatException _) {
                    problems.add(
                            code.place(),
                            "saw '"
                                    + code.value()
                                    + "' as a code, expected a status from 400 to 599",
                            "");
                } catch (IllegalArgumentException e) {
                    problems.add(code.place(), "codes: " + e.getMessage(), "");
                }
            }
        }
        Integer attempts = map.number("attempts");
        Duration backoff = map.duration("backoff");
        return new RetryDraft(
                place,
                attempts == null ? null : attempts + 1,
                codes,
                perTry == null ? null : Boolean.TRUE,
                perTry,
                backoff == null ? null : new RetryDraft.Backoff(backoff, null),
                null,
                null);
    }

    private static Map<String, String> words(String... words) {
        var meanings = new TreeMap<String, String>();
        for (String word : words) {
            meanings.put(word, word);
        }
        return meanings;
    }
}
