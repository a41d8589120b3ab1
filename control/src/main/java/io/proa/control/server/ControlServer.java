package io.proa.control.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/// Serves the control wire on a Unix socket that only its owner may use.
public final class ControlServer implements AutoCloseable {
    /// `sun_path` of unix(7), its last byte a zero.
    private static final int LONGEST_PATH = 107;

    private static final int MOST_CONNECTIONS = 2048;
    private static final String ROOT = "root";
    private static final Duration STEP = Duration.ofMillis(2);

    private final ServerSocketChannel listener;
    private final Path socket;
    private final UserPrincipal owner;
    private final Desk desk;
    private final Sessions sessions = new Sessions();

    private ControlServer(
            ServerSocketChannel listener, Path socket, UserPrincipal owner, Desk desk) {
        this.listener = listener;
        this.socket = socket;
        this.owner = owner;
        this.desk = desk;
    }

    /// Binds and begins to serve.
    ///
    /// @throws IOException where the socket cannot be made; one sentence
    public static ControlServer open(Path socket, Desk desk) throws IOException {
        Path path = socket.toAbsolutePath();
        if (isServed(path)) {
            throw new IOException(path + " is served by another control plane already");
        }
        ServerSocketChannel listener = bind(path);
        var server = new ControlServer(listener, path, Files.getOwner(path), desk);
        Thread.ofVirtual().name("control-accept").start(server::accept);
        return server;
    }

    /// Tells all connected sidecars what has changed.
    public void fleetChanged() {
        for (Session session : sessions.all()) {
            session.refresh();
        }
    }

    /// Waits until the connected sidecars have taken what they were told.
    ///
    /// @param patience the longest wait; one that is slow then learns it later
    public void settle(Duration patience) {
        long looks = patience.dividedBy(STEP);
        try {
            while (looks-- > 0 && !sessions.all().stream().allMatch(Session::isSettled)) {
                Thread.sleep(STEP);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends connections whose peers have kept it waiting for too long. To be called now and then.
    public void tidy() {
        Instant now = desk.steady().instant();
        for (Session session : sessions.all()) {
            if (session.isOverdue(now)) {
                session.close();
            }
        }
    }

    /// Every pod that has been connected since this control plane started.
    public List<PodStatus> status() {
        return sessions.status();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(socket);
        for (Session session : sessions.all()) {
            session.close();
        }
    }

    /// Nothing but the listener's end ends this.
    private void accept() {
        while (listener.isOpen()) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException | RuntimeException e) {
                desk.log().accept("control: cannot accept: " + e);
                pause();
            }
        }
    }

    private void admit(SocketChannel channel) {
        try {
            String stranger =
                    sessions.count() >= MOST_CONNECTIONS
                            ? "too many connections"
                            : strangerAt(channel);
            if (stranger == null) {
                var session = new Session(channel, desk, sessions);
                sessions.began(session);
                Thread.ofVirtual().name("control-session").start(session::run);
                return;
            }
            desk.log().accept("control: closed a connection: " + stranger);
        } catch (IOException e) {
            desk.log().accept("control: closed a connection: " + e.getMessage());
        }
        close(channel);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // it is over either way
        }
    }

    /// The socket's mode keeps others out already; this holds where a folder was shared by mistake.
    private @Nullable String strangerAt(SocketChannel channel) throws IOException {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return null;
        }
        UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        String user = peer.user().getName();
        return user.equals(owner.getName()) || user.equals(ROOT)
                ? null
                : "it is user " + user + "'s, expected " + owner.getName();
    }

    /// Bound in a folder that nobody else may enter and moved when its mode is right: at no moment
    /// can others connect.
    private static ServerSocketChannel bind(Path path) throws IOException {
        Path folder = path.getParent();
        if (folder == null) {
            throw new IOException(path + " is no path for a socket");
        }
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path draftFolder =
                Files.createTempDirectory(
                        folder,
                        ".c",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        Path draft = draftFolder.resolve("s");
        int length = Math.max(draft.toString().length(), path.toString().length());
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            if (length > LONGEST_PATH) {
                throw new IOException(
                        "the path is too long for a socket by "
                                + (length - LONGEST_PATH)
                                + " characters: "
                                + path);
            }
            listener.bind(UnixDomainSocketAddress.of(draft), 256);
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
            return listener;
        } catch (IOException e) {
            listener.close();
            throw e;
        } finally {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(draftFolder);
        }
    }

    private static boolean isServed(Path path) {
        if (!Files.exists(path)) {
            return false;
        }
        try (SocketChannel trial = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return trial.isConnected();
        } catch (IOException _) {
            return false; // left behind by one that died
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
