package io.proa.wire;

import io.proa.model.MeshSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;

/// A snapshot on disk: a sidecar's last good one, or one written by hand.
public final class SnapshotFile {
    /// Larger than any frame; a bigger file is not a snapshot.
    private static final long MAX_BYTES = 16L << 20;

    private SnapshotFile() {}

    /// @throws MalformedMessage naming file, place, the value seen and the value expected
    public static MeshSnapshot load(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw new MalformedMessage(
                    "", file + ": saw " + size + " bytes, expected at most " + MAX_BYTES);
        }
        try {
            return SnapshotCodec.decode(Files.readAllBytes(file));
        } catch (MalformedMessage e) {
            var named = new MalformedMessage("", file + " at " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    /// Atomic: a reader, also one after a power cut, sees the old file or the new one, whole. Mode
    /// 0600.
    public static void save(Path file, MeshSnapshot snapshot) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path draft =
                Files.createTempFile(
                        folder,
                        ".snapshot",
                        ".tmp",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            try (var out = FileChannel.open(draft, EnumSet.of(StandardOpenOption.WRITE))) {
                var bytes = ByteBuffer.wrap(SnapshotCodec.encodeIndented(snapshot));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
