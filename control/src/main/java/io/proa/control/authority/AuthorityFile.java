package io.proa.control.authority;

import io.proa.identity.Pem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/// Root and issuer on disk, in one file so that no crash can part a key from its certificate.
final class AuthorityFile {
    private static final String NAME = "authority.pem";
    private static final String ROOT = "root\n";
    private static final String ISSUER = "issuer\n";
    private static final String OWNER_ONLY = "rw-------";
    private static final String OWNER_ONLY_FOLDER = "rwx------";
    private static final int MAX_BYTES = 64 * 1024;

    record Content(Signer root, Signer issuer) {}

    private final Path directory;
    private final Path file;

    AuthorityFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
    }

    Path path() {
        return file;
    }

    boolean exists() {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /// @return whether this call created it; false where somebody else was faster
    boolean create(Content content) throws IOException {
        Files.createDirectories(directory, mode(OWNER_ONLY_FOLDER));
        requireMode(directory, OWNER_ONLY_FOLDER, "chmod 700 ");
        Path temporary = write(content);
        try {
            Files.createLink(file, temporary);
            sync();
            return true;
        } catch (FileAlreadyExistsException _) {
            return false;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    void replace(Content content) throws IOException {
        Path temporary = write(content);
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            sync();
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    Content load() throws IOException {
        requireMode(directory, OWNER_ONLY_FOLDER, "chmod 700 ");
        requireMode(file, OWNER_ONLY, "chmod 600 ");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    file + " is not an authority's file: expected a small regular file");
        }
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        int split = text.indexOf(ISSUER);
        if (!text.startsWith(ROOT) || split < 0) {
            throw damaged("expected the parts 'root' and 'issuer'");
        }
        try {
            Content content =
                    new Content(signer(text.substring(0, split)), signer(text.substring(split)));
            content.issuer().certificate().verify(content.root().certificate().getPublicKey());
            return content;
        } catch (IllegalArgumentException | java.security.GeneralSecurityException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private static Signer signer(String part) {
        List<X509Certificate> certificates = Pem.certificates(part);
        if (certificates.size() != 1) {
            throw new IllegalArgumentException("expected one certificate for each key");
        }
        Signer signer = new Signer(Pem.key(part), certificates.getFirst());
        if (!signer.belongsTogether()) {
            throw new IllegalArgumentException("a key that is not its certificate's");
        }
        return signer;
    }

    private Path write(Content content) throws IOException {
        String text =
                ROOT
                        + Pem.ofKey(content.root().key())
                        + Pem.ofCertificates(List.of(content.root().certificate()))
                        + ISSUER
                        + Pem.ofKey(content.issuer().key())
                        + Pem.ofCertificates(List.of(content.issuer().certificate()));
        Path temporary = Files.createTempFile(directory, NAME, ".new", mode(OWNER_ONLY));
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        return temporary;
    }

    private void sync() throws IOException {
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private IOException damaged(String problem) {
        return new IOException(
                file
                        + " is damaged ("
                        + problem
                        + "); restore it, or remove it to begin a new authority that no running"
                        + " sidecar trusts yet");
    }

    private static void requireMode(Path path, String wanted, String remedy) throws IOException {
        Set<PosixFilePermission> mode =
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        if (!PosixFilePermissions.fromString(wanted).containsAll(mode)) {
            throw new IOException(
                    path
                            + " has mode "
                            + PosixFilePermissions.toString(mode)
                            + ", expected "
                            + wanted
                            + ": others may read the authority's keys; if nobody did, run "
                            + remedy
                            + path);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
