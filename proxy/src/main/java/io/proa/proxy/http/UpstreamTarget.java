package io.proa.proxy.http;

import io.proa.model.IpPort;
import io.proa.model.SpiffeId;
import org.jspecify.annotations.Nullable;

/// An *endpoint* as connections are made to it.
///
/// @param identity who must answer there; null = plaintext
/// @param serverName sent as SNI; empty for plaintext
/// @param mesh whether a sidecar of the mesh is at the other end
public record UpstreamTarget(
        IpPort address, @Nullable SpiffeId identity, String serverName, boolean mesh) {}
