package io.proa.identity;

/// Opens [TlsContext]s; the only door to the TLS libraries.
public final class TlsProvider {
    private TlsProvider() {}

    /// A context for one identity and one bundle.
    ///
    /// With [TlsSettings.Library#AUTO] the JDK's TLS stands in, with a notice, where BoringSSL's
    /// native library does not load; it is slower and has no post-quantum key exchange.
    ///
    /// @throws IllegalStateException where BoringSSL is demanded and does not load
    /// @throws IllegalArgumentException where key and chain do not belong together
    public static TlsContext open(
            WorkloadIdentity identity, TrustBundle bundle, TlsSettings settings) {
        PeerVerifier verifier = new PeerVerifier(bundle, settings.notBeforeTolerance());
        return switch (settings.library()) {
            case JDK -> new JdkTlsContext(identity, verifier, settings);
            case BORINGSSL -> {
                String problem = BoringLibrary.problem();
                if (problem != null) {
                    throw new IllegalStateException("BoringSSL does not load: " + problem);
                }
                yield new BoringContext(identity, verifier, settings);
            }
            case AUTO -> {
                String problem = BoringLibrary.problem();
                if (problem == null) {
                    yield new BoringContext(identity, verifier, settings);
                }
                settings.notices()
                        .accept(
                                "proa: BoringSSL does not load ("
                                        + problem
                                        + "); TLS falls back to the JDK's: slower, and without"
                                        + " post-quantum key exchange");
                yield new JdkTlsContext(identity, verifier, settings);
            }
        };
    }
}
