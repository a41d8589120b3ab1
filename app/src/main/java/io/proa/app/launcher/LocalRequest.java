package io.proa.app.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// A request to the launcher, as it came over the Unix socket: HTTP/1.1, strict, with a body of a
/// stated length or none.
///
/// @param method GET or POST
/// @param path begins with `/`, without the query
/// @param query what stood behind `?`, or empty
/// @param body empty for GET
record LocalRequest(String method, String path, String query, String body) {
    private static final int LONGEST_HEAD = 8 * 1024;
    private static final int LONGEST_BODY = 256 * 1024;

    /// What cannot be understood; the message is the answer.
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    /// Reads one request, and nothing behind it.
    static LocalRequest read(ReadableByteChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST_HEAD + LONGEST_BODY);
        int end = -1;
        while (end < 0) {
            if (channel.read(buffer) < 0) {
                throw new Malformed("the request ended within its head");
            }
            end = endOfHead(buffer.array(), buffer.position());
            if (end < 0 && buffer.position() >= LONGEST_HEAD) {
                throw new Malformed("saw a head of more than " + LONGEST_HEAD + " bytes");
            }
        }
        String head = new String(buffer.array(), 0, end, StandardCharsets.ISO_8859_1);
        List<String> lines = List.of(head.split("\r\n", -1));
        int length = length(lines.subList(1, lines.size()));
        int total = end + 4 + length;
        while (buffer.position() < total) {
            if (channel.read(buffer) < 0) {
                throw new Malformed("the request ended within its body of " + length + " bytes");
            }
        }
        if (buffer.position() > total) {
            throw new Malformed("saw more than one request, or more than Content-Length says");
        }
        return of(
                lines.getFirst(),
                new String(buffer.array(), end + 4, length, StandardCharsets.UTF_8));
    }

    private static int endOfHead(byte[] bytes, int length) {
        for (int i = 0; i + 3 < length; i++) {
            if (bytes[i] == '\r'
                    && bytes[i + 1] == '\n'
                    && bytes[i + 2] == '\r'
                    && bytes[i + 3] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static LocalRequest of(String startLine, String body) throws Malformed {
        String[] words = startLine.split(" ", -1);
        if (words.length != 3
                || !words[2].equals("HTTP/1.1")
                || !words[1].startsWith("/")
                || !(words[0].equals("GET") || words[0].equals("POST"))) {
            throw new Malformed(
                    "saw '" + startLine + "', expected GET or POST, a path, and HTTP/1.1");
        }
        int question = words[1].indexOf('?');
        return question < 0
                ? new LocalRequest(words[0], words[1], "", body)
                : new LocalRequest(
                        words[0],
                        words[1].substring(0, question),
                        words[1].substring(question + 1),
                        body);
    }

    private static int length(List<String> headers) throws Malformed {
        int length = 0;
        boolean said = false;
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon <= 0) {
                throw new Malformed("saw '" + header + "', expected a header and its value");
            }
            String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = header.substring(colon + 1).strip();
            if (name.equals("transfer-encoding")) {
                throw new Malformed("saw Transfer-Encoding, expected Content-Length");
            }
            if (name.equals("content-length")) {
                if (said || !value.matches("[0-9]{1,6}")) {
                    throw new Malformed("saw Content-Length '" + value + "', expected one number");
                }
                said = true;
                length = Integer.parseInt(value);
            }
        }
        if (length > LONGEST_BODY) {
            throw new Malformed(
                    "saw a body of " + length + " bytes, expected at most " + LONGEST_BODY);
        }
        return length;
    }

    /// The value of a query of one `name=value`; empty where it is not there.
    String parameter(String name) {
        return query.startsWith(name + "=") ? query.substring(name.length() + 1) : "";
    }
}
