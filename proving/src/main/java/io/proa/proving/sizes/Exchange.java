package io.proa.proving.sizes;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// One question to an [Application] and its answer, on a connection that stays open.
@FunctionalInterface
interface Exchange {
    /// @param size of the answer, which is checked
    void ask(Socket socket, long size) throws IOException;

    /// By a port of streams.
    static void line(Socket socket, long size) throws IOException {
        say(socket, size + "\n");
        Content.check(socket.getInputStream(), size);
    }

    /// By HTTP/1.1.
    static void request(Socket socket, long size) throws IOException {
        say(socket, "GET /" + size + " HTTP/1.1\r\nHost: a\r\n\r\n");
        InputStream in = new BufferedInputStream(socket.getInputStream(), 128);
        String first = Application.line(in);
        if (!first.startsWith("HTTP/1.1 200")) {
            throw new IOException("answered " + first.strip());
        }
        for (String line = first; line.length() > 2; ) {
            line = Application.line(in);
        }
        Content.check(in, size);
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
