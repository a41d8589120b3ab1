package io.proa.control.intent;

import static io.proa.control.intent.FieldType.either;
import static io.proa.control.intent.FieldType.many;
import static io.proa.control.intent.FleetShapes.LABEL;
import static io.proa.control.intent.FleetShapes.PORT;
import static io.proa.control.intent.Shape.Field.optional;
import static io.proa.control.intent.Shape.Field.required;

import io.proa.control.intent.FieldType.Part;
import io.proa.control.intent.FieldType.Text;
import io.proa.control.intent.FieldType.Time;
import io.proa.control.intent.FieldType.Whole;
import io.proa.control.intent.FieldType.Word;
import io.proa.control.intent.Shape.Field;
import java.util.List;

/// The fields of an `HTTPRoute` and of a `TrafficPolicy`.
final class TrafficShapes {
    private static final FieldType STATUS = new Whole(400, 599);
    private static final Field GROUP =
            optional("group", new Word(List.of("", "core")), "core", "Of the kind.");
    private static final Field NAMESPACE =
            optional("namespace", LABEL, "the document's, else the fleet's", "Of the service.");
    private static final Field NAME = required("name", LABEL, "Of the service.");

    static final Shape PARENT_REF =
            Shape.of(
                            "ParentRef",
                            "a parentRef",
                            GROUP,
                            required(
                                    "kind",
                                    new Word(List.of("Service")),
                                    "What it is attached to."),
                            NAMESPACE,
                            NAME,
                            optional("port", PORT, "all its ports", "The service's only port."))
                    .refusing("sectionName");
    static final Shape PATH_MATCH =
            Shape.of(
                    "PathMatch",
                    "a path match",
                    optional(
                            "type",
                            new Word(List.of("Exact", "PathPrefix")),
                            "PathPrefix",
                            "PathPrefix matches whole elements: /a matches /a/b and not /ab."),
                    optional(
                            "value",
                            new Text("a path that begins with /", "/[^?#]*"),
                            "/",
                            "Without // /./ /../ ? and #."));
    static final Shape HEADER_MATCH =
            Shape.of(
                    "HeaderMatch",
                    "a header match",
                    optional("type", new Word(List.of("Exact")), "Exact", "How it is compared."),
                    required("name", new Text("a header's name", ""), "In any case."),
                    required("value", new Text("text", ""), "All of it, in this case."));
    static final Shape MATCH =
            Shape.of(
                            "Match",
                            "a match",
                            optional("path", new Part(PATH_MATCH), "any path", "The path."),
                            optional(
                                    "headers",
                                    many(new Part(HEADER_MATCH)),
                                    "any",
                                    "Headers that must all be there."),
                            optional(
                                    "method",
                                    new Word(
                                            List.of(
                                                    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS",
                                                    "PATCH", "POST", "PUT", "TRACE")),
                                    "any",
                                    "The method."))
                    .refusing("queryParams");
    static final Shape BACKEND_REF =
            Shape.of(
                            "BackendRef",
                            "a backendRef",
                            GROUP,
                            optional(
                                    "kind", new Word(List.of("Service")), "Service", "What it is."),
                            NAMESPACE,
                            NAME,
                            required("port", PORT, "One of the service's ports."),
                            optional(
                                    "weight",
                                    new Whole(0, 1_000_000),
                                    "1",
                                    "Its share of the requests, beside the weights of the others."))
                    .refusing("filters");
    static final Shape ROUTE_TIMEOUTS =
            Shape.of(
                    "RouteTimeouts",
                    "timeouts",
                    optional(
                            "request",
                            Time.ANY,
                            "the policy's",
                            "From the request's head to the response's last byte, over all tries; 0s: none."),
                    optional(
                            "backendRequest",
                            Time.ANY,
                            "the policy's perTryTimeout",
                            "One try, at most as long as request."));
    static final Shape ROUTE_RETRY =
            Shape.of(
                    "RouteRetry",
                    "a retry",
                    optional(
                            "codes",
                            many(either(STATUS, new Text("a status", "[45][0-9][0-9]"))),
                            "the policy's",
                            "Statuses that are tried again, for idempotent methods."),
                    optional(
                            "attempts",
                            new Whole(0, 9),
                            "the policy's",
                            "Retries, beside the first try."),
                    optional("backoff", Time.ANY, "the policy's", "The first pause."));
    static final Shape RULE =
            Shape.of(
                            "Rule",
                            "a rule",
                            optional(
                                    "name",
                                    new Text("text", ""),
                                    "its number",
                                    "In metrics and logs."),
                            optional(
                                    "matches",
                                    many(new Part(MATCH)),
                                    "every request",
                                    "Alternatives, each of conditions that must all hold."),
                            optional(
                                    "backendRefs",
                                    many(new Part(BACKEND_REF)),
                                    "the parent itself",
                                    "Where to."),
                            optional(
                                    "timeouts",
                                    new Part(ROUTE_TIMEOUTS),
                                    "the policy's",
                                    "Bounds."),
                            optional(
                                    "retry",
                                    new Part(ROUTE_RETRY),
                                    "the policy's",
                                    "When to try again."))
                    .refusing("filters", "sessionPersistence");
    static final Shape ROUTE_SPEC =
            Shape.of(
                            "HTTPRouteSpec",
                            "an HTTPRoute's spec",
                            required(
                                    "parentRefs",
                                    many(new Part(PARENT_REF)),
                                    "Services whose callers obey the rules."),
                            required(
                                    "rules",
                                    many(new Part(RULE)),
                                    "The most specific match decides, as in the Gateway API; what none matches goes to the parent."))
                    .refusing("hostnames", "useDefaultGateways");
    static final Shape TARGET_REF =
            Shape.of(
                            "TargetRef",
                            "a targetRef",
                            GROUP,
                            required(
                                    "kind",
                                    new Word(List.of("Service")),
                                    "What it is attached to."),
                            NAMESPACE,
                            NAME)
                    .refusing("sectionName");
    static final Shape BACKOFF =
            Shape.of(
                    "Backoff",
                    "a backoff",
                    optional("base", Time.ANY, "25ms", "The first pause; it doubles, with jitter."),
                    optional(
                            "max",
                            Time.ANY,
                            "250ms, or ten times a longer base",
                            "The longest pause."));
    static final Shape BUDGET =
            Shape.of(
                    "Budget",
                    "a budget",
                    optional("percent", new Whole(0, 100), "20", "Retries as a share of requests."),
                    optional(
                            "minPerSecond",
                            new Whole(0, 1_000_000),
                            "3",
                            "Retries allowed in a second, whatever the share."));
    static final Shape POLICY_RETRY =
            Shape.of(
                    "PolicyRetry",
                    "a retry",
                    optional("maxAttempts", new Whole(1, 10), "3", "Tries in all; 1: never again."),
                    optional(
                            "on",
                            many(
                                    either(
                                            STATUS,
                                            new Text(
                                                    "503, 500-504, 4xx, 5xx, gateway-error or per-try-timeout",
                                                    "[45][0-9][0-9](-[45][0-9][0-9])?|[45]xx|gateway-error|per-try-timeout"))),
                            "only what was not processed",
                            "What else is tried again, for idempotent methods."),
                    optional(
                            "perTryTimeout",
                            Time.ANY,
                            "none of its own",
                            "One try; needs per-try-timeout in on to be tried again."),
                    optional("backoff", new Part(BACKOFF), "", "Pauses between tries."),
                    optional("budget", new Part(BUDGET), "", "How many retries there may be."),
                    optional(
                            "replayLimit",
                            new Whole(0, 16 << 20),
                            "65536",
                            "Most bytes of a request's body that are kept for another try."));
    static final Shape POLICY_TIMEOUTS =
            Shape.of(
                    "PolicyTimeouts",
                    "timeouts",
                    optional("connect", Time.ANY, "1s", "One TCP connect and TLS handshake."),
                    optional(
                            "request",
                            Time.ANY,
                            "0s",
                            "From the request's head to the response's last byte, over all tries; 0s: none."),
                    optional(
                            "idle",
                            Time.ANY,
                            "5m",
                            "A request and its answer without a byte in either direction; 0s: none."),
                    optional(
                            "tcpIdle",
                            Time.ANY,
                            "0s",
                            "The same for connections that are not HTTP, or no longer; 0s: none while both ends are there."));
    static final Shape POLICY_SPEC =
            Shape.of(
                    "TrafficPolicySpec",
                    "a TrafficPolicy's spec",
                    required(
                            "targetRef",
                            new Part(TARGET_REF),
                            "The service whose callers obey it; one policy for each service."),
                    optional("retry", new Part(POLICY_RETRY), "", "When to try again."),
                    optional("timeouts", new Part(POLICY_TIMEOUTS), "", "Bounds."));

    private TrafficShapes() {}
}
