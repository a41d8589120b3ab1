package io.proa.identity;

import io.proa.model.SpiffeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The last good identity on disk, so that a sidecar restarts without its control plane.
///
/// One file holds key, chain and bundle, for they only make sense together; it is replaced by
/// rename, readable by its owner alone, and ends in a checksum, so that a torn or edited file is
/// seen as such.
public final class IdentityStore {
    private static final String FILE = "identity.pem";
    private static final String HEADER = "proa-identity 1\n";
    private static final String CHAIN = "chain\n";
    private static final String ROOTS = "roots\n";
    private static final String CHECKSUM = "sha256 ";
    private static final int MAX_BYTES = 256 * 1024;

    private final Path directory;

    public IdentityStore(Path directory) {
        this.directory = directory;
    }

    /// What was found on disk.
    public sealed interface Loaded {
        record Found(WorkloadIdentity identity, TrustBundle bundle) implements Loaded {}

        record Nothing() implements Loaded {}

        /// @param problem a sentence naming the file and what is wrong with it
        record Damaged(String problem) implements Loaded {}
    }

    /// Replaces what is stored, whole or not at all.
    public void save(WorkloadIdentity identity, TrustBundle bundle) throws IOException {
        String body =
                HEADER
                        + "id "
                        + identity.id()
                        + '\n'
                        + "trust-domain "
                        + bundle.trustDomain()
                        + '\n'
                        + "bundle-revision "
                        + bundle.revision()
                        + '\n'
                        + Pem.ofKey(identity.key())
                        + CHAIN
                        + Pem.ofCertificates(identity.chain())
                        + ROOTS
                        + Pem.ofCertificates(bundle.roots());
        byte[] bytes = (body + CHECKSUM + sha256(body) + '\n').getBytes(StandardCharsets.US_ASCII);
        Files.createDirectories(directory, permissions("rwx------"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Path temporary = Files.createTempFile(directory, FILE, ".new", permissions("rw-------"));
        try {
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                out.force(true);
            }
            Files.move(temporary, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /// Never throws for what is in the file; expiry is the caller's to judge.
    public Loaded load() {
        Path file = directory.resolve(FILE);
        try {
            Set<PosixFilePermission> mode =
                    Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return damaged(file, "is not a regular file");
            }
            if (!PosixFilePermissions.fromString("rw-------").containsAll(mode)) {
                return damaged(
                        file,
                        "has mode "
                                + PosixFilePermissions.toString(mode)
                                + ", expected rw-------: others may have read the key");
            }
            if (Files.size(file) > MAX_BYTES) {
                return damaged(file, "is larger than " + MAX_BYTES + " bytes");
            }
            return parse(file, Files.readString(file, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException _) {
            return new Loaded.Nothing();
        } catch (IOException e) {
            return damaged(file, "cannot be read: " + e.getMessage());
        }
    }

    private static Loaded parse(Path file, String text) {
        int checksum = text.lastIndexOf(CHECKSUM);
        if (!text.startsWith(HEADER) || checksum < 0) {
            return damaged(file, "is not an identity file of version 1, or was cut short");
        }
        String body = text.substring(0, checksum);
        if (!text.substring(checksum).equals(CHECKSUM + sha256(body) + '\n')) {
            return damaged(file, "does not match its checksum");
        }
        int chainAt = body.indexOf(CHAIN);
        int rootsAt = body.indexOf(ROOTS, chainAt);
        if (chainAt < 0 || rootsAt < 0) {
            return damaged(file, "lacks its chain or roots");
        }
        try {
            String head = body.substring(0, chainAt);
            PrivateKey key = Pem.key(head);
            List<X509Certificate> chain = Pem.certificates(body.substring(chainAt, rootsAt));
            List<X509Certificate> roots = Pem.certificates(body.substring(rootsAt));
            if (chain.isEmpty()) {
                return damaged(file, "holds no certificate");
            }
            return new Loaded.Found(
                    new WorkloadIdentity(SpiffeId.parse(field(head, "id ")), key, chain),
                    new TrustBundle(
                            field(head, "trust-domain "),
                            Long.parseLong(field(head, "bundle-revision ")),
                            roots));
        } catch (IllegalArgumentException e) {
            return damaged(file, "does not parse: " + e.getMessage());
        }
    }

    private static String field(String head, String name) {
        int start = head.indexOf('\n' + name);
        if (start < 0) {
            throw new IllegalArgumentException("no line '" + name.strip() + "'");
        }
        return head.substring(start + 1 + name.length(), head.indexOf('\n', start + 1));
    }

    private static Loaded damaged(Path file, String problem) {
        return new Loaded.Damaged(file + " " + problem);
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    private static String sha256(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
