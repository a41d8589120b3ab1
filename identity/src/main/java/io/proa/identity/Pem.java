package io.proa.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Certificates and unencrypted PKCS#8 keys as text (RFC 7468). Text outside of blocks is ignored.
public final class Pem {
    private static final int MAX_CHARS = 1024 * 1024;
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";

    private Pem() {}

    public static String ofCertificates(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder(1024 * certificates.size());
        for (X509Certificate certificate : certificates) {
            try {
                block(text, CERTIFICATE, certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("a certificate without its bytes", e);
            }
        }
        return text.toString();
    }

    /// Holds the key in clear.
    public static String ofKey(PrivateKey key) {
        byte[] encoded = key.getEncoded();
        if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
            throw new IllegalArgumentException("this key cannot be written as PKCS#8");
        }
        StringBuilder text = new StringBuilder(256);
        block(text, KEY, encoded);
        return text.toString();
    }

    /// All certificates of the text, in order.
    ///
    /// @throws IllegalArgumentException where a block is malformed
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        int from = 0;
        while (true) {
            Block block = find(text, CERTIFICATE, from);
            if (block == null) {
                return certificates;
            }
            certificates.add(certificate(block.bytes()));
            from = block.end();
        }
    }

    /// @throws IllegalArgumentException where the bytes are not one certificate
    public static X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("malformed certificate: " + e.getMessage(), e);
        }
    }

    /// The only private key of the text.
    ///
    /// @throws IllegalArgumentException where there is none, more than one, or it is malformed
    public static PrivateKey key(String text) {
        Block block = find(text, KEY, 0);
        if (block == null) {
            throw new IllegalArgumentException("expected a block " + begin(KEY));
        }
        if (find(text, KEY, block.end()) != null) {
            throw new IllegalArgumentException("expected one private key, found more");
        }
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(block.bytes());
        try {
            return KeyFactory.getInstance(algorithm(block.bytes())).generatePrivate(encoded);
        } catch (GeneralSecurityException | DerReader.Malformed e) {
            // Without the cause's words: they may quote the key.
            throw new IllegalArgumentException("malformed private key", e);
        }
    }

    /// PrivateKeyInfo ::= SEQUENCE { version, AlgorithmIdentifier, OCTET STRING } (RFC 5208,
    /// section 5).
    private static String algorithm(byte[] der) throws DerReader.Malformed {
        DerReader info = new DerReader(der).expect(0x30).inside();
        info.expect(0x02);
        byte[] oid = info.expect(0x30).inside().expect(0x06).content();
        if (oid.length == 7 && oid[1] == (byte) 0x86 && oid[3] == (byte) 0xce) {
            return "EC"; // 1.2.840.10045.2.1
        }
        if (oid.length == 3) {
            return "EdDSA"; // 1.3.101.112
        }
        return "RSA";
    }

    @SuppressWarnings("ArrayRecordComponent") // lives for one call, never compared
    private record Block(byte[] bytes, int end) {}

    private static @Nullable Block find(String text, String label, int from) {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "PEM text of more than " + MAX_CHARS + " characters");
        }
        String begin = begin(label);
        String end = "-----END " + label + "-----";
        int start = text.indexOf(begin, from);
        if (start < 0) {
            return null;
        }
        int stop = text.indexOf(end, start);
        if (stop < 0) {
            throw new IllegalArgumentException("expected " + end);
        }
        byte[] body =
                text.substring(start + begin.length(), stop).getBytes(StandardCharsets.US_ASCII);
        try {
            return new Block(Base64.getMimeDecoder().decode(body), stop + end.length());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("malformed base64 in a block " + begin, e);
        }
    }

    private static String begin(String label) {
        return "-----BEGIN " + label + "-----";
    }

    private static void block(StringBuilder text, String label, byte[] der) {
        text.append(begin(label)).append('\n');
        byte[] newline = {'\n'};
        text.append(Base64.getMimeEncoder(64, newline).encodeToString(der));
        text.append("\n-----END ").append(label).append("-----\n");
    }
}
