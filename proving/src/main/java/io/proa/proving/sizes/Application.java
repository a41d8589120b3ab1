package io.proa.proving.sizes;

import io.proa.proving.http2.Http2End;
import io.proa.proving.http2.Http2Stream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What stands behind the second sidecar, a port for each way of talking.
final class Application implements AutoCloseable {
    private static final int QUEUE = 4096;
    private static final long PATIENCE_MILLIS = 120_000;

    private final ServerSocket stream = listener();
    private final ServerSocket http = listener();
    private final ServerSocket http2 = listener();

    private interface Service {
        void serve(Socket socket) throws IOException;
    }

    Application() throws IOException {
        Thread.ofVirtual().start(() -> accept(stream, Application::lines));
        Thread.ofVirtual().start(() -> accept(http, Application::requests));
        Thread.ofVirtual().start(() -> accept(http2, s -> Http2End.serve(s, Application::echo)));
    }

    private static ServerSocket listener() throws IOException {
        ServerSocket made = new ServerSocket();
        made.bind(new InetSocketAddress(MeshedPair.LOOPBACK, 0), QUEUE);
        return made;
    }

    /// A line `SIZE` is answered by so many bytes of [Content].
    int streamPort() {
        return stream.getLocalPort();
    }

    /// `GET /SIZE` is answered by a body of so many bytes of [Content].
    int httpPort() {
        return http.getLocalPort();
    }

    /// Every body is sent back while it comes.
    int http2Port() {
        return http2.getLocalPort();
    }

    private static void accept(ServerSocket listener, Service service) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket, service));
            } catch (IOException _) {
                // Closed.
            }
        }
    }

    private static void serve(Socket socket, Service service) {
        try (socket) {
            service.serve(socket);
        } catch (IOException _) {
            // Whoever called sees it.
        }
    }

    /// Without a buffer of its own: thousands of these are open.
    private static void lines(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            Content.send(socket.getOutputStream(), Long.parseLong(line.strip()));
        }
    }

    private static void requests(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1024);
        OutputStream out = socket.getOutputStream();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            long size = Long.parseLong(line.split(" ", 3)[1].substring(1));
            while (line.length() > 2) {
                line = line(in);
            }
            out.write(
                    ("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Content.send(out, size);
        }
    }

    /// With its end; empty where the connection has ended.
    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            line.append((char) c);
            if (c == '\n') {
                return line.toString();
            }
        }
        return "";
    }

    private static void echo(Http2Stream stream) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        stream.hear(0);
                        stream.fields(List.of(":status: 200"), false);
                        boolean last = false;
                        while (!last
                                && stream.hear(PATIENCE_MILLIS)
                                        instanceof
                                        Http2Stream.Heard.Data(byte[] bytes, boolean end)) {
                            stream.data(bytes, bytes.length, end);
                            last = end;
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Override
    public void close() throws IOException {
        stream.close();
        http.close();
        http2.close();
    }
}
