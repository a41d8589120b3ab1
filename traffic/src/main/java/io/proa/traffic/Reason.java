package io.proa.traffic;

import org.jspecify.annotations.Nullable;

/// Why the sidecar itself answered, refused or tried again: the stable code in responses
/// (`x-proa-reason`), logs and metrics, with the sentence a person reads.
public enum Reason {
    NONE("none", 0, "the application answered"),
    CONNECT_FAILED("connect_failed", 503, "no connection to the endpoint could be made"),
    CONNECT_TIMEOUT("connect_timeout", 503, "connecting to the endpoint took too long"),
    TLS_FAILED("tls_failed", 503, "the mutual TLS handshake failed"),
    PEER_IDENTITY(
            "peer_identity", 503, "the endpoint proved another identity than the one expected"),
    UPSTREAM_RESET("upstream_reset", 503, "the endpoint reset the connection before it answered"),
    UPSTREAM_CLOSED(
            "upstream_closed", 503, "the endpoint closed the connection before it answered"),
    PEER_UNPROCESSED(
            "peer_unprocessed",
            503,
            "the endpoint's sidecar closed before it processed the request"),
    UPSTREAM_TRUNCATED("upstream_truncated", 502, "the response ended before it was complete"),
    UPSTREAM_PROTOCOL("upstream_protocol", 502, "the endpoint's response is not valid HTTP/1.1"),
    UPSTREAM_STATUS(
            "upstream_status",
            502,
            "the endpoint answered with a status that the retry rule names"),
    PER_TRY_TIMEOUT(
            "per_try_timeout", 504, "the endpoint did not answer within the time for one try"),
    DEADLINE(
            "deadline_exceeded",
            504,
            "the request's deadline passed before the response was complete"),
    IDLE_TIMEOUT("idle_timeout", 408, "no byte arrived for too long"),
    NO_ENDPOINT("no_endpoint", 503, "the service has no endpoint"),
    UNKNOWN_DESTINATION("unknown_destination", 502, "nothing is known about the destination"),
    NO_CONFIGURATION(
            "no_configuration", 503, "the sidecar has no configuration for the destination yet"),
    DENIED("denied", 403, "an access rule denies the request"),
    PLAINTEXT_REFUSED(
            "plaintext_refused", 403, "plaintext from outside the mesh is refused in strict mode"),
    PROXY_HEADER(
            "proxy_header",
            400,
            "the connection does not begin with the PROXY header that the port expects"),
    SHED("shed", 503, "the sidecar sheds load to stay within its memory"),
    BAD_REQUEST("bad_request", 400, "the request is not valid HTTP/1.1"),
    PATH_REFUSED("path_refused", 400, "the request's path is one that is refused here"),
    HEAD_TOO_LARGE("head_too_large", 431, "the request head is larger than allowed"),
    PROTOCOL_ERROR("protocol_error", 400, "the client broke the rules of HTTP/2"),
    FLOOD("flood", 429, "the client sent too much that leads nowhere"),
    CLIENT_GONE("client_gone", 499, "the client went away before the response was complete"),
    DRAINING("draining", 503, "the sidecar is stopping");

    private final String code;
    private final int status;
    private final String sentence;

    Reason(String code, int status, String sentence) {
        this.code = code;
        this.status = status;
        this.sentence = sentence;
    }

    /// How many reasons there are.
    public static final int COUNT = values().length;

    private static final Reason[] NUMBERED = values();

    /// The reason of a [#number].
    public static Reason numbered(int number) {
        return NUMBERED[number];
    }

    /// The reason whose code is `code`, or null; allocates nothing.
    public static @Nullable Reason coded(String code) {
        for (Reason each : NUMBERED) {
            if (each.code.equals(code)) {
                return each;
            }
        }
        return null;
    }

    /// Between 0 and [#COUNT] - 1, for tables of counters; not stable between versions.
    @SuppressWarnings("EnumOrdinal") // the one place that uses it, never stored nor sent
    public int number() {
        return ordinal();
    }

    /// Why a response with `status` was tried again.
    public static Reason of(int status) {
        return status >= 400 ? UPSTREAM_STATUS : NONE;
    }

    public String code() {
        return code;
    }

    /// The HTTP status the sidecar answers with; 0 for [#NONE].
    public int status() {
        return status;
    }

    public String sentence() {
        return sentence;
    }
}
