package io.proa.formats;

/// A connection that was to begin with a header of the PROXY protocol and does not. The message
/// says what was seen and what was expected; it holds nothing of what was sent.
public final class MalformedProxyHeader extends Exception {
    private static final long serialVersionUID = 1;

    MalformedProxyHeader(String message) {
        // Control flow: where it was noticed is of no interest.
        super(message, null, false, false);
    }
}
