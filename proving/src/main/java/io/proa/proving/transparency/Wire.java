package io.proa.proving.transparency;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A socket, read and written without any understanding but that of lines. One thread reads, one
/// may write meanwhile.
final class Wire implements AutoCloseable {
    /// The other side has ended, or is silent where it should not be.
    static final class Ended extends IOException {
        private static final long serialVersionUID = 1;

        final String how;

        Ended(String how) {
            super(how);
            this.how = how;
        }
    }

    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LONGEST_HEAD = 1 << 20;

    final Socket socket;
    private final InputStream input;
    private final byte[] buffer = new byte[64 * 1024];
    private int at;
    private int end;
    private volatile boolean deaf;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.input = socket.getInputStream();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /// How long reading waits; 0 = for ever.
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    void usualPatience() throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /// Waits for bytes where there are none.
    ///
    /// @throws Ended where none will come
    private void fill() throws IOException {
        if (at < end) {
            return;
        }
        int n;
        try {
            n = input.read(buffer);
        } catch (SocketTimeoutException _) {
            throw new Ended("silence");
        } catch (SocketException _) {
            throw new Ended("rst");
        }
        if (n < 0) {
            throw new Ended("fin");
        }
        at = 0;
        end = n;
    }

    /// Some bytes, at least one.
    int read(byte[] into, int most) throws IOException {
        fill();
        int n = Math.min(most, end - at);
        System.arraycopy(buffer, at, into, 0, n);
        at += n;
        return n;
    }

    /// One line without its CRLF; a bare LF stays in the line.
    String line() throws IOException {
        return until("\r\n");
    }

    /// All up to an empty line, which is left out.
    ///
    /// @return null where the other side ends before its first byte
    @Nullable String head() throws IOException {
        try {
            fill();
        } catch (Ended e) {
            if (e.how.equals("fin")) {
                return null;
            }
            throw e;
        }
        return until("\r\n\r\n");
    }

    private String until(String last) throws IOException {
        StringBuilder text = new StringBuilder();
        while (true) {
            fill();
            text.append((char) (buffer[at++] & 0xff));
            int rest = text.length() - last.length();
            if (rest >= 0 && text.indexOf(last, rest) == rest) {
                return text.substring(0, rest);
            }
            if (text.length() > LONGEST_HEAD) {
                throw new IOException("a head of more than " + LONGEST_HEAD + " bytes");
            }
        }
    }

    void write(String text, Step.Pace pace) throws InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        write(bytes, bytes.length, pace);
    }

    /// Writes what it can: to whom does not listen any more, nothing. What comes of that is for the
    /// reader to see.
    void write(byte[] bytes, int length, Step.Pace pace) throws InterruptedException {
        int piece = pace.piece() == 0 ? length : pace.piece();
        for (int from = 0; from < length && !deaf; from += piece) {
            if (from > 0 && pace.restMillis() > 0) {
                Thread.sleep(pace.restMillis());
            }
            try {
                socket.getOutputStream().write(bytes, from, Math.min(piece, length - from));
            } catch (IOException _) {
                deaf = true;
            }
        }
    }

    boolean isDeaf() {
        return deaf;
    }

    void endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException _) {
            deaf = true;
        }
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
