package io.proa.identity;

import java.security.cert.X509Certificate;
import java.util.List;

/// The roots that may vouch for identities of one trust domain (SPIFFE Trust Domain and Bundle,
/// section 4).
///
/// @param revision grows with each change; resumption tickets and cached verdicts are bound to it
public record TrustBundle(String trustDomain, long revision, List<X509Certificate> roots) {
    public TrustBundle {
        roots = List.copyOf(roots);
    }
}
