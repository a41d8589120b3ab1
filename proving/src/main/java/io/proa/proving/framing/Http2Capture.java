package io.proa.proving.framing;

import io.proa.formats.PlainHpack;
import io.proa.proving.framing.Reading.End;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The application's end of a connection of HTTP/2: each request is translated to HTTP/1.1 as the
/// simplest of translators would, which looks at nothing, and that text is read strictly.
final class Http2Capture {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int CONTINUATION = 9;

    private static final class Request {
        final List<PlainHpack.Line> head = new ArrayList<>();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        final List<PlainHpack.Line> trailers = new ArrayList<>();
    }

    private final PlainHpack table = new PlainHpack(4096);
    private final Map<Integer, Request> open = new TreeMap<>();
    private final List<Reading> seen = new ArrayList<>();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final OutputStream out;
    private boolean blockEnds;

    private Http2Capture(OutputStream out) {
        this.out = out;
    }

    /// Serves a connection to its end.
    ///
    /// @param begun what has been read of it behind the preface
    static void take(Socket socket, String begun, Consumer<Http2Capture> registry)
            throws IOException {
        Http2Capture made = new Http2Capture(socket.getOutputStream());
        registry.accept(made);
        byte[] first = begun.getBytes(StandardCharsets.ISO_8859_1);
        made.serve(
                new DataInputStream(
                        new SequenceInputStream(
                                new ByteArrayInputStream(first), socket.getInputStream())));
    }

    private void serve(DataInputStream in) throws IOException {
        out.write(Http2Frames.frame(SETTINGS, 0, 0, new byte[0]));
        for (byte[] head = in.readNBytes(9); head.length == 9; head = in.readNBytes(9)) {
            int length = (head[0] & 0xFF) << 16 | (head[1] & 0xFF) << 8 | head[2] & 0xFF;
            int stream =
                    (head[5] & 0x7F) << 24
                            | (head[6] & 0xFF) << 16
                            | (head[7] & 0xFF) << 8
                            | head[8] & 0xFF;
            byte[] payload = in.readNBytes(length);
            take(head[3], head[4], stream, payload);
        }
    }

    private synchronized void take(int type, int flags, int stream, byte[] payload)
            throws IOException {
        switch (type) {
            case DATA -> {
                request(stream).body.writeBytes(content(flags, payload, 0));
                if (payload.length > 0) {
                    out.write(Http2Frames.frame(8, 0, 0, Http2Frames.word(payload.length)));
                }
                endIf((flags & 1) != 0, stream);
            }
            case HEADERS, CONTINUATION -> {
                int priority = type == HEADERS && (flags & 0x20) != 0 ? 5 : 0;
                block.writeBytes(type == HEADERS ? content(flags, payload, priority) : payload);
                blockEnds = type == HEADERS ? (flags & 1) != 0 : blockEnds;
                if ((flags & 4) != 0) {
                    Request request = request(stream);
                    (request.head.isEmpty() ? request.head : request.trailers)
                            .addAll(table.lines(block.toByteArray()));
                    block.reset();
                    endIf(blockEnds, stream);
                }
            }
            case RST_STREAM -> open.remove(stream);
            case SETTINGS -> {
                if ((flags & 1) == 0) {
                    out.write(Http2Frames.frame(SETTINGS, 1, 0, new byte[0]));
                }
            }
            case PING -> {
                if ((flags & 1) == 0) {
                    out.write(Http2Frames.frame(PING, 1, 0, payload));
                }
            }
            default -> {
                // Nothing else says anything of a message.
            }
        }
    }

    /// Without padding and priority.
    private static byte[] content(int flags, byte[] payload, int priority) {
        boolean padded = (flags & 8) != 0;
        int from = (padded ? 1 : 0) + priority;
        int to = payload.length - (padded ? payload[0] & 0xFF : 0);
        return java.util.Arrays.copyOfRange(payload, from, to);
    }

    private Request request(int stream) {
        return open.computeIfAbsent(stream, _ -> new Request());
    }

    private void endIf(boolean ended, int stream) throws IOException {
        if (ended) {
            Request request = request(stream);
            open.remove(stream);
            seen.add(translated(request));
            out.write(Http2Frames.frame(HEADERS, 5, stream, new byte[] {(byte) 0x88}));
        }
    }

    synchronized void mark() {
        seen.clear();
        open.clear();
    }

    synchronized List<Reading> seen() {
        List<Reading> all = new ArrayList<>(seen);
        open.values()
                .forEach(_ ->
                        all.add(
                                new Reading(
                                        List.of(), End.UNFINISHED, "its stream did not end", 0)));
        return all;
    }

    private static Reading translated(Request request) {
        try {
            Reading reading = StrictReader.requests(text(request));
            if (reading.end() == End.WHOLE && reading.messages().size() != 1) {
                return ambiguous(reading.messages().size() + " requests in one stream");
            }
            return reading.end() == End.UNFINISHED
                    ? ambiguous("fewer data than its length says")
                    : reading;
        } catch (Ambiguous e) {
            return ambiguous(e.why);
        }
    }

    private static Reading ambiguous(String why) {
        return new Reading(List.of(), End.AMBIGUOUS, why, 0);
    }

    private static String text(Request request) {
        Map<String, String> pseudo = new TreeMap<>();
        StringBuilder lines = new StringBuilder();
        boolean announced = false;
        for (PlainHpack.Line line : request.head) {
            checkLine(line);
            if (line.name().startsWith(":")) {
                Ambiguous.unless(lines.isEmpty(), "a pseudo-header field behind a field");
                String before = pseudo.put(line.name(), line.value());
                Ambiguous.unless(before == null, "a pseudo-header field twice");
                continue;
            }
            announced |= line.name().equals("content-length");
            checkName(line.name());
            String authority = pseudo.get(":authority");
            if (line.name().equals("host") && authority != null) {
                Ambiguous.unless(
                        line.value().equalsIgnoreCase(authority), ":authority and another Host");
                continue;
            }
            lines.append(line.name()).append(": ").append(line.value()).append("\r\n");
        }
        String host =
                pseudo.containsKey(":authority")
                        ? "Host: " + pseudo.get(":authority") + "\r\n"
                        : "";
        String body = request.body.toString(StandardCharsets.ISO_8859_1);
        boolean chunked = !announced && (!body.isEmpty() || !request.trailers.isEmpty());
        StringBuilder trailers = new StringBuilder();
        request.trailers.forEach(Http2Capture::checkLine);
        request.trailers.forEach(
                t -> trailers.append(t.name()).append(": ").append(t.value()).append("\r\n"));
        String chunk =
                body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
        return pseudo.get(":method")
                + " "
                + pseudo.get(":path")
                + " HTTP/1.1\r\n"
                + host
                + lines
                + (chunked
                        ? "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n" + trailers + "\r\n"
                        : "\r\n" + body);
    }

    /// In text these would make two lines of one.
    private static void checkLine(PlainHpack.Line line) {
        String both = line.name() + line.value();
        boolean plain = both.indexOf('\r') < 0 && both.indexOf('\n') < 0 && both.indexOf(0) < 0;
        Ambiguous.unless(plain, "a line break or NUL in a field of HTTP/2");
    }

    private static void checkName(String name) {
        Ambiguous.unless(
                name.equals(name.toLowerCase(java.util.Locale.ROOT)), "a name with capitals");
        Ambiguous.unless(
                !List.of(
                                "connection",
                                "transfer-encoding",
                                "upgrade",
                                "keep-alive",
                                "proxy-connection")
                        .contains(name),
                name + " in HTTP/2");
    }
}
