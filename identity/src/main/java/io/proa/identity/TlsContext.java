package io.proa.identity;

import io.proa.model.SpiffeId;
import java.util.List;

/// Makes engines for one [WorkloadIdentity] and one [TrustBundle]; remade whole when either
/// rotates. Connections made by an older context live on. Thread-safe: shared by all loops.
public interface TlsContext extends AutoCloseable {
    /// Server side: demands a client certificate of the trust domain, TLS 1.3 only.
    TlsEngine server(List<String> protocols);

    /// Client side: accepts only `expected`.
    ///
    /// @param serverName sent as SNI
    TlsEngine client(SpiffeId expected, String serverName, List<String> protocols);

    /// `boringssl` or `jdk`.
    String library();

    /// Releases native memory once the last engine is freed.
    @Override
    void close();
}
