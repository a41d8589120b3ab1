package io.proa.app.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// What stands behind the trainee: an HTTP server with answers of every shape, and an echo.
final class TrainingBackend implements AutoCloseable {
    private static final String KILOBYTE = "x".repeat(1024);

    private final ServerSocket http = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    private final ServerSocket tcp = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    private final AtomicInteger flaky = new AtomicInteger();

    TrainingBackend() throws IOException {
        serve(http, this::answer);
        serve(tcp, TrainingBackend::echo);
    }

    int httpPort() {
        return http.getLocalPort();
    }

    int tcpPort() {
        return tcp.getLocalPort();
    }

    private interface Conversation {
        void with(Socket socket) throws IOException;
    }

    private static void serve(ServerSocket listener, Conversation conversation) {
        Thread.ofVirtual()
                .start(() -> {
                    while (!listener.isClosed()) {
                        try {
                            Socket socket = listener.accept();
                            Thread.ofVirtual().start(() -> converse(socket, conversation));
                        } catch (IOException _) {
                            return; // closed
                        }
                    }
                });
    }

    private static void converse(Socket socket, Conversation conversation) {
        try (socket) {
            conversation.with(socket);
        } catch (IOException _) {
            // the other side went away, as it may
        }
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private void answer(Socket socket) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));
        OutputStream out = socket.getOutputStream();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String path = line.split(" ", 3)[1];
            skipBody(in, skipHead(in));
            out.write(answerTo(path).getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            if (path.equals("/close")) {
                return;
            }
        }
    }

    /// @return the length of the body: -1 for a chunked one
    private static int skipHead(BufferedReader in) throws IOException {
        int length = 0;
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            } else if (header.startsWith("transfer-encoding:")) {
                length = -1;
            }
        }
        return length;
    }

    private static void skipBody(BufferedReader in, int length) throws IOException {
        if (length >= 0) {
            for (int i = 0; i < length; i++) {
                in.read();
            }
            return;
        }
        for (String size = in.readLine(); size != null && !size.equals("0"); size = in.readLine()) {
            in.readLine();
        }
        in.readLine();
    }

    private String answerTo(String path) {
        return switch (path) {
            case "/chunked" ->
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n"
                            + KILOBYTE
                            + "\r\n5\r\nhello\r\n0\r\n\r\n";
            case "/empty" -> "HTTP/1.1 204 No Content\r\n\r\n";
            case "/missing" -> "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno";
            case "/close" -> "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbye";
            case "/flaky" ->
                    flaky.incrementAndGet() % 2 == 0
                            ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                            : "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno";
            default ->
                    "HTTP/1.1 200 OK\r\nServer: training\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n"
                            + KILOBYTE;
        };
    }

    @Override
    public void close() throws IOException {
        http.close();
        tcp.close();
    }
}
