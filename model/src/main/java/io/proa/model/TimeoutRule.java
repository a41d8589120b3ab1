package io.proa.model;

import java.time.Duration;

/// How long the sidecar waits; zero means "no bound of its own".
///
/// The default sets no bound to a request as a whole: a download, a long poll or a stream of events
/// would meet it, which without a sidecar took as long as it took. An exchange's silence is bounded
/// by `idle`. That of a connection whose bytes are not read is not: who waits for a database's next
/// notice is silent for days. There the kernel notices when a peer is gone.
///
/// @param connect one TCP connect and TLS handshake
/// @param request from the request's head to the response's last byte, over all attempts
/// @param idle without a byte in either direction, for exchanges
/// @param tcpIdle the same for connections whose bytes are not read: opaque ones, and those that
///   have left HTTP
public record TimeoutRule(Duration connect, Duration request, Duration idle, Duration tcpIdle) {
    public static final TimeoutRule DEFAULT =
            new TimeoutRule(
                    Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(5), Duration.ZERO);
}
