package io.proa.proving.framing;

import io.proa.proving.framing.Reading.End;
import io.proa.proving.framing.Reading.Message;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// An application that answers `/case` as the corpus says, and everything else with its target.
final class MaliciousOrigin implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile String answer = "";
    private volatile boolean ends;

    MaliciousOrigin(int port) throws IOException {
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
        Thread.ofVirtual().start(this::accept);
    }

    /// What is said next.
    ///
    /// @param endsThen whether the connection is ended behind it
    void prepare(String text, boolean endsThen) {
        answer = text;
        ends = endsThen;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException _) {
            // The listener was closed.
        }
    }

    private void serve(Socket socket) {
        open.add(socket);
        StringBuilder text = new StringBuilder();
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] some = new byte[65_536];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                text.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
                Reading reading = StrictReader.requests(text.toString());
                text.delete(0, reading.next());
                for (Message message : reading.messages()) {
                    if (say(socket, message)) {
                        return;
                    }
                }
                if (reading.end() == End.AMBIGUOUS) {
                    return;
                }
            }
        } catch (IOException _) {
            // Proxies may end as they like.
        } finally {
            open.remove(socket);
        }
    }

    /// @return whether the connection is to be ended
    private boolean say(Socket socket, Message message) throws IOException {
        boolean attack = message.target().equals("/case");
        String target = message.target();
        String text =
                attack
                        ? answer
                        : "HTTP/1.1 200 OK\r\nContent-Length: "
                                + target.length()
                                + "\r\n\r\n"
                                + target;
        boolean ending = attack && ends;
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return ending;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
