package io.proa.control.authority;

import io.proa.identity.TrustBundle;
import io.proa.model.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.jspecify.annotations.Nullable;

/// Issues the identities of one trust domain (X.509-SVID): a root of ten years, below it an issuer
/// of one year that is renewed at half life, below that the workloads' certificates of an hour. All
/// keys are P-256.
///
/// Thread-safe.
public final class CertificateAuthority {
    /// What a workload's certificate lasts where nothing else is asked for.
    public static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);

    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final Duration BACKDATING = Duration.ofSeconds(30);

    /// Root and issuer are to hold also after the clock has been set back by some hours.
    private static final Duration SIGNER_BACKDATING = Duration.ofDays(1);

    private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
    private static final Duration ISSUER_LIFETIME = Duration.ofDays(365);

    private final String trustDomain;
    private final @Nullable AuthorityFile file;
    private final Consumer<String> log;
    private final Signer root;
    private volatile Signer issuer;

    private CertificateAuthority(
            String trustDomain,
            @Nullable AuthorityFile file,
            AuthorityFile.Content content,
            Consumer<String> log) {
        this.trustDomain = trustDomain;
        this.file = file;
        this.root = content.root();
        this.issuer = content.issuer();
        this.log = log;
    }

    /// Opens the authority kept in a folder, or creates it there on first use.
    ///
    /// @param log takes one JSON object per line: what was issued to whom, never a secret
    /// @throws IOException where the folder cannot be used: others may read its keys, it is
    ///   damaged, or it is of another trust domain; the message says what to do
    public static CertificateAuthority open(
            Path directory, String trustDomain, Instant now, Consumer<String> log)
            throws IOException {
        AuthorityFile file = new AuthorityFile(directory);
        if (!file.exists() && file.create(fresh(trustDomain, now))) {
            log.accept(
                    "{\"event\":\"authority-created\",\"trust_domain\":\"" + trustDomain + "\"}");
        }
        AuthorityFile.Content content = file.load();
        if (!names(content.root().certificate(), "spiffe://" + trustDomain)) {
            throw new IOException(
                    file.path() + " is the authority of another trust domain than " + trustDomain);
        }
        if (now.isAfter(content.root().certificate().getNotAfter().toInstant())) {
            throw new IOException(file.path() + " holds a root that has expired");
        }
        return new CertificateAuthority(trustDomain, file, content, log);
    }

    /// An authority that leaves nothing behind, for tests and trials.
    public static CertificateAuthority inMemory(
            String trustDomain, Instant now, Consumer<String> log) {
        return new CertificateAuthority(trustDomain, null, fresh(trustDomain, now), log);
    }

    /// What workloads trust. Its revision is the second the root's life began, so a new root has a
    /// greater one.
    public TrustBundle bundle() {
        return new TrustBundle(
                trustDomain,
                root.certificate().getNotBefore().toInstant().getEpochSecond(),
                List.of(root.certificate()));
    }

    /// Issues a certificate for the key of a request.
    ///
    /// @param csrDer PKCS#10, signed by the key it is for
    /// @param allowed the identity to certify; the request may name this one or none
    /// @param lifetime 5 s to 7 days, counted from `now`; shortened where the issuer ends earlier
    /// @return leaf first, then the issuer; without the root
    /// @throws RequestRefused where the request does not hold
    public List<X509Certificate> issue(
            byte[] csrDer, SpiffeId allowed, Duration lifetime, Instant now) throws RequestRefused {
        if (lifetime.compareTo(SHORTEST) < 0 || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "lifetime " + lifetime + ": expected " + SHORTEST + " to " + LONGEST);
        }
        if (!allowed.trustDomain().equals(trustDomain)) {
            throw new RequestRefused(allowed + " is not of trust domain " + trustDomain);
        }
        Instant begin = root.certificate().getNotBefore().toInstant();
        Instant end = root.certificate().getNotAfter().toInstant();
        if (now.isBefore(begin) || !now.isBefore(end)) {
            throw new RequestRefused(
                    "the control plane's clock says "
                            + now
                            + ", its root holds from "
                            + begin
                            + " to "
                            + end
                            + "; set the clock");
        }
        CheckedRequest request = CheckedRequest.of(csrDer, allowed);
        Signer signer = currentIssuer(now);
        X509Certificate leaf = leaf(request, allowed, lifetime, now, signer);
        log.accept(
                "{\"event\":\"certificate-issued\",\"id\":\""
                        + allowed
                        + "\",\"serial\":\""
                        + leaf.getSerialNumber().toString(16)
                        + "\",\"key\":\""
                        + request.kind()
                        + "\",\"not_before\":\""
                        + leaf.getNotBefore().toInstant()
                        + "\",\"not_after\":\""
                        + leaf.getNotAfter().toInstant()
                        + "\"}");
        return List.of(leaf, signer.certificate());
    }

    private static X509Certificate leaf(
            CheckedRequest request, SpiffeId id, Duration lifetime, Instant now, Signer signer) {
        // Backdated for clocks that are behind, but not so far that a short certificate is born
        // past its half life.
        Duration tenth = lifetime.dividedBy(10);
        Instant begin = now.minus(tenth.compareTo(BACKDATING) < 0 ? tenth : BACKDATING);
        Instant notBefore = later(begin, signer.certificate().getNotBefore().toInstant());
        Instant notAfter =
                earlier(now.plus(lifetime), signer.certificate().getNotAfter().toInstant());
        X509v3CertificateBuilder draft =
                signer.draft(
                        notBefore.truncatedTo(ChronoUnit.SECONDS),
                        notAfter.truncatedTo(ChronoUnit.SECONDS),
                        new X500Name(new org.bouncycastle.asn1.x500.RDN[0]),
                        request.key());
        Signer.add(draft, Extension.basicConstraints, true, new BasicConstraints(false));
        Signer.add(draft, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        Signer.add(
                draft,
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(
                        new KeyPurposeId[] {
                            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                        }));
        Signer.add(
                draft,
                Extension.authorityKeyIdentifier,
                false,
                Signer.identifiers()
                        .createAuthorityKeyIdentifier(signer.certificate().getPublicKey()));
        // Critical, for the subject is empty (RFC 5280, section 4.2.1.6).
        Signer.add(
                draft,
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(
                        new GeneralName(GeneralName.uniformResourceIdentifier, id.toString())));
        return signer.sign(draft);
    }

    private Signer currentIssuer(Instant now) {
        Signer current = issuer;
        return isInFirstHalf(current, now) ? current : renewedIssuer(now);
    }

    /// One of the future was made while the clock was wrong.
    private static boolean isInFirstHalf(Signer signer, Instant now) {
        X509Certificate certificate = signer.certificate();
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && now.isBefore(halfLife(certificate));
    }

    private synchronized Signer renewedIssuer(Instant now) {
        if (isInFirstHalf(issuer, now)) {
            return issuer;
        }
        Signer renewed = issuerBelow(root, trustDomain, now);
        if (file != null) {
            try {
                file.replace(new AuthorityFile.Content(root, renewed));
            } catch (IOException e) {
                // The old one serves on; without it nothing could be issued at all.
                log.accept("{\"event\":\"issuer-not-renewed\",\"error\":\"cannot write file\"}");
                if (now.isBefore(issuer.certificate().getNotAfter().toInstant())) {
                    return issuer;
                }
            }
        }
        issuer = renewed;
        return renewed;
    }

    private static AuthorityFile.Content fresh(String trustDomain, Instant now) {
        // Validates the name, and nothing else.
        SpiffeId.ofServiceAccount(trustDomain, "default", "default");
        Instant from = now.minus(SIGNER_BACKDATING).truncatedTo(ChronoUnit.SECONDS);
        Signer root =
                Signer.root(trustDomain, from, from.plus(SIGNER_BACKDATING).plus(ROOT_LIFETIME));
        return new AuthorityFile.Content(root, issuerBelow(root, trustDomain, now));
    }

    private static Signer issuerBelow(Signer root, String trustDomain, Instant now) {
        Instant from =
                later(
                        now.minus(SIGNER_BACKDATING).truncatedTo(ChronoUnit.SECONDS),
                        root.certificate().getNotBefore().toInstant());
        Instant until =
                earlier(
                        now.truncatedTo(ChronoUnit.SECONDS).plus(ISSUER_LIFETIME),
                        root.certificate().getNotAfter().toInstant());
        return root.intermediate(trustDomain, from, until);
    }

    private static Instant halfLife(X509Certificate certificate) {
        Instant from = certificate.getNotBefore().toInstant();
        return from.plus(
                Duration.between(from, certificate.getNotAfter().toInstant()).dividedBy(2));
    }

    private static boolean names(X509Certificate certificate, String uri) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null && names.stream().anyMatch(name -> uri.equals(name.get(1)));
        } catch (CertificateParsingException _) {
            return false;
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
