package io.proa.identity;

/// A fatal TLS condition, with a stable code for metrics and a sentence for people; no stack trace
/// (it is a peer's fault, not ours).
public final class TlsFailure extends Exception {
    private static final long serialVersionUID = 1;

    /// Stable codes; the metric label `reason`.
    public enum Code {
        /// The first bytes are not TLS at all.
        NOT_TLS,
        /// The peer sent no certificate.
        NO_CERTIFICATE,
        /// The chain does not lead to a trusted root or breaks a constraint.
        UNTRUSTED,
        EXPIRED,
        NOT_YET_VALID,
        /// The certificate's identity is missing, malformed, of a foreign trust domain, or not the
        /// expected one.
        WRONG_IDENTITY,
        /// The peer ended the handshake with an alert.
        PEER_ALERT,
        /// The connection ended without close_notify.
        TRUNCATED,
        /// No common version, group, cipher or ALPN protocol, or a malformed message.
        PROTOCOL
    }

    private final Code code;

    public TlsFailure(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
