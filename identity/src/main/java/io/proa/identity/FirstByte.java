package io.proa.identity;

import org.jspecify.annotations.Nullable;

/// Tells a TLS record from anything else by the first byte, before a TLS library spends an alert on
/// a stranger (RFC 8446, section 5.1: the record types).
final class FirstByte {
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;

    private FirstByte() {}

    /// A failure where the first byte a peer ever sent begins no handshake; null where it does.
    static @Nullable TlsFailure check(byte first, boolean server) {
        if (first == HANDSHAKE || (!server && first == ALERT)) {
            return null;
        }
        return new TlsFailure(
                TlsFailure.Code.NOT_TLS,
                "the peer does not speak TLS: its first byte is 0x"
                        + Integer.toHexString(first & 0xff)
                        + ", expected 0x16");
    }
}
