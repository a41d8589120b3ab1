package io.proa.app.fleet;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder of one running fleet (mode 0700): sockets, the sidecars' last good state, logs. It
/// exists while the fleet runs and is removed with it; a lock in it says whether a fleet of that
/// name is running.
public final class RunDirectory implements AutoCloseable {
    /// A Unix socket's path must fit `sockaddr_un.sun_path`, 108 bytes with its final zero.
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final Duration LOCK_STEP = Duration.ofMillis(10);
    private static final Duration LOCK_PATIENCE = Duration.ofMillis(200);

    /// What the control plane binds before it moves it to its place.
    private static final String LONGEST_OWN_NAME = ".c18446744073709551615/s";

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final Path lockFile;
    private final Path noteFile;
    private final FileChannel lockChannel;
    private final Instant opened = Instant.now();
    private volatile @Nullable LastNote noted;
    private volatile boolean explicit;
    private boolean closed;

    private RunDirectory(Path path, Path lockFile, Path noteFile, FileChannel lockChannel) {
        this.path = path;
        this.lockFile = lockFile;
        this.noteFile = noteFile;
        this.lockChannel = lockChannel;
    }

    /// What [#open] would refuse, before anything is made.
    ///
    /// @throws Fault when a fleet of that name is running, or a socket's path would be too long
    public static void check(Path base, FleetPlan plan) {
        Path path = base.resolve(plan.name());
        socket(path.resolve(LONGEST_OWN_NAME));
        for (FleetPlan.Service service : plan.services()) {
            for (FleetPlan.PodPlan pod : service.pods()) {
                socket(path.resolve("pods").resolve(pod.name()).resolve("publish-65535.sock"));
            }
        }
        Path lockFile = base.resolve(plan.name() + ".lock");
        if (!Files.exists(lockFile)) {
            return;
        }
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            if (channel.tryLock() == null) {
                throw running(plan.name(), channel);
            }
        } catch (IOException e) {
            throw cannotMake(path, e);
        }
    }

    private static Fault running(String fleet, FileChannel lockFile) throws IOException {
        ByteBuffer holder = ByteBuffer.allocate(20);
        lockFile.read(holder, 0);
        String pid = new String(holder.array(), 0, holder.position(), StandardCharsets.US_ASCII);
        return Fault.of(
                Sysexit.UNAVAILABLE,
                "fleet '"
                        + fleet
                        + "' is running already"
                        + (pid.isBlank() ? "" : " (process " + pid.strip() + ")")
                        + "; expected none of that name",
                "nothing has been started; changes of its document need no second start, and proa down --fleet "
                        + fleet
                        + " ends it");
    }

    private static Fault cannotMake(Path path, IOException cause) {
        return Fault.of(
                Sysexit.CANT_CREATE,
                "cannot make the run directory " + path + ": " + Reasons.of(cause),
                "set XDG_RUNTIME_DIR to a folder of yours");
    }

    /// Makes `<base>/<fleet>` afresh and takes its lock; what a killed predecessor left is removed.
    ///
    /// @param base see [#base]
    public static RunDirectory open(Path base, String fleet) {
        try {
            try {
                Files.createDirectory(base, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            } catch (FileAlreadyExistsException _) {
                // Another fleet's, or a predecessor's: looked at next.
            }
            refuseOpenToOthers(base);
            Path lockFile = base.resolve(fleet + ".lock");
            FileChannel channel =
                    FileChannel.open(
                            lockFile,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.READ);
            if (!isLocked(channel)) {
                try (channel) {
                    throw running(fleet, channel);
                }
            }
            if (!Files.exists(lockFile)) {
                channel.close(); // a fleet that was ending has just removed it
                return open(base, fleet);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.US_ASCII)));
            Path path = base.resolve(fleet);
            removeTree(path);
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            RunDirectory run =
                    new RunDirectory(path, lockFile, LastNote.file(base, fleet), channel);
            run.note(List.of());
            return run;
        } catch (IOException e) {
            throw cannotMake(base.resolve(fleet), e);
        }
    }

    /// Not at the first failure: a command that looks whether the fleet runs holds the lock for a
    /// moment.
    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return Waiting.until(() -> tryLock(channel), LOCK_STEP, LOCK_PATIENCE);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean tryLock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes what a fleet whose owner was killed has left.
    ///
    /// @return false where it runs
    public static boolean clean(Path base, String fleet) throws IOException {
        Path lockFile = base.resolve(fleet + ".lock");
        if (!Files.exists(lockFile)) {
            return true;
        }
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            if (channel.tryLock() == null) {
                return false;
            }
            removeTree(base.resolve(fleet));
            Files.deleteIfExists(lockFile);
            return true;
        }
    }

    /// Whether somebody holds that lock file.
    public static boolean isHeld(Path lockFile) {
        try (FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            return channel.tryLock() == null;
        } catch (IOException _) {
            return false; // gone meanwhile
        }
    }

    /// In a folder that others may write to, somebody else could have made `base` first and be
    /// waiting for our sockets.
    private static void refuseOpenToOthers(Path base) throws IOException {
        PosixFileAttributes found =
                Files.readAttributes(base, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory() || !OWNER_ONLY.containsAll(found.permissions())) {
            throw Fault.of(
                    Sysexit.CANT_CREATE,
                    base
                            + " is a "
                            + (found.isSymbolicLink()
                                    ? "link"
                                    : "folder of mode "
                                            + PosixFilePermissions.toString(found.permissions()))
                            + "; expected a folder that nobody else can enter (rwx------)",
                    "remove it, or set XDG_RUNTIME_DIR to a folder of yours");
        }
    }

    /// Where run directories live: `$XDG_RUNTIME_DIR/proa` where set (a relative path counts as not
    /// set, XDG Base Directory Specification 0.8), `/run/proa` for root, else `/tmp/proa-<user>`.
    public static Path base(String runtimeDir, Path run, String user) {
        if (runtimeDir.startsWith("/")) {
            return Path.of(runtimeDir, "proa");
        }
        return Files.isWritable(run) ? run.resolve("proa") : Path.of("/tmp", "proa-" + user);
    }

    public Path path() {
        return path;
    }

    /// For the note.
    void mode(Mode mode) {
        explicit = mode == Mode.EXPLICIT;
    }

    /// Keeps a note of what runs, for the case that this process is killed.
    synchronized void note(List<String> pods) throws IOException {
        if (closed) {
            return;
        }
        noted = new LastNote(ProcessHandle.current().pid(), opened, pods, "", explicit);
        noted.write(noteFile);
    }

    /// Leaves a note of how the fleet ended, for the next command to tell; without it an end is in
    /// order and leaves nothing.
    synchronized void noteEnd(String ended) throws IOException {
        LastNote last = noted;
        if (last != null) {
            noted = null;
            new LastNote(last.pid(), last.since(), last.pods(), ended, explicit).write(noteFile);
        }
    }

    /// A start that was broken off may go on for a moment; what it made now would stay.
    private void refuseLate() {
        if (closed) {
            throw new IllegalStateException(path + " has been removed");
        }
    }

    public Path controlSocket() {
        return socket(path.resolve("control.sock"));
    }

    /// The pod's own folder, made when first asked for.
    public synchronized Path pod(String pod) {
        refuseLate();
        Path folder = path.resolve("pods").resolve(pod);
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    public Path adminSocket(String pod) {
        return socket(pod(pod).resolve("admin.sock"));
    }

    public Path publishSocket(String pod, int port) {
        return socket(pod(pod).resolve("publish-" + port + ".sock"));
    }

    /// Where the documents of programs that join the fleet are.
    public Path joined() {
        return path.resolve("joined");
    }

    public Path state(String pod) {
        return pod(pod).resolve("state");
    }

    public Path log(String name) {
        return path.resolve(name + ".log");
    }

    private static Path socket(Path socket) {
        int length = socket.toString().length();
        if (length > LONGEST_SOCKET_PATH) {
            throw Fault.of(
                    Sysexit.UNAVAILABLE,
                    "the socket path "
                            + socket
                            + " has "
                            + length
                            + " characters; expected at most "
                            + LONGEST_SOCKET_PATH,
                    "set XDG_RUNTIME_DIR to a shorter folder, or shorten the names in the document");
        }
        return socket;
    }

    /// Removes the folder and gives up the lock.
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        removeTree(path);
        if (noted != null) {
            Files.deleteIfExists(noteFile);
        }
        Files.deleteIfExists(lockFile);
        lockChannel.close();
        try {
            Files.delete(path.getParent());
        } catch (DirectoryNotEmptyException _) {
            // Another fleet's run directory is in it.
        }
    }

    /// Removes a folder and all that is in it, if it is there.
    public static void removeTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
