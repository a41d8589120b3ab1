package io.proa.identity;

import io.proa.model.SpiffeId;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A certificate authority in memory for tests: a root and an intermediate, no library behind it.
/// Other modules get it with this module's test-jar.
public final class TestAuthority {
    private final String trustDomain;
    private final KeyPair rootKey = CertificateDraft.newKey();
    private final KeyPair key = CertificateDraft.newKey();
    private final X509Certificate root;
    private final X509Certificate intermediate;

    private TestAuthority(String trustDomain) {
        this.trustDomain = trustDomain;
        this.root =
                CertificateDraft.authority("root of " + trustDomain, 1)
                        .valid(Instant.now().minusSeconds(3600), Instant.now().plusSeconds(864_000))
                        .sign(rootKey.getPublic(), "root of " + trustDomain, rootKey.getPrivate());
        this.intermediate =
                CertificateDraft.authority(issuerName(), 0)
                        .valid(Instant.now().minusSeconds(3600), Instant.now().plusSeconds(432_000))
                        .sign(key.getPublic(), "root of " + trustDomain, rootKey.getPrivate());
    }

    public static TestAuthority of(String trustDomain) {
        return new TestAuthority(trustDomain);
    }

    public TrustBundle bundle() {
        return new TrustBundle(trustDomain, 1, List.of(root));
    }

    /// An identity good for an hour.
    public WorkloadIdentity issue(SpiffeId id) {
        return issue(id, CertificateDraft.workload(id.toString()));
    }

    public WorkloadIdentity issue(SpiffeId id, Instant notBefore, Instant notAfter) {
        return issue(id, CertificateDraft.workload(id.toString()).valid(notBefore, notAfter));
    }

    /// `spiffe://<trust domain>/ns/default/sa/<account>`, good for an hour.
    public WorkloadIdentity issue(String account) {
        return issue(SpiffeId.ofServiceAccount(trustDomain, "default", account));
    }

    WorkloadIdentity issue(SpiffeId id, CertificateDraft draft) {
        return issue(id, draft, CertificateDraft.newKey());
    }

    WorkloadIdentity issue(SpiffeId id, CertificateDraft draft, KeyPair leafKey) {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(draft.sign(leafKey.getPublic(), issuerName(), key.getPrivate()));
        chain.add(intermediate);
        return new WorkloadIdentity(id, leafKey.getPrivate(), chain);
    }

    X509Certificate root() {
        return root;
    }

    KeyPair rootKey() {
        return rootKey;
    }

    X509Certificate intermediate() {
        return intermediate;
    }

    KeyPair key() {
        return key;
    }

    String issuerName() {
        return "issuer of " + trustDomain;
    }
}
