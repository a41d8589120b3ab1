package io.proa.control.authority;

/// A certificate request that is malformed, unproven or asks for more than was allowed; the message
/// is for its sender.
public final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1;

    RequestRefused(String message) {
        super(message, null, false, false);
    }
}
