package io.proa.proving.dataplane;

import io.proa.formats.FieldSection;
import io.proa.formats.FrameHead;
import io.proa.formats.FrameType;
import io.proa.formats.FrameWriter;
import io.proa.formats.HeadLimits;
import io.proa.formats.HpackDecoder;
import io.proa.formats.Http2Error;
import io.proa.formats.MalformedFrame;
import io.proa.formats.MalformedHead;
import io.proa.formats.MessageHead;
import io.proa.formats.Method;
import io.proa.proving.framing.Http2Frames;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One end of an HTTP/2 connection, spoken to frame by frame. What it sends may break every rule;
/// what it receives must keep them. One thread reads; several may write.
final class Http2Wire implements AutoCloseable {
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    private static final int LARGEST = 16_384;
    private static final int WINDOW = 65_535;
    private static final HeadLimits LIMITS = new HeadLimits(1 << 20, 1000);

    /// What has come of a stream.
    static final class Stream {
        final int id;

        /// As text of HTTP/1.1; on a client's end interim ones and the final one.
        final List<String> heads = new ArrayList<>();

        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        String trailers = "";
        boolean ended;
        Http2Error reset;

        /// Whether the request's scheme is https, and how many fields its head has.
        boolean https;

        int fields;
        private int window;
        private Method method = Method.OTHER;

        Stream(int id, int window) {
            this.id = id;
            this.window = window;
        }

        Wire.Message message() {
            return new Wire.Message(heads.getLast(), body.toByteArray());
        }

        int status() {
            return message().status();
        }

        String field(String name) {
            return message().field(name);
        }

        String path() {
            return message().path();
        }

        String text() {
            return message().text();
        }
    }

    final Wire wire;
    final Map<Integer, Stream> streams = new LinkedHashMap<>();

    /// Requests that are complete and that [#next] has not given.
    private final ArrayDeque<Stream> complete = new ArrayDeque<>();

    /// What GOAWAY frames have said, such as `NO_ERROR 2147483647`.
    final List<String> goAways = new ArrayList<>();

    /// Whether what is received is allowed again at once.
    boolean credits = true;

    /// Types of all frames received.
    final List<FrameType> frames = new ArrayList<>();

    private final boolean client;
    private final FrameHead frame = new FrameHead();
    private final HpackDecoder decoder = new HpackDecoder(HpackDecoder.DEFAULT_TABLE_SIZE);
    private final FieldSection section = new FieldSection();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private boolean blockEnds;
    private int openBlock;
    private int window = WINDOW;
    private int initialWindow = WINDOW;
    int mostStreams = Integer.MAX_VALUE;

    private Http2Wire(Wire wire, boolean client) {
        this.wire = wire;
        this.client = client;
    }

    /// Says what a client says first.
    ///
    /// @param settings numbers and values
    static Http2Wire client(Wire wire, int... settings) throws IOException {
        Http2Wire made = new Http2Wire(wire, true);
        ByteBuffer preface = ByteBuffer.allocate(FrameWriter.prefaceLength());
        FrameWriter.preface(preface);
        wire.send(preface.array());
        made.settings(settings);
        return made;
    }

    /// The client's end of a connection whose preface has been sent.
    static Http2Wire continuing(Wire wire) throws IOException {
        Http2Wire made = new Http2Wire(wire, true);
        made.settings();
        return made;
    }

    /// Reads what a client says first, and answers.
    static Http2Wire server(Wire wire, int... settings) throws IOException {
        Http2Wire made = new Http2Wire(wire, false);
        wire.exactly(FrameWriter.prefaceLength());
        made.settings(settings);
        return made;
    }

    // ---- writing

    void settings(int... settings) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            out.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        frame(4, 0, 0, out.array());
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        wire.send(Http2Frames.frame(type, flags, stream, payload));
    }

    /// A head or trailers, over as many frames as it takes. They go out in one write, so that what
    /// another thread answers while it reads does not come between them.
    void headers(int stream, boolean end, String... fields) throws IOException {
        for (String field : fields) {
            if (field.startsWith(":method: ")) {
                at(stream).method = method(field.substring(9));
            }
        }
        wire.send(Http2Frames.headers(stream, end, Http2Frames.block(List.of(fields))));
    }

    private static Method method(String name) {
        for (Method each : Method.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return Method.OTHER;
    }

    /// A request without a body, or with one to follow.
    void request(int stream, boolean end, String method, String path, String... more)
            throws IOException {
        String[] fields = Arrays.copyOf(new String[0], 4 + more.length);
        fields[0] = ":method: " + method;
        fields[1] = ":scheme: http";
        fields[2] = ":authority: o";
        fields[3] = ":path: " + path;
        System.arraycopy(more, 0, fields, 4, more.length);
        headers(stream, end, fields);
    }

    void get(int stream, String path) throws IOException {
        request(stream, true, "GET", path);
    }

    /// Data, whatever the windows are.
    void data(int stream, byte[] bytes, boolean end) throws IOException {
        for (int at = 0; at == 0 || at < bytes.length; at += LARGEST) {
            int next = Math.min(bytes.length, at + LARGEST);
            boolean last = end && next == bytes.length;
            frame(0, last ? END_STREAM : 0, stream, Arrays.copyOfRange(bytes, at, next));
        }
    }

    void data(int stream, String text, boolean end) throws IOException {
        data(stream, text.getBytes(StandardCharsets.ISO_8859_1), end);
    }

    /// Data within the windows; reads while there is none.
    void upload(int stream, byte[] bytes, boolean end) throws IOException {
        Stream to = at(stream);
        int at = 0;
        do {
            int n = Math.min(Math.min(bytes.length - at, LARGEST), Math.min(window, to.window));
            if (n <= 0 && bytes.length > 0) {
                if (!read()) {
                    throw new EOFException("while a window was waited for");
                }
                if (to.reset != null) {
                    return;
                }
                continue;
            }
            data(stream, Arrays.copyOfRange(bytes, at, at + n), end && at + n == bytes.length);
            at += n;
            window -= n;
            to.window -= n;
        } while (at < bytes.length);
    }

    void windowUpdate(int stream, int increment) throws IOException {
        frame(8, 0, stream, Http2Frames.word(increment));
    }

    void reset(int stream, Http2Error error) throws IOException {
        frame(3, 0, stream, Http2Frames.word(error.code()));
    }

    void goAway(int last, Http2Error error) throws IOException {
        frame(7, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt(error.code()).array());
    }

    /// What the peer has allowed on the connection, less what [#upload] has used.
    int window() {
        return window;
    }

    // ---- reading

    synchronized Stream at(int stream) {
        return streams.computeIfAbsent(stream, id -> new Stream(id, initialWindow));
    }

    /// Reads one frame.
    ///
    /// @return false where the connection has ended in order
    boolean read() throws IOException {
        byte[] head = wire.in.readNBytes(FrameHead.LENGTH);
        if (head.length == 0) {
            return false;
        }
        if (head.length < FrameHead.LENGTH) {
            throw new EOFException("within a frame");
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(head);
            frame.read(bytes, 0);
            frame.check(FrameHead.SMALLEST_MAX_FRAME_SIZE, openBlock);
            byte[] payload = wire.exactly(frame.length());
            frame.readPayload(ByteBuffer.wrap(payload), 0);
            frames.add(frame.type());
            take(Arrays.copyOfRange(payload, frame.contentStart(), frame.contentEnd()), payload);
        } catch (MalformedFrame e) {
            throw new IOException("what came is malformed: " + e.flaw().sentence(), e);
        } catch (MalformedHead e) {
            throw new IOException("what came is malformed: " + e.flaw().sentence(), e);
        }
        return true;
    }

    private void take(byte[] content, byte[] payload)
            throws IOException, MalformedFrame, MalformedHead {
        switch (frame.type()) {
            case DATA -> {
                Stream stream = at(frame.stream());
                stream.body.writeBytes(content);
                if (credits && frame.length() > 0) {
                    windowUpdate(0, frame.length());
                    if (!frame.endsStream()) {
                        windowUpdate(frame.stream(), frame.length());
                    }
                }
                ended(stream, frame.endsStream());
            }
            case HEADERS, CONTINUATION -> {
                block.writeBytes(content);
                if (frame.type() == FrameType.HEADERS) {
                    blockEnds = frame.endsStream();
                }
                openBlock = frame.endsHeaders() ? 0 : frame.stream();
                if (frame.endsHeaders()) {
                    fields(at(frame.stream()));
                }
            }
            case RST_STREAM -> at(frame.stream()).reset = frame.error();
            case SETTINGS -> settings(payload);
            case PING -> {
                if (!frame.isAck()) {
                    frame(6, 1, 0, payload);
                }
            }
            case GOAWAY -> goAways.add(frame.error() + " " + frame.lastStream());
            case WINDOW_UPDATE -> {
                if (frame.stream() == 0) {
                    window += frame.windowIncrement();
                } else {
                    at(frame.stream()).window += frame.windowIncrement();
                }
            }
            case PRIORITY, PUSH_PROMISE, UNKNOWN -> {}
        }
    }

    private void settings(byte[] payload) throws IOException {
        if (frame.isAck()) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(payload);
        while (in.hasRemaining()) {
            int id = in.getShort();
            int value = in.getInt();
            if (id == INITIAL_WINDOW_SIZE) {
                int change = value - initialWindow;
                streams.values().forEach(each -> each.window += change);
                initialWindow = value;
            } else if (id == MAX_CONCURRENT_STREAMS) {
                mostStreams = value;
            }
        }
        frame(4, 1, 0, new byte[0]);
    }

    private void fields(Stream stream) throws MalformedFrame, MalformedHead {
        byte[] all = block.toByteArray();
        block.reset();
        boolean head = stream.heads.isEmpty() || client && stream.status() < 200;
        if (!head) {
            section.beginTrailers(1 << 20);
        } else if (client) {
            section.beginResponse(1 << 20);
        } else {
            section.beginRequest(1 << 20, false);
        }
        decoder.decode(ByteBuffer.wrap(all), 0, all.length, true, section);
        ByteBuffer text = ByteBuffer.allocate(section.room());
        if (!head) {
            section.trailers(text, false);
            stream.trailers = text(text);
        } else {
            MessageHead parsed = new MessageHead();
            if (client) {
                section.response(text, parsed, LIMITS, stream.method, blockEnds);
            } else {
                section.request(text, parsed, LIMITS, blockEnds);
                stream.https = section.isHttps();
                stream.fields = section.fields();
            }
            stream.heads.add(text(text));
        }
        ended(stream, blockEnds);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
    }

    private void ended(Stream stream, boolean now) {
        if (now) {
            stream.ended = true;
            complete.add(stream);
        }
    }

    /// The next message that is complete; null at the connection's orderly end.
    Stream next() throws IOException {
        while (complete.isEmpty()) {
            if (!read()) {
                return null;
            }
        }
        return complete.poll();
    }

    /// Reads until the stream has ended or was reset.
    Stream await(int stream) throws IOException {
        Stream wanted = at(stream);
        while (!wanted.ended && wanted.reset == null) {
            if (!read()) {
                throw new EOFException("stream " + stream + " is unanswered; " + goAways);
            }
        }
        complete.remove(wanted);
        return wanted;
    }

    /// Reads until a head has come.
    Stream awaitHead(int stream) throws IOException {
        Stream wanted = at(stream);
        while (wanted.heads.isEmpty() && wanted.reset == null) {
            if (!read()) {
                throw new EOFException("stream " + stream + " has not begun; " + goAways);
            }
        }
        return wanted;
    }

    /// Reads until so much of a body has come, or it has ended.
    Stream awaitBody(int stream, int bytes) throws IOException {
        Stream wanted = at(stream);
        while (wanted.body.size() < bytes && !wanted.ended && wanted.reset == null) {
            if (!read()) {
                throw new EOFException("after " + wanted.body.size() + " bytes; " + goAways);
            }
        }
        return wanted;
    }

    /// Reads until the peer ends the connection.
    ///
    /// @return the last GOAWAY
    String awaitEnd() throws IOException {
        while (read()) {
            // All that still comes is taken.
        }
        return goAways.isEmpty() ? "none" : goAways.getLast();
    }

    // ---- as a server

    /// A response, with `body` unless that is null.
    void answer(int stream, int status, byte[] body, String... fields) throws IOException {
        String[] all = new String[fields.length + 1];
        all[0] = ":status: " + status;
        System.arraycopy(fields, 0, all, 1, fields.length);
        headers(stream, body == null, all);
        if (body != null) {
            upload(stream, body, true);
        }
    }

    void answer(int stream, String body) throws IOException {
        answer(stream, 200, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// What a server does about a request that has come as a whole.
    @FunctionalInterface
    interface Answer {
        void to(Http2Wire server, Stream request) throws IOException, InterruptedException;
    }

    /// Until the client ends the connection in order.
    void serve(Answer answer) throws IOException, InterruptedException {
        for (Stream request = next(); request != null; request = next()) {
            answer.to(this, request);
        }
    }

    /// The script of a server that does nothing else.
    static ScriptedServer.Script serving(Answer answer) {
        return (wire, number) -> server(wire).serve(answer);
    }

    /// An application that answers each request with what was in it; the trailers of both are the
    /// same.
    static ScriptedServer echoing() throws IOException {
        return ScriptedServer.playing(serving(Http2Wire::echo));
    }

    private static void echo(Http2Wire server, Stream request) throws IOException {
        byte[] body = request.body.toByteArray();
        String[] fields = {":status: 200", "x-path: " + request.path()};
        String trailers = request.trailers.toLowerCase(Locale.ROOT);
        server.headers(request.id, body.length == 0 && trailers.isEmpty(), fields);
        if (body.length > 0) {
            server.upload(request.id, body, trailers.isEmpty());
        }
        if (!trailers.isEmpty()) {
            server.headers(request.id, true, trailers.split("\r\n"));
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
