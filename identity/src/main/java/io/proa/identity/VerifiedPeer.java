package io.proa.identity;

import io.proa.model.SpiffeId;
import java.time.Instant;

/// Who the other end proved to be, by a chain that led to our trust bundle.
///
/// @param notAfter when the leaf expires; a connection must not outlive it
public record VerifiedPeer(SpiffeId id, Instant notAfter) {}
