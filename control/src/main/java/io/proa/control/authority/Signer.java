package io.proa.control.authority;

import io.proa.identity.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A key with its CA certificate: the root, or the intermediate that issues.
record Signer(PrivateKey key, X509Certificate certificate) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /// A new self-signed root.
    static Signer root(String trustDomain, Instant notBefore, Instant notAfter) {
        KeyPair keys = newKey();
        X500Name name = name("Proa root of " + trustDomain);
        Draft draft = new Draft(name, notBefore, notAfter, name, keys);
        return draft.signedBy(keys.getPrivate(), null, trustDomain, 1);
    }

    /// A new intermediate below this root.
    Signer intermediate(String trustDomain, Instant notBefore, Instant notAfter) {
        KeyPair keys = newKey();
        X500Name name = name("Proa issuer of " + trustDomain + " " + serial().toString(36));
        Draft draft = new Draft(subject(), notBefore, notAfter, name, keys);
        return draft.signedBy(key, certificate, trustDomain, 0);
    }

    /// Whether the key is the certificate's.
    boolean belongsTogether() {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update((byte) 1);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update((byte) 1);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    X509v3CertificateBuilder draft(
            Instant notBefore, Instant notAfter, X500Name name, SubjectPublicKeyInfo subjectKey) {
        return new X509v3CertificateBuilder(
                subject(),
                serial(),
                new Time(Date.from(notBefore)), // UTCTime before 2050 (RFC 5280, section 4.1.2.5)
                new Time(Date.from(notAfter)),
                name,
                subjectKey);
    }

    X509Certificate sign(X509v3CertificateBuilder draft) {
        return sign(draft, key);
    }

    private X500Name subject() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private record Draft(
            X500Name issuer, Instant notBefore, Instant notAfter, X500Name subject, KeyPair keys) {
        Signer signedBy(
                PrivateKey issuerKey,
                @Nullable X509Certificate issuerCertificate,
                String trustDomain,
                int pathLength) {
            X509v3CertificateBuilder draft =
                    new X509v3CertificateBuilder(
                            issuer,
                            serial(),
                            new Time(Date.from(notBefore)),
                            new Time(Date.from(notAfter)),
                            subject,
                            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
            JcaX509ExtensionUtils identifiers = identifiers();
            add(draft, Extension.basicConstraints, true, new BasicConstraints(pathLength));
            add(
                    draft,
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            add(
                    draft,
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName(
                                    GeneralName.uniformResourceIdentifier,
                                    "spiffe://" + trustDomain)));
            add(
                    draft,
                    Extension.subjectKeyIdentifier,
                    false,
                    identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            add(
                    draft,
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(
                            issuerCertificate == null
                                    ? keys.getPublic()
                                    : issuerCertificate.getPublicKey()));
            return new Signer(keys.getPrivate(), sign(draft, issuerKey));
        }
    }

    static void add(
            X509v3CertificateBuilder draft,
            ASN1ObjectIdentifier oid,
            boolean critical,
            ASN1Encodable value) {
        try {
            draft.addExtension(oid, critical, value);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    static JcaX509ExtensionUtils identifiers() {
        try {
            return new JcaX509ExtensionUtils();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder draft, PrivateKey key) {
        try {
            return Pem.certificate(
                    draft.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                            .getEncoded());
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make a P-256 key", e);
        }
    }

    /// 126 random bits, positive and never zero (RFC 5280, section 4.1.2.2).
    private static BigInteger serial() {
        return new BigInteger(126, RANDOM).setBit(126);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    }
}
