package io.proa.proving.attack;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A connection of HTTP/1.1 on which anything may be written.
final class Http1Line extends Line {
    private static final int MOST_KEPT = 2048;

    private final StringBuilder received = new StringBuilder();

    Http1Line(Attacker attacker, Socket socket) throws IOException {
        super(attacker, socket);
    }

    void send(String text) throws IOException {
        write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends now; counts as a frame.
    void say(String text) throws IOException {
        attacker.sendsFrame();
        send(text);
        flush();
    }

    @Override
    void read() throws IOException {
        byte[] buffer = new byte[4096];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            synchronized (received) {
                received.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                if (received.length() > MOST_KEPT) {
                    received.delete(0, received.length() - MOST_KEPT);
                }
            }
        }
    }

    /// The last status, such as `431 head_too_large`.
    @Override
    String lastWords() {
        String text;
        synchronized (received) {
            text = received.toString();
        }
        int at = text.lastIndexOf("HTTP/1.1 ");
        while (at >= 0 && text.length() > at + 9 && !Character.isDigit(text.charAt(at + 9))) {
            // Sentences speak of versions, too.
            at = text.lastIndexOf("HTTP/1.1 ", at - 1);
        }
        if (at < 0 || text.length() < at + 12) {
            return "";
        }
        String status = text.substring(at + 9, at + 12);
        int reason = text.indexOf("x-proa-reason: ", at);
        int end = reason < 0 ? -1 : text.indexOf('\r', reason);
        return end < 0 ? status : status + " " + text.substring(reason + 15, end);
    }
}
