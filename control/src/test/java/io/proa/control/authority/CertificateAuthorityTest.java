package io.proa.control.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.proa.identity.CertificateRequest;
import io.proa.identity.PeerVerifier;
import io.proa.identity.Pem;
import io.proa.identity.TlsContext;
import io.proa.identity.TlsEngine;
import io.proa.identity.TlsProvider;
import io.proa.identity.TlsSettings;
import io.proa.identity.VerifiedPeer;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.SpiffeId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateAuthorityTest {
    private static final SpiffeId WEB = SpiffeId.ofServiceAccount("prod", "default", "web");
    private static final SpiffeId ORDERS = SpiffeId.ofServiceAccount("prod", "default", "orders");
    private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
    private static final Duration HOUR = CertificateAuthority.DEFAULT_LIFETIME;

    @TempDir Path folder;

    private final List<String> log = new ArrayList<>();

    private CertificateAuthority open() throws IOException {
        return CertificateAuthority.open(folder.resolve("ca"), "prod", NOW, log::add);
    }

    private static CertificateAuthority inMemory() {
        return CertificateAuthority.inMemory("prod", NOW, _ -> {});
    }

    private static WorkloadIdentity issue(CertificateAuthority authority, SpiffeId id)
            throws RequestRefused {
        CertificateRequest request = CertificateRequest.create(id);
        return request.answeredBy(authority.issue(request.der(), id, HOUR, NOW));
    }

    private static KeyPair key(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static byte[] request(KeyPair keys, String signature, GeneralName... names)
            throws Exception {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        if (names.length > 0) {
            extensions.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        return new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("CN=anybody"), keys.getPublic())
                .addAttribute(
                        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()))
                .getEncoded();
    }

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    @Test
    void ownRequestsAreProperPkcs10() throws Exception {
        PKCS10CertificationRequest request =
                new PKCS10CertificationRequest(CertificateRequest.create(WEB).der());

        assertThat(
                        request.isSignatureValid(
                                new JcaContentVerifierProviderBuilder()
                                        .build(request.getSubjectPublicKeyInfo())))
                .isTrue();
        GeneralNames names =
                GeneralNames.fromExtensions(
                        request.getRequestedExtensions(), Extension.subjectAlternativeName);
        assertThat(names.getNames()).containsExactly(uri(WEB.toString()));
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsSettings.Library.class,
            names = {"BORINGSSL", "JDK"})
    void issuesWhatBothEndsOfAHandshakeAccept(TlsSettings.Library library) throws Exception {
        CertificateAuthority authority = open();
        WorkloadIdentity web = issue(authority, WEB);
        WorkloadIdentity orders = issue(authority, ORDERS);
        TlsSettings settings =
                TlsSettings.defaults().withLibrary(library).withClock(InstantSource.fixed(NOW));
        try (TlsContext from = TlsProvider.open(web, authority.bundle(), settings);
                TlsContext to = TlsProvider.open(orders, authority.bundle(), settings)) {
            TlsEngine client = from.client(ORDERS, "80.orders.default.proa", List.of("http/1.1"));
            TlsEngine server = to.server(List.of("http/1.1"));
            client.startHandshake();
            for (int i = 0; i < 4; i++) {
                carry(client, server);
                carry(server, client);
            }
            assertThat(client.peer()).isEqualTo(new VerifiedPeer(ORDERS, orders.notAfter()));
            assertThat(server.peer()).isEqualTo(new VerifiedPeer(WEB, web.notAfter()));
            client.free();
            server.free();
        }
    }

    private static void carry(TlsEngine from, TlsEngine to) throws Exception {
        ByteBuffer none = ByteBuffer.allocateDirect(1).limit(0);
        ByteBuffer ciphertext = ByteBuffer.allocateDirect(32_000);
        from.wrap(none, ciphertext);
        to.unwrap(ciphertext.flip(), ByteBuffer.allocateDirect(32_000));
    }

    @Test
    void certifiesTheIdentityAndNothingElseOfTheRequest() throws Exception {
        KeyPair keys = key("EC", 256);
        byte[] csr = request(keys, "SHA256withECDSA", uri(WEB.toString()));

        List<X509Certificate> chain = inMemory().issue(csr, WEB, HOUR, NOW);

        X509Certificate leaf = chain.getFirst();
        assertThat(chain).hasSize(2);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getExtendedKeyUsage())
                .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(leaf.getNotBefore().toInstant())
                .isBetween(NOW.minusSeconds(31), NOW.minusSeconds(30));
        assertThat(leaf.getNotAfter().toInstant())
                .isBetween(NOW.plusSeconds(3599), NOW.plusSeconds(3600));
        assertThat(leaf.getSerialNumber()).isGreaterThan(BigInteger.ONE.shiftLeft(64));
    }

    @Test
    void opensslFindsNothingToComplainOf() throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/openssl"))).isTrue();
        CertificateAuthority authority = inMemory();
        WorkloadIdentity web = issue(authority, WEB);
        Path root = folder.resolve("root.pem");
        Path issuer = folder.resolve("issuer.pem");
        Path leaf = folder.resolve("leaf.pem");
        Files.writeString(root, Pem.ofCertificates(authority.bundle().roots()));
        Files.writeString(issuer, Pem.ofCertificates(web.chain().subList(1, 2)));
        Files.writeString(leaf, Pem.ofCertificates(web.chain().subList(0, 1)));
        for (String purpose : List.of("sslclient", "sslserver")) {
            Process process =
                    new ProcessBuilder(
                                    "/usr/bin/openssl",
                                    "verify",
                                    "-attime",
                                    Long.toString(NOW.getEpochSecond()),
                                    "-x509_strict",
                                    "-purpose",
                                    purpose,
                                    "-CAfile",
                                    root.toString(),
                                    "-untrusted",
                                    issuer.toString(),
                                    leaf.toString())
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
        }
    }

    @Test
    void aShortCertificateHasItsHalfLifeAhead() throws Exception {
        CertificateRequest request = CertificateRequest.create(WEB);

        List<X509Certificate> chain =
                inMemory().issue(request.der(), WEB, Duration.ofSeconds(20), NOW);

        Instant from = chain.getFirst().getNotBefore().toInstant();
        Instant until = chain.getFirst().getNotAfter().toInstant();
        assertThat(from).isBefore(NOW);
        assertThat(from.plus(Duration.between(from, until).dividedBy(2)))
                .isAfter(NOW.plusSeconds(7));
    }

    @Test
    void refusesNamesThatWereNotAllowed() throws Exception {
        CertificateAuthority authority = inMemory();
        KeyPair keys = key("EC", 256);
        List<GeneralName[]> wishes =
                List.of(
                        new GeneralName[] {uri(ORDERS.toString())},
                        new GeneralName[] {uri(WEB.toString()), uri(WEB.toString())},
                        new GeneralName[] {uri(WEB.toString()), uri(ORDERS.toString())},
                        new GeneralName[] {new GeneralName(GeneralName.dNSName, "web.example")},
                        new GeneralName[] {new GeneralName(GeneralName.dNSName, WEB.toString())});
        for (GeneralName[] names : wishes) {
            byte[] csr = request(keys, "SHA256withECDSA", names);
            assertThatThrownBy(() -> authority.issue(csr, WEB, HOUR, NOW))
                    .as(Arrays.toString(names))
                    .isInstanceOf(RequestRefused.class);
        }
        byte[] silent = request(keys, "SHA256withECDSA");
        assertThat(authority.issue(silent, WEB, HOUR, NOW)).hasSize(2);
        SpiffeId foreign = SpiffeId.ofServiceAccount("other", "default", "web");
        assertThatThrownBy(() -> authority.issue(silent, foreign, HOUR, NOW))
                .isInstanceOf(RequestRefused.class)
                .hasMessageContaining("prod");
    }

    @Test
    void refusesARequestNotSignedByItsKey() throws Exception {
        byte[] csr = CertificateRequest.create(WEB).der();
        csr[csr.length - 3] ^= 1;

        assertThatThrownBy(() -> inMemory().issue(csr, WEB, HOUR, NOW))
                .isInstanceOf(RequestRefused.class);
    }

    @Test
    void refusesWeakAndStrangeKeys() throws Exception {
        CertificateAuthority authority = inMemory();
        List<byte[]> requests =
                List.of(
                        request(key("RSA", 1024), "SHA256withRSA"),
                        request(key("EC", 521), "SHA256withECDSA"),
                        request(key("DSA", 2048), "SHA256withDSA"),
                        request(key("EC", 256), "SHA1withECDSA"));
        for (byte[] csr : requests) {
            assertThatThrownBy(() -> authority.issue(csr, WEB, HOUR, NOW))
                    .isInstanceOf(RequestRefused.class);
        }
        assertThat(authority.issue(request(key("RSA", 2048), "SHA256withRSA"), WEB, HOUR, NOW))
                .hasSize(2);
    }

    @Test
    void answersGarbageWithARefusal() throws Exception {
        CertificateAuthority authority = inMemory();
        byte[] good = CertificateRequest.create(WEB).der();
        for (int i = 0; i < good.length; i++) {
            byte[] cut = Arrays.copyOf(good, i);
            assertThatThrownBy(() -> authority.issue(cut, WEB, HOUR, NOW))
                    .isInstanceOf(RequestRefused.class);
            byte[] bent = good.clone();
            bent[i] ^= 0x41;
            assertThatThrownBy(() -> authority.issue(bent, WEB, HOUR, NOW))
                    .as("byte %d", i)
                    .isInstanceOf(RequestRefused.class);
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertThatThrownBy(() -> authority.issue(longer, WEB, HOUR, NOW))
                .isInstanceOf(RequestRefused.class);
        assertThatThrownBy(() -> authority.issue(new byte[9000], WEB, HOUR, NOW))
                .isInstanceOf(RequestRefused.class)
                .hasMessageContaining("8192");
    }

    @Test
    void survivesARestartWithTheSameRoot() throws Exception {
        WorkloadIdentity before = issue(open(), WEB);

        CertificateAuthority again = open();

        new PeerVerifier(again.bundle(), Duration.ZERO)
                .verify(
                        new byte[][] {
                            before.chain().get(0).getEncoded(), before.chain().get(1).getEncoded()
                        },
                        WEB,
                        NOW);
        assertThat(log).filteredOn(line -> line.contains("authority-created")).hasSize(1);
    }

    @Test
    void keepsItsKeysToItself() throws Exception {
        CertificateAuthority authority = open();
        issue(authority, WEB);
        Path file = folder.resolve("ca/authority.pem");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("ca"))))
                .isEqualTo("rwx------");
        assertThat(log).hasSize(2);
        assertThat(log.get(1))
                .startsWith("{\"event\":\"certificate-issued\"")
                .contains("\"id\":\"" + WEB + "\"")
                .contains("\"key\":\"P-256\"")
                .doesNotContain("PRIVATE");
    }

    @Test
    void refusesKeysOthersMayRead() throws Exception {
        open();
        Path file = folder.resolve("ca/authority.pem");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rw-r-----")
                .hasMessageContaining("chmod 600 " + file);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(
                folder.resolve("ca"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 700");
    }

    @Test
    void saysWhenItsFileIsDamagedOrForeign() throws Exception {
        open();
        assertThatThrownBy(() ->
                        CertificateAuthority.open(folder.resolve("ca"), "other", NOW, log::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another trust domain");
        Path file = folder.resolve("ca/authority.pem");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() / 2));
        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void twoStartingAtOnceShareOneRoot() throws Exception {
        Set<String> roots = ConcurrentHashMap.newKeySet();
        Callable<Boolean> start =
                () ->
                        roots.add(
                                Pem.ofCertificates(
                                        CertificateAuthority.open(
                                                        folder.resolve("ca"), "prod", NOW, _ -> {})
                                                .bundle()
                                                .roots()));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            threads.invokeAll(List.of(start, start, start, start));
        }
        assertThat(roots).hasSize(1);
    }

    @Test
    void renewsItsIssuerAndNeverOutlivesIt() throws Exception {
        CertificateAuthority authority = open();
        Instant later = NOW.plus(Duration.ofDays(200));
        CertificateRequest request = CertificateRequest.create(WEB);

        X509Certificate old = authority.issue(request.der(), WEB, HOUR, NOW).get(1);
        X509Certificate renewed = authority.issue(request.der(), WEB, HOUR, later).get(1);
        Instant end = NOW.plus(Duration.ofDays(3649)).plus(Duration.ofHours(23));
        List<X509Certificate> last = authority.issue(request.der(), WEB, Duration.ofDays(7), end);

        assertThat(renewed).isNotEqualTo(old);
        assertThat(
                        CertificateAuthority.open(folder.resolve("ca"), "prod", later, log::add)
                                .issue(request.der(), WEB, HOUR, later)
                                .get(1)
                                .getIssuerX500Principal())
                .isEqualTo(renewed.getIssuerX500Principal());
        assertThat(last.get(0).getNotAfter()).isBeforeOrEqualTo(last.get(1).getNotAfter());
    }

    /// A machine that booted with a wrong clock must not keep an issuer of the future.
    @Test
    void issuesOnAfterTheClockWasSetBack() throws Exception {
        CertificateAuthority authority = open();
        CertificateRequest request = CertificateRequest.create(WEB);
        Instant wrong = NOW.plus(Duration.ofDays(300));
        authority.issue(request.der(), WEB, HOUR, wrong);
        for (Instant now : List.of(NOW, NOW.minus(Duration.ofHours(20)))) {
            for (X509Certificate each : authority.issue(request.der(), WEB, HOUR, now)) {
                each.checkValidity(Date.from(now));
            }
        }
        for (Duration away : List.of(Duration.ofDays(-2), Duration.ofDays(3651))) {
            assertThatThrownBy(() -> authority.issue(request.der(), WEB, HOUR, NOW.plus(away)))
                    .isInstanceOf(RequestRefused.class)
                    .hasMessageContaining("set the clock");
        }
    }

    @Test
    void writesYearsBefore2050AsUtcTime() throws Exception {
        CertificateRequest request = CertificateRequest.create(WEB);
        X509Certificate leaf =
                CertificateAuthority.inMemory(
                                "prod", Instant.parse("2049-12-31T12:00:00Z"), _ -> {})
                        .issue(
                                request.der(),
                                WEB,
                                Duration.ofDays(1),
                                Instant.parse("2049-12-31T12:00:00Z"))
                        .getFirst();
        String text = new String(leaf.getTBSCertificate(), StandardCharsets.ISO_8859_1);

        assertThat(text).contains("\u0017\r491231115930Z").contains("\u0018\u000f20500101120000Z");
    }
}
