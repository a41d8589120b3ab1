package io.proa.control;

import io.proa.control.fleet.AddressBlocks;
import io.proa.control.fleet.FleetAddresses;
import io.proa.control.fleet.SharedLoopback;
import io.proa.model.SpiffeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a control plane is run.
///
/// @param intent files, or folders of `.yaml` files; at least one. A folder that is not the first
///   may be empty, or not there yet
/// @param socket where sidecars find it
/// @param state folder for the authority's keys, addresses and revision; made with mode 0700
/// @param trustDomain what the fleet's must be; null = what its file says
/// @param addresses where pods and services are
/// @param certificateLifetime 5 s to 7 d
/// @param tokenLifetime how long a token waits to be used, 1 s to 1 h
/// @param operator whether lines on standard input are commands, see [OperatorConsole]
public record ControlSettings(
        List<Path> intent,
        Path socket,
        Path state,
        @Nullable String trustDomain,
        FleetAddresses addresses,
        Duration certificateLifetime,
        Duration tokenLifetime,
        boolean operator) {
    public static final Duration DEFAULT_CERTIFICATE_LIFETIME = Duration.ofHours(1);
    public static final Duration DEFAULT_TOKEN_LIFETIME = Duration.ofMinutes(5);

    private static final Duration SHORTEST_CERTIFICATE = Duration.ofSeconds(5);
    private static final Duration LONGEST_CERTIFICATE = Duration.ofDays(7);

    public ControlSettings {
        intent = List.copyOf(intent);
    }

    public static ControlSettings of(List<Path> intent, Path socket, Path state) {
        return new ControlSettings(
                intent,
                socket,
                state,
                null,
                AddressBlocks.DEFAULT,
                DEFAULT_CERTIFICATE_LIFETIME,
                DEFAULT_TOKEN_LIFETIME,
                false);
    }

    public ControlSettings withTrustDomain(@Nullable String trustDomain) {
        return new ControlSettings(
                intent,
                socket,
                state,
                trustDomain,
                addresses,
                certificateLifetime,
                tokenLifetime,
                operator);
    }

    public ControlSettings withCertificateLifetime(Duration certificateLifetime) {
        return new ControlSettings(
                intent,
                socket,
                state,
                trustDomain,
                addresses,
                certificateLifetime,
                tokenLifetime,
                operator);
    }

    /// For pods that share the machine's loopback.
    public ControlSettings withSharedLoopback() {
        return new ControlSettings(
                intent,
                socket,
                state,
                trustDomain,
                SharedLoopback.ofThisMachine(state),
                certificateLifetime,
                tokenLifetime,
                operator);
    }

    public ControlSettings withOperator() {
        return new ControlSettings(
                intent,
                socket,
                state,
                trustDomain,
                addresses,
                certificateLifetime,
                tokenLifetime,
                true);
    }

    /// Everything that cannot be run; empty = nothing.
    List<String> faults() {
        var faults = new ArrayList<String>();
        if (intent.isEmpty()) {
            faults.add("--intent: saw none, expected at least one file or folder");
        }
        if (trustDomain != null) {
            try {
                SpiffeId.ofServiceAccount(trustDomain, "default", "default");
            } catch (IllegalArgumentException e) {
                faults.add("--trust-domain: " + e.getMessage());
            }
        }
        if (certificateLifetime.compareTo(SHORTEST_CERTIFICATE) < 0
                || certificateLifetime.compareTo(LONGEST_CERTIFICATE) > 0) {
            faults.add(
                    "--certificate-lifetime: saw "
                            + certificateLifetime.toSeconds()
                            + " s, expected 5 s to 7 d");
        }
        if (tokenLifetime.toSeconds() < 1 || tokenLifetime.compareTo(Duration.ofHours(1)) > 0) {
            faults.add(
                    "--token-lifetime: saw "
                            + tokenLifetime.toSeconds()
                            + " s, expected 1 s to 1 h");
        }
        return faults;
    }
}
