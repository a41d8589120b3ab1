package io.proa.identity;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Writes X.509 certificates of any shape, good or bad, without any library.
final class CertificateDraft {
    static final String BASIC_CONSTRAINTS = "2.5.29.19";
    static final String KEY_USAGE = "2.5.29.15";
    static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    static final String ALTERNATIVE_NAME = "2.5.29.17";
    static final String NAME_CONSTRAINTS = "2.5.29.30";
    static final int DIGITAL_SIGNATURE = 0x80;
    static final int KEY_CERT_SIGN = 0x04;
    static final int CRL_SIGN = 0x02;
    static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private static final AtomicLong SERIALS = new AtomicLong(1000);

    private final Map<String, byte[]> extensions = new LinkedHashMap<>();
    private String subject = "";
    private Instant notBefore = Instant.now().minusSeconds(30);
    private Instant notAfter = Instant.now().plusSeconds(3600);
    private String algorithm = "SHA256withECDSA";
    private int version = 3;

    static KeyPair newKey() {
        return newKey("EC", "secp256r1");
    }

    static KeyPair newKey(String kind, String parameter) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            if (kind.equals("RSA")) {
                generator.initialize(Integer.parseInt(parameter));
            } else {
                generator.initialize(new ECGenParameterSpec(parameter));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A proper CA's.
    static CertificateDraft authority(String name, int pathLength) {
        return new CertificateDraft()
                .subject(name)
                .constraints(true, pathLength)
                .usage(KEY_CERT_SIGN | CRL_SIGN);
    }

    /// A proper workload's.
    static CertificateDraft workload(String uri) {
        return new CertificateDraft()
                .constraints(false, -1)
                .usage(DIGITAL_SIGNATURE)
                .purposes(SERVER_AUTH, CLIENT_AUTH)
                .uris(uri);
    }

    CertificateDraft subject(String name) {
        subject = name;
        return this;
    }

    CertificateDraft valid(Instant from, Instant until) {
        notBefore = from;
        notAfter = until;
        return this;
    }

    CertificateDraft signedWith(String signatureAlgorithm) {
        algorithm = signatureAlgorithm;
        return this;
    }

    CertificateDraft version(int number) {
        version = number;
        return this;
    }

    /// @param pathLength negative for none
    CertificateDraft constraints(boolean authority, int pathLength) {
        byte[] value = Der.sequence();
        if (authority) {
            byte[] yes = Der.element(0x01, new byte[] {(byte) 0xff});
            value =
                    pathLength < 0
                            ? Der.sequence(yes)
                            : Der.sequence(
                                    yes, Der.element(Der.INTEGER, new byte[] {(byte) pathLength}));
        }
        return with(BASIC_CONSTRAINTS, true, value);
    }

    /// @param flags in the first byte of the bit string
    CertificateDraft usage(int flags) {
        int unused = Integer.numberOfTrailingZeros(flags | 0x100);
        return with(
                KEY_USAGE,
                true,
                Der.element(Der.BIT_STRING, new byte[] {(byte) Math.min(unused, 7), (byte) flags}));
    }

    CertificateDraft purposes(String... oids) {
        byte[][] parts = new byte[oids.length][];
        for (int i = 0; i < oids.length; i++) {
            parts[i] = Der.oid(oids[i]);
        }
        return with(EXTENDED_KEY_USAGE, false, Der.sequence(parts));
    }

    CertificateDraft uris(String... uris) {
        List<byte[]> parts = new ArrayList<>();
        for (String uri : uris) {
            parts.add(Der.element(0x86, uri.getBytes(StandardCharsets.UTF_8)));
        }
        return with(ALTERNATIVE_NAME, true, Der.sequence(parts.toArray(new byte[0][])));
    }

    CertificateDraft dns(String... names) {
        List<byte[]> parts = new ArrayList<>();
        for (String name : names) {
            parts.add(Der.ascii(0x82, name));
        }
        return with(ALTERNATIVE_NAME, true, Der.sequence(parts.toArray(new byte[0][])));
    }

    CertificateDraft with(String oid, boolean critical, byte[] value) {
        byte[] yes = Der.element(0x01, new byte[] {(byte) 0xff});
        byte[] wrapped = Der.element(Der.OCTET_STRING, value);
        extensions.put(
                oid,
                critical
                        ? Der.sequence(Der.oid(oid), yes, wrapped)
                        : Der.sequence(Der.oid(oid), wrapped));
        return this;
    }

    CertificateDraft without(String oid) {
        extensions.remove(oid);
        return this;
    }

    X509Certificate sign(PublicKey key, String issuer, PrivateKey issuerKey) {
        byte[] der = bytes(key, issuer, issuerKey);
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
    }

    byte[] bytes(PublicKey key, String issuer, PrivateKey issuerKey) {
        byte[] signature = signatureAlgorithm();
        byte[] explicitVersion =
                Der.element(0xa0, Der.element(Der.INTEGER, new byte[] {(byte) (version - 1)}));
        byte[] serial = BigInteger.valueOf(SERIALS.incrementAndGet()).toByteArray();
        byte[][] listed = extensions.values().toArray(new byte[0][]);
        byte[] body =
                Der.sequence(
                        version == 1 ? new byte[0] : explicitVersion,
                        Der.element(Der.INTEGER, serial),
                        signature,
                        name(issuer),
                        Der.sequence(time(notBefore), time(notAfter)),
                        name(subject),
                        key.getEncoded(),
                        version < 3 || listed.length == 0
                                ? new byte[0]
                                : Der.element(0xa3, Der.sequence(listed)));
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(issuerKey);
            signer.update(body);
            return Der.sequence(body, signature, Der.bits(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private byte[] signatureAlgorithm() {
        return switch (algorithm) {
            case "SHA256withECDSA" -> Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
            case "SHA1withECDSA" -> Der.sequence(Der.oid("1.2.840.10045.4.1"));
            case "SHA256withRSA" ->
                    Der.sequence(Der.oid("1.2.840.113549.1.1.11"), Der.element(0x05));
            default -> throw new IllegalArgumentException(algorithm);
        };
    }

    private static byte[] name(String commonName) {
        if (commonName.isEmpty()) {
            return Der.sequence();
        }
        return Der.sequence(
                Der.element(
                        Der.SET,
                        Der.sequence(
                                Der.oid("2.5.4.3"),
                                Der.element(0x0c, commonName.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant instant) {
        boolean early = instant.atZone(ZoneOffset.UTC).getYear() < 2050;
        DateTimeFormatter format =
                DateTimeFormatter.ofPattern(
                                early ? "yyMMddHHmmss'Z'" : "yyyyMMddHHmmss'Z'", Locale.ROOT)
                        .withZone(ZoneOffset.UTC);
        return Der.ascii(early ? 0x17 : 0x18, format.format(instant));
    }
}
