package io.proa.proving.attack;

import io.proa.proving.framing.Http2Frames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// An upstream of HTTP/2 that answers each request by whatever it was last told to play.
final class HostileOrigin implements AutoCloseable {
    /// What is done about a request; an exception ends the connection.
    @FunctionalInterface
    interface Part {
        void play(Stage stage, int stream) throws IOException;
    }

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Part part = (_, _) -> {};

    /// Frames that were sent, over all connections.
    final AtomicLong frames = new AtomicLong();

    /// Connections made to it.
    final AtomicLong connections = new AtomicLong();

    HostileOrigin() throws IOException {
        server = new ServerSocket();
        server.bind(new InetSocketAddress(Doors.LOOPBACK, 0), 1024);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void plays(Part next) {
        part = next;
        frames.set(0);
        connections.set(0);
        for (Socket socket : open) {
            close(socket);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                // Closed, or the machine has no descriptor now.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
            Stage stage = new Stage(new BufferedOutputStream(socket.getOutputStream(), 16 * 1024));
            in.skipNBytes(24);
            stage.frame(Http2Line.SETTINGS, 0, 0);
            stage.flush();
            byte[] head = new byte[9];
            while (in.readNBytes(head, 0, 9) == 9) {
                ByteBuffer frame = ByteBuffer.wrap(head);
                int lengthAndType = frame.getInt();
                int flags = frame.get();
                int stream = frame.getInt();
                in.skipNBytes(lengthAndType >>> 8);
                if ((lengthAndType & 0xff) == Http2Line.HEADERS) {
                    part.play(stage, stream);
                } else if ((lengthAndType & 0xff) == Http2Line.SETTINGS && flags == 0) {
                    stage.frame(Http2Line.SETTINGS, 1, 0);
                }
                stage.flush();
            }
        } catch (IOException _) {
            // Either side may end it.
        } finally {
            open.remove(socket);
        }
    }

    /// The upstream's end of one connection.
    final class Stage {
        private final OutputStream out;

        Stage(OutputStream out) {
            this.out = out;
        }

        void frame(int type, int flags, int stream, byte... payload) throws IOException {
            frames.incrementAndGet();
            out.write(Http2Frames.frame(type, flags, stream, payload));
        }

        void flush() throws IOException {
            out.flush();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing is left to be done with it.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(HostileOrigin::close);
    }
}
