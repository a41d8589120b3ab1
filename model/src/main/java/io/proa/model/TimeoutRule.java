package io.proa.model;

import java.time.Duration;

/// How long the sidecar waits; zero means "no bound of its own".
///
/// The default sets no bound to a request as a whole: a download, a long poll or a stream of events
/// would meet it, which without a sidecar took as long as it took. Silence is bounded by `idle`.
///
/// @param connect one TCP connect and TLS handshake
/// @param request from the request's head to the response's last byte, over all attempts
/// @param idle without a byte in either direction, for exchanges, streams and opaque connections
public record TimeoutRule(Duration connect, Duration request, Duration idle) {
    public static final TimeoutRule DEFAULT =
            new TimeoutRule(Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(5));
}
