package io.proa.proving.dataplane;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;

/// One end of a connection, spoken to byte by byte. Every read ends within ten seconds.
final class Wire implements AutoCloseable {
    /// A message as it arrived.
    ///
    /// @param head all of it, with the empty line
    @SuppressWarnings("ArrayRecordComponent") // read by tests only, never compared or kept
    record Message(String head, byte[] body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        String startLine() {
            return head.substring(0, head.indexOf('\r'));
        }

        /// The request's target; the whole line where it has none.
        String path() {
            String[] line = startLine().split(" ", -1);
            return line[Math.min(1, line.length - 1)];
        }

        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        /// The first value of a field, or null.
        String field(String name) {
            int at = head.toLowerCase(Locale.ROOT).indexOf("\r\n" + name + ":");
            if (at < 0) {
                return null;
            }
            int start = at + name.length() + 3;
            return head.substring(start, head.indexOf("\r\n", start)).trim();
        }
    }

    private static final int PATIENCE = 10_000;

    final Socket socket;
    final InputStream in;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE);
        socket.setTcpNoDelay(true);
        this.in = new java.io.BufferedInputStream(socket.getInputStream());
    }

    static Wire to(SocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.connect(address, PATIENCE);
        return new Wire(socket);
    }

    static Wire to(int port) throws IOException {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /// Bytes that are the same in every run.
    static byte[] bytes(int count) {
        byte[] made = new byte[count];
        new Random(count).nextBytes(made);
        return made;
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    void dribble(String text) throws IOException {
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            send(new byte[] {b});
        }
    }

    void chunk(byte[] bytes) throws IOException {
        send(Integer.toHexString(bytes.length) + "\r\n");
        send(bytes);
        send("\r\n");
    }

    /// The next head with its empty line, or null where the connection has ended in order before
    /// its first byte.
    String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                if (head.size() == 0) {
                    return null;
                }
                throw new EOFException(
                        "within a head: " + head.toString(StandardCharsets.ISO_8859_1));
            }
            head.write(b);
            matched = b == (matched % 2 == 0 ? '\r' : '\n') ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    byte[] exactly(int count) throws IOException {
        byte[] got = in.readNBytes(count);
        if (got.length < count) {
            throw new EOFException("after " + got.length + " of " + count + " bytes");
        }
        return got;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("within a line");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line().split(";", -1)[0], 16);
            if (size == 0) {
                while (!line().isEmpty()) {
                    // Trailers are not looked at.
                }
                return body.toByteArray();
            }
            body.write(exactly(size));
            line();
        }
    }

    /// The next request, or null at an orderly end.
    Message request() throws IOException {
        String head = head();
        return head == null ? null : new Message(head, body(head, false));
    }

    Message response() throws IOException {
        String head = head();
        if (head == null) {
            throw new EOFException("instead of a response");
        }
        return new Message(head, body(head, true));
    }

    private byte[] body(String head, boolean response) throws IOException {
        Message only = new Message(head, new byte[0]);
        if ("chunked".equalsIgnoreCase(only.field("transfer-encoding"))) {
            return chunks();
        }
        String length = only.field("content-length");
        if (length != null) {
            return exactly(Integer.parseInt(length));
        }
        boolean without =
                !response || only.status() < 200 || only.status() == 204 || only.status() == 304;
        return without ? new byte[0] : in.readAllBytes();
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
