package io.proa.app.launcher;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import tools.jackson.databind.json.JsonMapper;

/// The launcher's Unix socket: HTTP/1.1, one request per connection, JSON both ways, for its owner
/// alone. Whoever is slow to ask is cut off; what is asked may take as long as it takes.
final class LauncherServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_AT_ONCE = 64;

    private final ServerSocketChannel listener;
    private final Path socket;
    private final UserPrincipal owner;
    private final Desk desk;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);

    /// Who answers.
    interface Desk {
        /// @return what is to be written as JSON
        /// @throws Fault when it cannot be done
        Object answer(LocalRequest request);
    }

    /// Thrown by a desk for a path that it does not have.
    static final class NoSuchPath extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private LauncherServer(
            ServerSocketChannel listener, Path socket, UserPrincipal owner, Desk desk) {
        this.listener = listener;
        this.socket = socket;
        this.owner = owner;
        this.desk = desk;
    }

    static LauncherServer open(Path socket, Desk desk) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket), MOST_AT_ONCE);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            LauncherServer server =
                    new LauncherServer(listener, socket, Files.getOwner(socket), desk);
            Thread.ofVirtual().name("launcher socket").start(server::acceptAll);
            return server;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private void acceptAll() {
        while (listener.isOpen()) {
            try {
                room.acquire();
                SocketChannel caller = accepted();
                Thread.ofVirtual().name("launcher request").start(() -> attend(caller));
            } catch (IOException _) {
                // Closed, or a caller gone before it was accepted: the loop's condition decides.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private SocketChannel accepted() throws IOException {
        try {
            return listener.accept();
        } catch (IOException e) {
            room.release();
            throw e;
        }
    }

    private void attend(SocketChannel caller) {
        try (caller) {
            if (!caller.getOption(ExtendedSocketOptions.SO_PEERCRED).user().equals(owner)) {
                return; // the folder's mode has let nobody else in; should that change, this does
            }
            write(caller, answer(caller));
        } catch (IOException _) {
            // The caller has gone.
        } finally {
            room.release();
        }
    }

    private record Answer(int status, Object body) {}

    private Answer answer(SocketChannel caller) throws IOException {
        try {
            return new Answer(200, desk.answer(read(caller)));
        } catch (LocalRequest.Malformed e) {
            return new Answer(400, FaultText.of(Sysexit.USAGE, List.of(text(e)), ""));
        } catch (NoSuchPath _) {
            return new Answer(404, FaultText.of(Sysexit.USAGE, List.of("no such path"), ""));
        } catch (Fault e) {
            return new Answer(409, FaultText.of(e));
        } catch (RuntimeException e) {
            return new Answer(
                    500, FaultText.of(Sysexit.SOFTWARE, List.of("a mistake of Proa: " + e), ""));
        }
    }

    private static String text(Exception problem) {
        return String.valueOf(problem.getMessage());
    }

    private static LocalRequest read(SocketChannel caller) throws IOException {
        Thread patience =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                Thread.sleep(PATIENCE);
                                caller.close();
                            } catch (InterruptedException | IOException _) {
                                // It has been read, or is gone.
                            }
                        });
        try {
            return LocalRequest.read(caller);
        } finally {
            patience.interrupt();
        }
    }

    private static void write(SocketChannel caller, Answer answer) throws IOException {
        byte[] body = JsonMapper.shared().writeValueAsBytes(answer.body());
        String head =
                "HTTP/1.1 "
                        + answer.status()
                        + (answer.status() == 200 ? " OK" : " Refused")
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length
                        + "\r\nConnection: close\r\n\r\n";
        ByteBuffer[] parts = {
            ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)), ByteBuffer.wrap(body)
        };
        while (parts[1].hasRemaining()) {
            caller.write(parts);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        Files.deleteIfExists(socket);
    }
}
