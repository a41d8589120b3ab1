package io.proa.control.server;

import io.proa.control.authority.CertificateAuthority;
import io.proa.control.fleet.FleetState;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/// What every session works with.
///
/// @param certificateLifetime 5 s to 7 d
/// @param proofGrace how long after its end a certificate still proves who asks for the next one
/// @param clock for certificates
/// @param steady for waits, see [SteadyClock]
/// @param log takes one line each
public record Desk(
        FleetState fleet,
        CertificateAuthority authority,
        TokenRegistry tokens,
        Duration certificateLifetime,
        Duration proofGrace,
        InstantSource clock,
        InstantSource steady,
        Consumer<String> log) {}
