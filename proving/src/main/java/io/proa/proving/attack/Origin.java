package io.proa.proving.attack;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The application behind all candidates: one port for each kind of answer, HTTP/1.1 and HTTP/2 by
/// prior knowledge on each.
final class Origin implements AutoCloseable {
    /// What a port does with a request.
    enum Kind {
        /// Reads all of it, then answers in a few bytes.
        SMALL,
        /// Answers with more than anybody wants to keep.
        LARGE,
        /// Reads its head and nothing more, and leaves after five seconds.
        DEAF
    }

    static final int LARGE_BODY = 32 << 20;
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server;
    private final Kind kind;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /// Requests whose head has arrived.
    final AtomicLong requests = new AtomicLong();

    Origin(Kind kind) throws IOException {
        this.kind = kind;
        this.server = new ServerSocket();
        server.bind(new InetSocketAddress(Doors.LOOPBACK, 0), 1024);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    Kind kind() {
        return kind;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
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
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
            in.mark(4);
            boolean http2 = new String(in.readNBytes(3), StandardCharsets.US_ASCII).equals("PRI");
            in.reset();
            if (http2) {
                new Http2Origin(this, in, out).serve();
            } else {
                http1(in, out);
            }
        } catch (IOException _) {
            // The candidate ends connections; that is not looked at here.
        } finally {
            open.remove(socket);
        }
    }

    private void http1(InputStream in, OutputStream out) throws IOException {
        for (String head = head(in); !head.isEmpty(); head = head(in)) {
            requests.incrementAndGet();
            switch (kind) {
                case SMALL -> {
                    skipBody(in, head);
                    out.write(ANSWER);
                    out.flush();
                }
                case LARGE -> large(out);
                case DEAF -> sleep();
            }
        }
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(5_000);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void large(OutputStream out) throws IOException {
        out.write(
                ("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE_BODY + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        byte[] piece = new byte[64 * 1024];
        for (int sent = 0; sent < LARGE_BODY; sent += piece.length) {
            out.write(piece);
        }
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            String line = line(in);
            if (line.isEmpty()) {
                return "";
            }
            head.append(line);
        }
        return head.toString();
    }

    /// With its end; empty where the connection has ended.
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            line.append((char) c);
            if (c == '\n') {
                return line.toString();
            }
        }
        return "";
    }

    private static void skipBody(InputStream in, String head) throws IOException {
        String lower = head.toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int end = lower.indexOf('\r', at + 2);
            in.skipNBytes(Long.parseLong(lower.substring(at + 17, end).strip()));
        } else if (lower.contains("\r\ntransfer-encoding:")) {
            skipChunks(in);
        }
    }

    private static void skipChunks(InputStream in) throws IOException {
        while (true) {
            String line = line(in);
            if (line.isEmpty()) {
                throw new IOException("the connection ended within a body");
            }
            String digits = line.strip().replaceFirst(";.*", "");
            long size = Long.parseLong(digits, 16);
            if (size == 0) {
                for (String next = line(in); next.length() > 2; next = line(in)) {
                    // Trailers.
                }
                return;
            }
            in.skipNBytes(size + 2);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
