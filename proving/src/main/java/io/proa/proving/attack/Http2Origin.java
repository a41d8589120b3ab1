package io.proa.proving.attack;

import io.proa.proving.framing.Http2Frames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// One connection of HTTP/2 to an [Origin], within the windows it is given. It does not look into
/// field blocks: its port says what is answered.
final class Http2Origin {
    private static final int WINDOW = 65_535;
    private static final int LARGEST = 16_384;
    private static final byte[] OK = {(byte) 0x88};
    private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};
    private static final int MAX_CONCURRENT_STREAMS = 3;

    private static final class Stream {
        private int left;
        private int window;

        Stream(int left, int window) {
            this.left = left;
            this.window = window;
        }
    }

    private final Origin origin;
    private final InputStream in;
    private final OutputStream out;
    private final Map<Integer, Stream> streams = new LinkedHashMap<>();
    private int window = WINDOW;
    private int initialWindow = WINDOW;

    Http2Origin(Origin origin, InputStream in, OutputStream out) {
        this.origin = origin;
        this.in = in;
        this.out = out;
    }

    void serve() throws IOException {
        in.skipNBytes(24);
        ByteBuffer settings = ByteBuffer.allocate(6);
        settings.putShort((short) MAX_CONCURRENT_STREAMS).putInt(2000);
        frame(Http2Line.SETTINGS, 0, 0, settings.array());
        out.flush();
        byte[] head = new byte[9];
        while (in.readNBytes(head, 0, 9) == 9) {
            ByteBuffer frame = ByteBuffer.wrap(head);
            int lengthAndType = frame.getInt();
            byte flags = frame.get();
            int stream = frame.getInt();
            byte[] payload = in.readNBytes(lengthAndType >>> 8);
            took(lengthAndType & 0xff, flags, stream, payload);
            if (in.available() == 0) {
                pump();
                out.flush();
            }
        }
    }

    private void took(int type, int flags, int stream, byte[] payload) throws IOException {
        boolean ends = (flags & Http2Line.END_STREAM) != 0;
        switch (type) {
            case Http2Line.HEADERS -> {
                origin.requests.incrementAndGet();
                if (origin.kind() == Origin.Kind.LARGE) {
                    frame(Http2Line.HEADERS, Http2Line.END_HEADERS, stream, OK);
                    streams.put(stream, new Stream(Origin.LARGE_BODY, initialWindow));
                } else if (ends) {
                    answer(stream);
                }
            }
            case Http2Line.DATA -> data(stream, payload.length, ends);
            case Http2Line.RST_STREAM -> streams.remove(stream);
            case Http2Line.SETTINGS -> {
                if ((flags & 1) == 0) {
                    settings(ByteBuffer.wrap(payload));
                }
            }
            case Http2Line.PING -> {
                if ((flags & 1) == 0) {
                    frame(Http2Line.PING, 1, 0, payload);
                }
            }
            case Http2Line.WINDOW_UPDATE -> {
                int more = ByteBuffer.wrap(payload).getInt();
                Stream of = streams.get(stream);
                if (stream == 0) {
                    window += more;
                } else if (of != null) {
                    of.window += more;
                }
            }
            default -> {}
        }
    }

    private void data(int stream, int bytes, boolean ends) throws IOException {
        if (origin.kind() != Origin.Kind.SMALL) {
            return;
        }
        if (bytes > 0) {
            frame(Http2Line.WINDOW_UPDATE, 0, 0, Http2Frames.word(bytes));
            if (!ends) {
                frame(Http2Line.WINDOW_UPDATE, 0, stream, Http2Frames.word(bytes));
            }
        }
        if (ends) {
            answer(stream);
        }
    }

    private void answer(int stream) throws IOException {
        if (origin.kind() == Origin.Kind.SMALL) {
            frame(Http2Line.HEADERS, Http2Line.END_HEADERS, stream, OK);
            frame(Http2Line.DATA, Http2Line.END_STREAM, stream, HELLO);
            window -= HELLO.length;
        }
    }

    private void settings(ByteBuffer settings) throws IOException {
        while (settings.remaining() >= 6) {
            int id = settings.getShort();
            int value = settings.getInt();
            if (id == Http2Line.INITIAL_WINDOW_SIZE) {
                for (Stream each : streams.values()) {
                    each.window += value - initialWindow;
                }
                initialWindow = value;
            }
        }
        frame(Http2Line.SETTINGS, 1, 0, new byte[0]);
    }

    /// Sends as much of the large bodies as may be sent.
    private void pump() throws IOException {
        var all = streams.entrySet().iterator();
        while (all.hasNext() && window > 0) {
            var each = all.next();
            Stream stream = each.getValue();
            int n = Math.min(Math.min(window, stream.window), Math.min(stream.left, LARGEST));
            while (n > 0) {
                stream.left -= n;
                stream.window -= n;
                window -= n;
                int flags = stream.left == 0 ? Http2Line.END_STREAM : 0;
                frame(Http2Line.DATA, flags, each.getKey(), new byte[n]);
                n = Math.min(Math.min(window, stream.window), Math.min(stream.left, LARGEST));
            }
            if (stream.left == 0) {
                all.remove();
            }
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(Http2Frames.frame(type, flags, stream, payload));
    }
}
