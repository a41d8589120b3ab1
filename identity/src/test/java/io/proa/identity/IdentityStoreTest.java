package io.proa.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.identity.IdentityStore.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityStoreTest {
    private static final TestAuthority CA = TestAuthority.of("prod");

    @TempDir Path folder;

    private IdentityStore store() {
        return new IdentityStore(folder.resolve("state"));
    }

    private Path file() {
        return folder.resolve("state/identity.pem");
    }

    @Test
    void findsNothingBeforeTheFirstSave() {
        assertThat(store().load()).isEqualTo(new Loaded.Nothing());
    }

    @Test
    void returnsTheLastSavedIdentityAndBundle() throws IOException {
        store().save(CA.issue("old"), CA.bundle());
        WorkloadIdentity web = CA.issue("web");
        store().save(web, CA.bundle());

        Loaded.Found found = (Loaded.Found) store().load();

        assertThat(found.identity()).isEqualTo(web);
        assertThat(found.bundle()).isEqualTo(CA.bundle());
        try (TlsContext context =
                TlsProvider.open(found.identity(), found.bundle(), TlsSettings.defaults())) {
            assertThat(context.library()).isEqualTo("boringssl");
        }
    }

    @Test
    void isReadableByItsOwnerAloneAndLeavesNoTemporaryFiles() throws IOException {
        store().save(CA.issue("web"), CA.bundle());
        store().save(CA.issue("web"), CA.bundle());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(file().resolveSibling("."))))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(folder.resolve("state"))) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void namesTheProblemOfADamagedFileAtEveryLength() throws IOException {
        store().save(CA.issue("web"), CA.bundle());
        String text = Files.readString(file());
        for (int length = 0; length < text.length(); length += 37) {
            Files.writeString(file(), text.substring(0, length));
            assertThat(store().load()).isInstanceOf(Loaded.Damaged.class);
        }
        for (int at = 0; at < text.length(); at += 29) {
            char[] bent = text.toCharArray();
            bent[at] = (char) (bent[at] ^ 1);
            Files.writeString(file(), new String(bent));
            Loaded loaded = store().load();
            assertThat(loaded).isInstanceOf(Loaded.Damaged.class);
            assertThat(((Loaded.Damaged) loaded).problem()).startsWith(file().toString());
        }
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(store().load()).isInstanceOf(Loaded.Damaged.class);
        Files.delete(file());
        Files.createDirectory(file());
        assertThat(store().load()).isInstanceOf(Loaded.Damaged.class);
    }

    @Test
    void distrustsAFileOthersMayRead() throws IOException {
        store().save(CA.issue("web"), CA.bundle());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(((Loaded.Damaged) store().load()).problem()).contains("rw-r--r--");
    }

    @Test
    void neverPrintsTheKey() {
        WorkloadIdentity web = CA.issue("web");
        String secret = Pem.ofKey(web.key()).split("\n", -1)[1];

        assertThat(web.toString()).doesNotContain(secret).contains("spiffe://prod/");
        assertThat(CertificateRequest.create(web.id()).toString())
                .isEqualTo("CertificateRequest[" + web.id() + "]");
    }
}
