package io.proa.traffic;

/// Whether a request is tried again, and if not, the first thing that spoke against it.
public enum Verdict {
    RETRY("safe to try again"),
    RESPONSE_STARTED("the response has begun"),
    REFUSED("the sidecar decided against the request itself"),
    NOWHERE("there is no endpoint to try"),
    MAYBE_PROCESSED(
            "the endpoint may have processed it: the connection was new and the request was sent"),
    NOT_ASKED_FOR("the retry rule does not name this status or timeout"),
    NOT_IDEMPOTENT("the method is not idempotent and the request may have been processed"),
    CALLER_RETRIES("the request is a retry of the caller already"),
    BODY_GONE("the body is larger than the replay limit"),
    ATTEMPTS_USED_UP("all attempts of the retry rule are used"),
    DEADLINE_PASSED("the deadline has passed");

    private final String sentence;

    Verdict(String sentence) {
        this.sentence = sentence;
    }

    public boolean again() {
        return this == RETRY;
    }

    public String sentence() {
        return sentence;
    }
}
