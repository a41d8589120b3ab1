package io.proa.identity;

import static io.proa.identity.CertificateDraft.ALTERNATIVE_NAME;
import static io.proa.identity.CertificateDraft.BASIC_CONSTRAINTS;
import static io.proa.identity.CertificateDraft.CLIENT_AUTH;
import static io.proa.identity.CertificateDraft.DIGITAL_SIGNATURE;
import static io.proa.identity.CertificateDraft.EXTENDED_KEY_USAGE;
import static io.proa.identity.CertificateDraft.KEY_CERT_SIGN;
import static io.proa.identity.CertificateDraft.KEY_USAGE;
import static io.proa.identity.CertificateDraft.NAME_CONSTRAINTS;
import static io.proa.identity.CertificateDraft.SERVER_AUTH;
import static io.proa.identity.TlsFailure.Code.EXPIRED;
import static io.proa.identity.TlsFailure.Code.NOT_YET_VALID;
import static io.proa.identity.TlsFailure.Code.NO_CERTIFICATE;
import static io.proa.identity.TlsFailure.Code.UNTRUSTED;
import static io.proa.identity.TlsFailure.Code.WRONG_IDENTITY;
import static org.assertj.core.api.Assertions.assertThat;

import io.proa.model.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerVerifierTest {
    private static final TestAuthority CA = TestAuthority.of("td.test");
    private static final String WEB = "spiffe://td.test/ns/default/sa/web";
    private static final KeyPair LEAF = CertificateDraft.newKey();

    private final Instant now = Instant.now();
    private final PeerVerifier verifier = new PeerVerifier(CA.bundle(), Duration.ofSeconds(60));

    private static byte[] leaf(CertificateDraft draft) {
        return draft.bytes(LEAF.getPublic(), CA.issuerName(), CA.key().getPrivate());
    }

    private static CertificateDraft good() {
        return CertificateDraft.workload(WEB);
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What becomes of a leaf below the usual issuer.
    private TlsFailure.@Nullable Code verdict(byte[] leaf) {
        return verdict(leaf, der(CA.intermediate()));
    }

    private TlsFailure.@Nullable Code verdict(byte[]... chain) {
        return verdict(verifier, null, now, chain);
    }

    private static TlsFailure.@Nullable Code verdict(
            PeerVerifier verifier, @Nullable SpiffeId expected, Instant when, byte[]... chain) {
        try {
            verifier.verify(chain, expected, when);
            return null;
        } catch (TlsFailure e) {
            assertThat(e.getMessage()).isNotBlank();
            return e.code();
        }
    }

    @Test
    void acceptsAProperChainInAnyOrderWithOrWithoutItsRoot() throws TlsFailure {
        byte[] leaf = leaf(good());
        VerifiedPeer peer =
                verifier.verify(
                        new byte[][] {leaf, der(CA.intermediate())}, SpiffeId.parse(WEB), now);
        assertThat(peer.id()).isEqualTo(SpiffeId.parse(WEB));
        assertThat(verdict(leaf(good()), der(CA.root()), der(CA.intermediate()))).isNull();
        assertThat(verdict(leaf(good()), der(CA.intermediate()), der(CA.root()))).isNull();
    }

    @Test
    void refusesNoCertificate() {
        assertThat(verdict(new byte[0][])).isEqualTo(NO_CERTIFICATE);
    }

    @Test
    void refusesARogueAuthorityOfTheSameName() {
        TestAuthority rogue = TestAuthority.of("td.test");
        WorkloadIdentity web = rogue.issue("web");
        assertThat(verdict(der(web.chain().get(0)), der(web.chain().get(1)))).isEqualTo(UNTRUSTED);
        assertThat(verdict(der(web.chain().get(0)), der(web.chain().get(1)), der(rogue.root())))
                .isEqualTo(UNTRUSTED);
        assertThat(verdict(der(web.chain().get(0)), der(CA.intermediate()))).isEqualTo(UNTRUSTED);
        assertThat(verdict(der(web.chain().get(0)))).isEqualTo(UNTRUSTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://other/ns/default/sa/web",
                "spiffe://td.test.evil/ns/default/sa/web",
                "spiffe://td.tes/ns/default/sa/web",
                "spiffe://evil.td.test/ns/default/sa/web",
                "SPIFFE://td.test/ns/default/sa/web",
                "Spiffe://td.test/ns/default/sa/web",
                "spiffe://TD.TEST/ns/default/sa/web",
                "spiffe://td.test:443/ns/default/sa/web",
                "spiffe://user@td.test/ns/default/sa/web",
                "spiffe://td.test/ns/default/sa/web?x=1",
                "spiffe://td.test/ns/default/sa/web#top",
                "spiffe://td.test/ns/default/../default/sa/web",
                "spiffe://td.test/ns//default/sa/web",
                "spiffe://td.test/ns/default/sa/web/",
                "spiffe://td.test/ns/default/sa/w%65b",
                "spiffe://td.test/ns/default/sa/wéb",
                "spiffe://td.test/ns/default/sa/web\u0000.evil",
                "spiffe://td.test/ns/default/sa/web ",
                " spiffe://td.test/ns/default/sa/web",
                "spiffe://td.test",
                "spiffe://td.test/",
                "spiffe:///ns/default/sa/web",
                "spiffe:td.test/ns/default/sa/web",
                "https://td.test/ns/default/sa/web",
                "spiffe://td.test\\@other/ns/default/sa/web",
                ""
            })
    void refusesAnythingButAPlainIdOfTheTrustDomain(String uri) {
        assertThat(verdict(leaf(CertificateDraft.workload(uri))))
                .isIn(WRONG_IDENTITY, UNTRUSTED)
                .isNotNull();
    }

    @Test
    void refusesAnIdLongerThan2048Bytes() {
        assertThat(verdict(leaf(CertificateDraft.workload(WEB + "a".repeat(2048)))))
                .isEqualTo(WRONG_IDENTITY);
    }

    @Test
    void refusesWhereTheIdIsMissingOrNotTheOnlyUri() {
        assertThat(verdict(leaf(good().subject("web").without(ALTERNATIVE_NAME))))
                .isEqualTo(WRONG_IDENTITY);
        assertThat(verdict(leaf(good().dns("web.td.test")))).isEqualTo(WRONG_IDENTITY);
        assertThat(verdict(leaf(good().dns(WEB)))).isIn(WRONG_IDENTITY, UNTRUSTED).isNotNull();
        assertThat(verdict(leaf(good().uris(WEB, "spiffe://td.test/ns/default/sa/admin"))))
                .isEqualTo(WRONG_IDENTITY);
        assertThat(verdict(leaf(good().uris(WEB, WEB)))).isEqualTo(WRONG_IDENTITY);
        assertThat(verdict(leaf(good().uris(WEB, "https://web")))).isEqualTo(WRONG_IDENTITY);
    }

    @Test
    void refusesAnotherIdThanExpectedAlsoFromTheCache() {
        SpiffeId admin = SpiffeId.parse("spiffe://td.test/ns/default/sa/admin");
        byte[] leaf = leaf(good());
        for (int round = 0; round < 2; round++) {
            assertThat(verdict(verifier, admin, now, leaf, der(CA.intermediate())))
                    .isEqualTo(WRONG_IDENTITY);
            assertThat(verdict(verifier, SpiffeId.parse(WEB), now, leaf, der(CA.intermediate())))
                    .isNull();
        }
    }

    @Test
    void refusesTheWrongPurpose() {
        assertThat(verdict(leaf(good().purposes(SERVER_AUTH)))).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().purposes(CLIENT_AUTH)))).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().purposes("2.5.29.37.0")))).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().without(EXTENDED_KEY_USAGE)))).isNull();
    }

    @Test
    void refusesTheWrongKeyUsage() {
        assertThat(verdict(leaf(good().usage(0x20)))).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().without(KEY_USAGE)))).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().usage(DIGITAL_SIGNATURE | KEY_CERT_SIGN))))
                .isEqualTo(UNTRUSTED);
    }

    @Test
    void refusesALeafThatIsACa() {
        assertThat(verdict(leaf(good().constraints(true, -1)))).isEqualTo(UNTRUSTED);
        byte[] issuer = der(CA.intermediate());
        assertThat(verdict(issuer)).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().without(BASIC_CONSTRAINTS)))).isNull();
    }

    @Test
    void refusesWhatIsExpiredOrNotYetValid() {
        Instant hour = now.plusSeconds(3600);
        assertThat(verdict(leaf(good().valid(now.minusSeconds(100), now.minusSeconds(2)))))
                .isEqualTo(EXPIRED);
        assertThat(verdict(leaf(good().valid(now.plusSeconds(70), hour)))).isEqualTo(NOT_YET_VALID);
        assertThat(verdict(leaf(good().valid(now.plusSeconds(50), hour)))).isNull();
    }

    @Test
    void anExpiredIssuerEndsAllBelowIt() {
        KeyPair key = CertificateDraft.newKey();
        byte[] old =
                CertificateDraft.authority("old", 0)
                        .valid(now.minusSeconds(500), now.minusSeconds(5))
                        .bytes(key.getPublic(), "root of td.test", CA.rootKey().getPrivate());
        byte[] leaf = good().bytes(LEAF.getPublic(), "old", key.getPrivate());
        assertThat(verdict(leaf, old)).isEqualTo(EXPIRED);
    }

    @Test
    void aVerdictIsForgottenWhenTheFirstOfItsChainExpires() {
        KeyPair key = CertificateDraft.newKey();
        byte[] brief =
                CertificateDraft.authority("brief", 0)
                        .valid(now.minusSeconds(500), now.plusSeconds(10))
                        .bytes(key.getPublic(), "root of td.test", CA.rootKey().getPrivate());
        byte[] leaf = good().bytes(LEAF.getPublic(), "brief", key.getPrivate());
        assertThat(verdict(leaf, brief)).isNull();
        assertThat(verdict(verifier, null, now.plusSeconds(9), leaf)).isNull();
        assertThat(verdict(verifier, null, now.plusSeconds(11), leaf, brief)).isEqualTo(EXPIRED);
    }

    @Test
    void refusesWhatALeafSigned() {
        byte[] forged =
                CertificateDraft.workload("spiffe://td.test/ns/default/sa/admin")
                        .bytes(CertificateDraft.newKey().getPublic(), "web", LEAF.getPrivate());
        byte[] signer = leaf(good().subject("web"));
        assertThat(verdict(forged, signer, der(CA.intermediate()))).isEqualTo(UNTRUSTED);
        byte[] almost = leaf(good().subject("web").constraints(true, -1));
        assertThat(verdict(forged, almost, der(CA.intermediate()))).isEqualTo(UNTRUSTED);
    }

    @Test
    void refusesWeakKeysAndSignatures() {
        KeyPair rsa = CertificateDraft.newKey("RSA", "1024");
        byte[] leaf = good().bytes(rsa.getPublic(), CA.issuerName(), CA.key().getPrivate());
        assertThat(verdict(leaf)).isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().signedWith("SHA1withECDSA")))).isEqualTo(UNTRUSTED);
        KeyPair strong = CertificateDraft.newKey("RSA", "2048");
        assertThat(
                        verdict(
                                good().bytes(
                                                strong.getPublic(),
                                                CA.issuerName(),
                                                CA.key().getPrivate())))
                .isNull();
    }

    @Test
    void refusesOverLongChains() {
        List<byte[]> chain = new ArrayList<>();
        chain.add(leaf(good()));
        while (chain.size() < PeerVerifier.MAX_CERTIFICATES) {
            chain.add(der(CA.intermediate()));
        }
        assertThat(verdict(chain.toArray(new byte[0][]))).isNull();
        chain.add(der(CA.intermediate()));
        chain.set(0, leaf(good()));
        assertThat(verdict(chain.toArray(new byte[0][]))).isEqualTo(UNTRUSTED);
    }

    @Test
    void refusesMoreIssuersThanAPathLengthAllows() {
        KeyPair key = CertificateDraft.newKey();
        byte[] below =
                CertificateDraft.authority("below", 0)
                        .bytes(key.getPublic(), CA.issuerName(), CA.key().getPrivate());
        byte[] leaf = good().bytes(LEAF.getPublic(), "below", key.getPrivate());
        assertThat(verdict(leaf, below, der(CA.intermediate()))).isEqualTo(UNTRUSTED);
    }

    @Test
    void refusesIssuersThatMayNotIssue() {
        KeyPair key = CertificateDraft.newKey();
        byte[] leaf = good().bytes(LEAF.getPublic(), "sub", key.getPrivate());
        CertificateDraft noCa = CertificateDraft.authority("sub", 0).constraints(false, -1);
        CertificateDraft noUsage = CertificateDraft.authority("sub", 0).usage(DIGITAL_SIGNATURE);
        CertificateDraft silent = CertificateDraft.authority("sub", 0).without(KEY_USAGE);
        CertificateDraft first = CertificateDraft.authority("sub", 0).version(1);
        for (CertificateDraft draft : List.of(noCa, noUsage, silent, first)) {
            byte[] issuer =
                    draft.bytes(key.getPublic(), "root of td.test", CA.rootKey().getPrivate());
            assertThat(verdict(leaf, issuer)).isEqualTo(UNTRUSTED);
        }
    }

    @Test
    void refusesConstraintsItDoesNotUnderstand() {
        byte[] permitted =
                Der.sequence(Der.element(0xa0, Der.sequence(Der.ascii(0x86, "other.test"))));
        KeyPair key = CertificateDraft.newKey();
        for (boolean critical : new boolean[] {true, false}) {
            byte[] issuer =
                    CertificateDraft.authority("narrow", 0)
                            .with(NAME_CONSTRAINTS, critical, permitted)
                            .bytes(key.getPublic(), "root of td.test", CA.rootKey().getPrivate());
            byte[] leaf = good().bytes(LEAF.getPublic(), "narrow", key.getPrivate());
            assertThat(verdict(leaf, issuer)).isEqualTo(UNTRUSTED);
        }
        assertThat(verdict(leaf(good().with("1.3.6.1.4.1.99999.1", true, Der.sequence()))))
                .isEqualTo(UNTRUSTED);
        assertThat(verdict(leaf(good().with("1.3.6.1.4.1.99999.1", false, Der.sequence()))))
                .isNull();
    }

    @Test
    void refusesMalformedDerAtEveryLength() {
        byte[] leaf = leaf(good());
        for (int i = 0; i < leaf.length; i++) {
            assertThat(verdict(Arrays.copyOf(leaf, i))).isNotNull();
        }
        assertThat(verdict(Arrays.copyOf(leaf, leaf.length + 1))).isNotNull();
        assertThat(
                        verdict(
                                "-----BEGIN CERTIFICATE-----"
                                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isEqualTo(UNTRUSTED);
    }

    @Test
    void noChangedByteIsAcceptedAndNoneEscapesAsAnException() {
        byte[] leaf = leaf(good());
        for (int i = 0; i < leaf.length; i++) {
            for (int flip : new int[] {0x01, 0x20, 0x80, 0xff}) {
                byte[] bent = leaf.clone();
                bent[i] ^= (byte) flip;
                assertThat(verdict(bent)).as("byte %d ^ %d", i, flip).isNotNull();
            }
        }
    }

    @Test
    void manyIssuersOfOneNameCostABoundedNumberOfSignatures() {
        List<byte[]> chain = new ArrayList<>();
        chain.add(leaf(good()));
        for (int i = 1; i < PeerVerifier.MAX_CERTIFICATES; i++) {
            KeyPair key = CertificateDraft.newKey();
            chain.add(
                    CertificateDraft.authority(CA.issuerName(), 10)
                            .bytes(key.getPublic(), CA.issuerName(), key.getPrivate()));
        }
        assertThat(verdict(chain.toArray(new byte[0][]))).isEqualTo(UNTRUSTED);
    }

    /// Where the JDK's PKIX refuses a chain, so do we; and what both are asked that is proper, both
    /// accept.
    @Test
    void isNeverMoreLenientThanPkix() throws Exception {
        Instant past = now.minusSeconds(5);
        List<CertificateDraft> drafts =
                List.of(
                        good(),
                        good().constraints(true, -1),
                        good().without(BASIC_CONSTRAINTS),
                        good().valid(now.minusSeconds(100), past),
                        good().valid(now.plusSeconds(100), now.plusSeconds(200)),
                        good().with("1.3.6.1.4.1.99999.1", true, Der.sequence()),
                        good().usage(0x20),
                        good().without(EXTENDED_KEY_USAGE));
        int accepted = 0;
        for (CertificateDraft draft : drafts) {
            byte[] leaf = leaf(draft);
            boolean ours = verdict(leaf) == null;
            boolean pkix = pkixAccepts(leaf, der(CA.intermediate()));
            assertThat(!ours || pkix).isTrue();
            accepted += ours ? 1 : 0;
        }
        assertThat(accepted).isEqualTo(3);
    }

    private boolean pkixAccepts(byte[]... chain) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> parsed = new ArrayList<>();
        for (byte[] der : chain) {
            parsed.add(Pem.certificate(der));
        }
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(CA.root(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(factory.generateCertPath(parsed), parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
