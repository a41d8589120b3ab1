package io.proa.model;

import java.time.Duration;

/// How long the sidecar waits; zero means "no bound of its own".
///
/// @param connect one TCP connect and TLS handshake
/// @param request from the request's head to the response's last byte, over all attempts
/// @param idle without a byte in either direction, for streams and opaque connections
public record TimeoutRule(Duration connect, Duration request, Duration idle) {
    public static final TimeoutRule DEFAULT =
            new TimeoutRule(Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofMinutes(5));
}
