package io.proa.identity;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One connection's TLS 1.3, without a socket: ciphertext goes in and comes out of direct buffers
/// the caller owns.
///
/// Confined to one loop. Never blocks. After [#unwrap] or [#startHandshake] ask
/// [#hasPendingCiphertext] and drain it with [#wrap]. Must be freed exactly once.
public interface TlsEngine {
    /// Client side only: produces the first flight, to be drained with [#wrap].
    void startHandshake() throws TlsFailure;

    /// Consumes all of `ciphertext` it can use and appends plaintext to `plaintext` while it has
    /// room.
    ///
    /// Handshake messages are processed on the way. Ciphertext is left over only when `plaintext`
    /// is full; call again with room (also with empty `ciphertext`: whole records may be buffered
    /// inside).
    ///
    /// @return number of plaintext bytes appended
    /// @throws TlsFailure on any fatal condition; drain [#wrap] once more to send the alert, then
    ///   close
    int unwrap(ByteBuffer ciphertext, ByteBuffer plaintext) throws TlsFailure;

    /// Encrypts as much of `plaintext` as fits into `ciphertext`, pending handshake output and
    /// alerts first; call with an empty `plaintext` to drain only. Before the handshake is complete
    /// plaintext is not consumed.
    ///
    /// @return number of ciphertext bytes appended
    int wrap(ByteBuffer plaintext, ByteBuffer ciphertext) throws TlsFailure;

    /// Handshake flights, post-handshake messages, alerts or close_notify waiting for [#wrap].
    boolean hasPendingCiphertext();

    /// Decrypted bytes waiting inside because the last [#unwrap] ran out of room.
    boolean hasPendingPlaintext();

    boolean handshakeComplete();

    /// The peer sent close_notify: an orderly end of its direction.
    boolean peerClosed();

    /// Queues close_notify for our direction; drain it with [#wrap].
    void closeOutbound();

    /// The verified peer. Null before the handshake is complete.
    @Nullable VerifiedPeer peer();

    /// Server side: the SNI the client sent; null where it sent none.
    @Nullable String serverName();

    /// The protocol agreed by ALPN; null where none was.
    @Nullable String applicationProtocol();

    boolean resumed();

    /// Frees native memory. Idempotent.
    void free();
}
