package io.proa.control.authority;

import io.proa.model.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTNamedCurves;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// The one thing taken from a certificate request (PKCS#10, RFC 2986): its public key, once the
/// sender has proved to hold the private one.
///
/// Names it asks for must be none, or exactly the identity allowed; every other wish is without
/// effect, because nothing of the request is copied.
record CheckedRequest(SubjectPublicKeyInfo key, String kind) {
    private static final int MAX_BYTES = 8 * 1024;

    private static final Set<ASN1ObjectIdentifier> SIGNATURES =
            Set.of(
                    X9ObjectIdentifiers.ecdsa_with_SHA256,
                    X9ObjectIdentifiers.ecdsa_with_SHA384,
                    X9ObjectIdentifiers.ecdsa_with_SHA512,
                    PKCSObjectIdentifiers.sha256WithRSAEncryption,
                    PKCSObjectIdentifiers.sha384WithRSAEncryption,
                    PKCSObjectIdentifiers.sha512WithRSAEncryption);

    static CheckedRequest of(byte[] der, SpiffeId allowed) throws RequestRefused {
        if (der.length > MAX_BYTES) {
            throw new RequestRefused(
                    "the request has " + der.length + " bytes, expected at most " + MAX_BYTES);
        }
        try {
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
            if (!Arrays.equals(der, request.getEncoded())) {
                throw new RequestRefused("the request is not plain DER, or bytes follow it");
            }
            if (!SIGNATURES.contains(request.getSignatureAlgorithm().getAlgorithm())) {
                throw new RequestRefused(
                        "signature algorithm "
                                + request.getSignatureAlgorithm().getAlgorithm()
                                + ", expected ECDSA or RSA with SHA-256 or better");
            }
            // The kind of key comes first: verifying with a key of any size is work a stranger
            // could order.
            String kind = kindOf(request);
            if (!request.isSignatureValid(
                    new JcaContentVerifierProviderBuilder()
                            .build(request.getSubjectPublicKeyInfo()))) {
                throw new RequestRefused("the request is not signed by the key it is for");
            }
            checkNames(request, allowed);
            return new CheckedRequest(request.getSubjectPublicKeyInfo(), kind);
        } catch (IOException
                | PKCSException
                | OperatorCreationException
                | GeneralSecurityException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | ArrayIndexOutOfBoundsException e) {
            // Bouncy Castle parses lazily and reports malformed parts by these.
            throw new RequestRefused("the request is malformed: " + e.getMessage());
        }
    }

    private static String kindOf(PKCS10CertificationRequest request)
            throws RequestRefused, GeneralSecurityException {
        ASN1ObjectIdentifier algorithm =
                request.getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm();
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            Object curve = request.getSubjectPublicKeyInfo().getAlgorithm().getParameters();
            if (!SECObjectIdentifiers.secp256r1.equals(curve)
                    && !SECObjectIdentifiers.secp384r1.equals(curve)) {
                throw new RequestRefused("an EC key on " + curve + ", expected P-256 or P-384");
            }
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            if (!(key instanceof ECPublicKey)) {
                throw new RequestRefused("not an EC key");
            }
            return NISTNamedCurves.getName((ASN1ObjectIdentifier) curve);
        }
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            int bits = key instanceof RSAPublicKey rsa ? rsa.getModulus().bitLength() : 0;
            if (bits < 2048 || bits > 4096) {
                throw new RequestRefused("an RSA key of " + bits + " bits, expected 2048 to 4096");
            }
            return "RSA-" + bits;
        }
        throw new RequestRefused("a key of kind " + algorithm + ", expected EC or RSA");
    }

    private static void checkNames(PKCS10CertificationRequest request, SpiffeId allowed)
            throws RequestRefused {
        Attribute[] wishes =
                request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
        if (wishes.length == 0) {
            return;
        }
        if (wishes.length > 1 || wishes[0].getAttrValues().size() != 1) {
            throw new RequestRefused("more than one list of extensions");
        }
        Extensions extensions = Extensions.getInstance(wishes[0].getAttrValues().getObjectAt(0));
        Extension wanted = extensions.getExtension(Extension.subjectAlternativeName);
        if (wanted == null) {
            return;
        }
        GeneralName[] names = GeneralNames.getInstance(wanted.getParsedValue()).getNames();
        for (GeneralName name : names) {
            boolean fits =
                    name.getTagNo() == GeneralName.uniformResourceIdentifier
                            && name.getName().toString().equals(allowed.toString());
            if (!fits) {
                throw new RequestRefused(
                        "the request asks for the name '"
                                + printable(name.getName().toString())
                                + "', allowed is only "
                                + allowed);
            }
        }
        if (names.length != 1) {
            throw new RequestRefused("the request asks for " + names.length + " names");
        }
    }

    /// What a stranger wrote ends up in logs and messages.
    private static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 200); i++) {
            char c = text.charAt(i);
            clean.append(c >= ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '?');
        }
        return clean.toString();
    }
}
