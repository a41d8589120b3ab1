package io.proa.traffic;

/// What a step of a stack is for, in travel order of a complete stack. A stack may leave steps out
/// but never reorders them: [Stack] refuses a step whose role stands before its predecessor's.
public enum Role {
    RECORD("opens the exchange record and hands it over once, whatever happens"),
    ADMIT("refuses what the sidecar has no room for"),
    ADDRESS("finds where a request is meant to go that says so itself"),
    IDENTIFY("names the request: x-request-id and traceparent, made or continued"),
    PERMIT("checks who is calling and what they may do"),
    ROUTE("logical to concrete: which rule, which backend"),
    DEADLINE("starts the one deadline that bounds all attempts"),
    RETRY("tries again what is safe to try again, within the budget"),
    BALANCE("concrete to endpoint: which replica"),
    CONNECT("obtains a connection, reused or new, and sends the request");

    private final String purpose;

    Role(String purpose) {
        this.purpose = purpose;
    }

    public String purpose() {
        return purpose;
    }
}
