package io.proa.proxy;

import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.SpokenProtocol;
import org.jspecify.annotations.Nullable;

/// A port of a service that the application may call, and what is spoken there.
///
/// @param spoken what was detected last and is still believed; null where nothing is, or where the
///   port's protocol is declared
/// @param how it was detected; null as above
/// @param believedForNanos how much longer
public record KnownDestination(
        ServiceName service,
        ServicePort port,
        @Nullable SpokenProtocol spoken,
        @Nullable DetectedBy how,
        long believedForNanos) {}
