package io.proa.identity;

import io.proa.model.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.List;

/// A fresh P-256 key and the request to certify it (PKCS#10, RFC 2986). Only the request leaves the
/// process.
public final class CertificateRequest {
    private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final int URI = 0x86;
    private static final int ATTRIBUTES = 0xa0;

    private final SpiffeId id;
    private final KeyPair keys;
    private final byte[] der;

    private CertificateRequest(SpiffeId id, KeyPair keys, byte[] der) {
        this.id = id;
        this.keys = keys;
        this.der = der;
    }

    /// A request for `id` with a key nobody has seen.
    public static CertificateRequest create(SpiffeId id) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            return new CertificateRequest(id, keys, encode(id, keys));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make a P-256 key", e);
        }
    }

    public SpiffeId id() {
        return id;
    }

    /// What goes to the certificate authority.
    public byte[] der() {
        return der.clone();
    }

    PrivateKey key() {
        return keys.getPrivate();
    }

    /// Joins the key with the chain the authority answered.
    ///
    /// @param chain leaf first, without the root
    /// @throws IllegalArgumentException where the leaf is not for this key
    public WorkloadIdentity answeredBy(List<X509Certificate> chain) {
        if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(keys.getPublic())) {
            throw new IllegalArgumentException(
                    "the chain for " + id + " is not for the key requested");
        }
        return new WorkloadIdentity(id, keys.getPrivate(), chain);
    }

    /// Never the key.
    @Override
    public String toString() {
        return "CertificateRequest[" + id + "]";
    }

    private static byte[] encode(SpiffeId id, KeyPair keys) throws GeneralSecurityException {
        byte[] names = Der.sequence(Der.ascii(URI, id.toString()));
        byte[] critical = Der.element(0x01, new byte[] {(byte) 0xff}); // for the subject is empty
        byte[] extension =
                Der.sequence(
                        Der.oid(SUBJECT_ALTERNATIVE_NAME),
                        critical,
                        Der.element(Der.OCTET_STRING, names));
        byte[] attribute =
                Der.sequence(
                        Der.oid(EXTENSION_REQUEST), Der.element(Der.SET, Der.sequence(extension)));
        byte[] info =
                Der.sequence(
                        Der.element(Der.INTEGER, new byte[] {0}),
                        Der.sequence(),
                        keys.getPublic().getEncoded(),
                        Der.element(ATTRIBUTES, attribute));
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(info);
        return Der.sequence(
                info, Der.sequence(Der.oid(ECDSA_WITH_SHA256)), Der.bits(signer.sign()));
    }
}
