package io.proa.app.training;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The clients of a training run. What they ask for is what an application asks for on an ordinary
/// day, in the proportions of an ordinary day: the cache records which code is hot.
final class TrainingTraffic {
    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 600;
    private static final String BROWSER_HEADERS =
            "Host: trainee:8080\r\nUser-Agent: training/1\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n";
    private static final String[] UNUSUAL = {
        "GET /chunked HTTP/1.1\r\n" + BROWSER_HEADERS + "\r\n",
        "GET /empty HTTP/1.1\r\n" + BROWSER_HEADERS + "\r\n",
        "GET /missing HTTP/1.1\r\n"
                + BROWSER_HEADERS
                + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
        "GET /flaky HTTP/1.1\r\n" + BROWSER_HEADERS + "x-request-id: training\r\n\r\n",
        "POST /post HTTP/1.1\r\n" + BROWSER_HEADERS + "Content-Length: 11\r\n\r\nhello=world",
        "POST /post HTTP/1.1\r\n"
                + BROWSER_HEADERS
                + "Transfer-Encoding: chunked\r\n\r\nb\r\nhello=world\r\n0\r\n\r\n",
        "GET /close HTTP/1.1\r\n" + BROWSER_HEADERS + "\r\n",
    };

    private TrainingTraffic() {}

    static void http(int port) throws InterruptedException {
        together(CONNECTIONS, client -> browse(port, client));
        together(1, _ -> nonsense(port));
    }

    static void opaque(int port) throws InterruptedException {
        together(4, _ -> echo(port));
    }

    /// Someone outside the mesh at the mesh's door.
    static void plaintextStranger(int port) throws InterruptedException {
        together(1, _ -> nonsense(port));
    }

    private interface Client {
        void run(int number) throws IOException;
    }

    private static void together(int count, Client client) throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            clients.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    client.run(number);
                                } catch (IOException e) {
                                    System.err.println("a client stopped: " + e.getMessage());
                                }
                            }));
        }
        for (Thread thread : clients) {
            thread.join(15_000);
        }
    }

    private static void browse(int port, int client) throws IOException {
        String usual = "GET /item/" + client + "?page=1 HTTP/1.1\r\n" + BROWSER_HEADERS + "\r\n";
        for (int connection = 0; connection < 4; connection++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(5000);
                var in = new BufferedInputStream(socket.getInputStream());
                for (int i = 0; i < ROUNDS / 4; i++) {
                    boolean ordinary = i % 10 != 9;
                    int which = (i / 10 + client) % UNUSUAL.length;
                    String request = ordinary ? usual : UNUSUAL[which];
                    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                    if (!readAnswer(in)) {
                        break; // the answer was the last on this connection
                    }
                }
            }
        }
    }

    /// @return whether the connection stays open
    private static boolean readAnswer(InputStream in) throws IOException {
        int length = 0;
        boolean open = true;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            } else if (header.startsWith("transfer-encoding:")) {
                length = -1;
            } else if (header.equals("connection: close")) {
                open = false;
            }
        }
        if (length >= 0) {
            in.skipNBytes(length);
            return open;
        }
        for (int size = Integer.parseInt(readLine(in), 16);
                size > 0;
                size = Integer.parseInt(readLine(in), 16)) {
            in.skipNBytes(size + 2);
        }
        readLine(in);
        return open;
    }

    private static String readLine(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("closed within an answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static void echo(int port) throws IOException {
        byte[] message =
                "a message that is not HTTP\n".repeat(40).getBytes(StandardCharsets.ISO_8859_1);
        for (int connection = 0; connection < 5; connection++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(5000);
                for (int i = 0; i < 50; i++) {
                    socket.getOutputStream().write(message);
                    socket.getInputStream().readNBytes(message.length);
                }
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
        }
    }

    private static void nonsense(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream()
                    .write(
                            "GET /\u0001 HTTP/1.1\r\nbad header\r\n\r\n"
                                    .getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().readAllBytes();
        }
    }
}
