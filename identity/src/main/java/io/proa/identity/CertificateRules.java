package io.proa.identity;

import io.proa.model.SpiffeId;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one certificate must be like, by its place in the chain (X509-SVID, sections 3 to 5; RFC
/// 5280, section 4.2).
///
/// Stricter than either where both leave a choice: no extension is ignored because it is unknown,
/// name constraints are refused rather than half understood, hashes and keys below today's usual
/// strength are refused.
final class CertificateRules {
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private static final Set<String> UNDERSTOOD =
            Set.of(BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, SUBJECT_ALTERNATIVE_NAME);

    private static final Set<String> SIGNATURES =
            Set.of(
                    "1.2.840.10045.4.3.2", // ECDSA with SHA-256, 384, 512
                    "1.2.840.10045.4.3.3",
                    "1.2.840.10045.4.3.4",
                    "1.2.840.113549.1.1.11", // RSA with SHA-256, 384, 512
                    "1.2.840.113549.1.1.12",
                    "1.2.840.113549.1.1.13",
                    "1.3.101.112"); // Ed25519

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;

    private CertificateRules() {}

    /// Checks a workload's certificate and reads its identity.
    static SpiffeId identityOf(X509Certificate leaf, String trustDomain) throws TlsFailure {
        general(leaf);
        if (leaf.getBasicConstraints() >= 0) {
            throw untrusted(leaf, "is a CA's, not a workload's");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !usage[DIGITAL_SIGNATURE]) {
            throw untrusted(leaf, "may not sign: key usage lacks digitalSignature");
        }
        if (usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
            throw untrusted(leaf, "may sign certificates, which a workload's may not");
        }
        SpiffeId id = onlyUri(leaf);
        if (!id.trustDomain().equals(trustDomain)) {
            throw new TlsFailure(
                    TlsFailure.Code.WRONG_IDENTITY,
                    id + " is of trust domain " + id.trustDomain() + ", expected " + trustDomain);
        }
        return id;
    }

    /// Checks that a certificate may issue others.
    ///
    /// @param below number of CA certificates between it and the workload's, self-issued ones not
    ///   counted
    static void issuer(X509Certificate authority, int below) throws TlsFailure {
        general(authority);
        int pathLength = authority.getBasicConstraints();
        if (pathLength < 0) {
            throw untrusted(authority, "is no CA's, yet it issued another");
        }
        if (below > pathLength) {
            throw untrusted(
                    authority, "allows " + pathLength + " CAs below it, there are " + below);
        }
        boolean[] usage = authority.getKeyUsage();
        if (usage == null || !usage[KEY_CERT_SIGN]) {
            throw untrusted(authority, "may not issue: key usage lacks keyCertSign");
        }
    }

    private static void general(X509Certificate certificate) throws TlsFailure {
        if (certificate.getVersion() != 3) {
            throw untrusted(certificate, "is of version " + certificate.getVersion());
        }
        if (!SIGNATURES.contains(certificate.getSigAlgOID())) {
            throw untrusted(certificate, "is signed with " + certificate.getSigAlgName());
        }
        if (!strong(certificate.getPublicKey())) {
            throw untrusted(certificate, "has a weak or unknown kind of key");
        }
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        if (critical != null && !UNDERSTOOD.containsAll(critical)) {
            throw untrusted(certificate, "has a critical extension that is not understood");
        }
        if (certificate.getExtensionValue(NAME_CONSTRAINTS) != null) {
            throw untrusted(certificate, "has name constraints, which are not supported");
        }
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes != null
                    && !(purposes.contains(SERVER_AUTH) && purposes.contains(CLIENT_AUTH))) {
                throw untrusted(certificate, "is not for both server and client authentication");
            }
        } catch (CertificateParsingException e) {
            throw untrusted(certificate, "has a malformed extended key usage");
        }
    }

    private static boolean strong(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> ec.getParams().getOrder().bitLength() >= 256;
            case RSAPublicKey rsa ->
                    rsa.getModulus().bitLength() >= 2048 && rsa.getModulus().bitLength() <= 8192;
            case EdECPublicKey _ -> true;
            default -> false;
        };
    }

    /// Reads the subject alternative names from their bytes, so that no library's leniency about
    /// URIs gets in between.
    private static SpiffeId onlyUri(X509Certificate leaf) throws TlsFailure {
        byte[] extension = leaf.getExtensionValue(SUBJECT_ALTERNATIVE_NAME);
        if (extension == null) {
            throw wrong("the certificate has no subject alternative name");
        }
        @Nullable String uri = null;
        try {
            DerReader wrapped = new DerReader(extension).expect(0x04).inside();
            DerReader names = wrapped.expect(0x30).inside();
            while (names.hasNext()) {
                if (names.next() == 0x86) {
                    if (uri != null) {
                        throw wrong("the certificate has more than one URI");
                    }
                    uri = names.ascii();
                }
            }
        } catch (DerReader.Malformed e) {
            throw wrong("malformed subject alternative name: " + e.getMessage());
        }
        if (uri == null) {
            throw wrong("the certificate names no URI");
        }
        try {
            return SpiffeId.parse(uri);
        } catch (IllegalArgumentException e) {
            throw wrong("not a SPIFFE id: " + e.getMessage());
        }
    }

    private static TlsFailure wrong(String message) {
        return new TlsFailure(TlsFailure.Code.WRONG_IDENTITY, message);
    }

    private static TlsFailure untrusted(X509Certificate certificate, String message) {
        return new TlsFailure(
                TlsFailure.Code.UNTRUSTED,
                "the certificate of '"
                        + certificate.getSubjectX500Principal().getName()
                        + "' "
                        + message);
    }
}
