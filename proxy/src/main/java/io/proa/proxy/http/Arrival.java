package io.proa.proxy.http;

import io.proa.identity.VerifiedPeer;
import io.proa.model.IpPort;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import org.jspecify.annotations.Nullable;

/// What is known about a connection before its first request.
///
/// @param version in which its requests come
/// @param peer who proved its identity; null for the application itself and for callers outside the
///   mesh
/// @param destination where the client believed to connect to; null where that is unknown
/// @param target what the connection's own address or SNI already decided, for the stack's steps;
///   its type is the stack's business
public record Arrival(
        Direction direction,
        Security security,
        HttpVersion version,
        @Nullable VerifiedPeer peer,
        @Nullable IpPort remote,
        @Nullable IpPort destination,
        Object target) {}
