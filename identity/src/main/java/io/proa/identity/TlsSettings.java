package io.proa.identity;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/// How a [TlsContext] speaks TLS; whom it trusts is the [TrustBundle]'s business.
///
/// @param groups key exchange groups, most preferred first, in BoringSSL's spelling
/// @param library which TLS library carries the connections
/// @param resumption whether session tickets are issued and used (RFC 8446, section 2.2)
/// @param notBeforeTolerance how far in the future a certificate may begin, for skewed clocks;
///   expiry knows no tolerance
/// @param clock what certificates are judged by
/// @param notices takes one sentence each time something is worth an operator's attention
public record TlsSettings(
        List<String> groups,
        Library library,
        boolean resumption,
        Duration notBeforeTolerance,
        InstantSource clock,
        Consumer<String> notices) {

    /// The TLS library to use.
    public enum Library {
        /// BoringSSL where its native library loads, else the JDK's, with a notice.
        AUTO,
        BORINGSSL,
        JDK
    }

    public TlsSettings {
        groups = List.copyOf(groups);
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("groups: expected at least one, such as X25519");
        }
        if (notBeforeTolerance.isNegative()) {
            throw new IllegalArgumentException(
                    "notBeforeTolerance " + notBeforeTolerance + ": expected zero or more");
        }
    }

    /// Hybrid post-quantum key exchange first, BoringSSL if it loads, resumption on, 60 s of
    /// tolerance; notices go to standard error.
    public static TlsSettings defaults() {
        return new TlsSettings(
                List.of("X25519MLKEM768", "X25519"),
                Library.AUTO,
                true,
                Duration.ofSeconds(60),
                InstantSource.system(),
                System.err::println);
    }

    public TlsSettings withLibrary(Library chosen) {
        return new TlsSettings(groups, chosen, resumption, notBeforeTolerance, clock, notices);
    }

    public TlsSettings withResumption(boolean chosen) {
        return new TlsSettings(groups, library, chosen, notBeforeTolerance, clock, notices);
    }

    public TlsSettings withClock(InstantSource chosen) {
        return new TlsSettings(groups, library, resumption, notBeforeTolerance, chosen, notices);
    }

    public TlsSettings withGroups(List<String> chosen) {
        return new TlsSettings(chosen, library, resumption, notBeforeTolerance, clock, notices);
    }

    public TlsSettings withNotices(Consumer<String> chosen) {
        return new TlsSettings(groups, library, resumption, notBeforeTolerance, clock, chosen);
    }
}
