package io.proa.proving.framing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A client's connection: what it has received so far, and how that ended.
final class Peer implements Closeable {
    /// So long after the last byte nothing more is expected.
    static final int QUIET_MILLIS = 60;

    private final Socket socket;
    private final StringBuilder got = new StringBuilder();
    private boolean ended;

    Peer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
    }

    String got() {
        return got.toString();
    }

    boolean ended() {
        return ended;
    }

    /// Octets as characters; a connection that has been ended meanwhile is no error.
    void say(String text) {
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException _) {
            // What was answered before can still be read.
        }
    }

    /// Reads what comes within so many milliseconds.
    ///
    /// @return false where nothing came, or the connection has ended
    boolean hear(int millis) {
        if (ended) {
            return false;
        }
        try {
            socket.setSoTimeout(millis);
            byte[] some = new byte[65_536];
            InputStream in = socket.getInputStream();
            int n = in.read(some);
            if (n < 0) {
                ended = true;
                return false;
            }
            got.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            ended = true;
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
