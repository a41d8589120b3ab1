package io.proa.proving.attack;

import io.proa.formats.Http2Error;
import io.proa.proving.framing.Http2Frames;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A connection of HTTP/2 on which any frame may be written; the client's end.
final class Http2Line extends Line {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;

    static final int INITIAL_WINDOW_SIZE = 4;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// `:method GET`, `:scheme http`, `:path /`, `:authority o`, no table needed.
    static final byte[] GET = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x01, 1, 'o'};

    static final byte[] POST = {(byte) 0x83, (byte) 0x86, (byte) 0x84, 0x01, 1, 'o'};

    /// What the peer has sent.
    final AtomicInteger heads = new AtomicInteger();

    final AtomicInteger succeeded = new AtomicInteger();
    final AtomicInteger resets = new AtomicInteger();
    final AtomicInteger streamsEnded = new AtomicInteger();
    final AtomicInteger endedInOrder = new AtomicInteger();
    private volatile String goAway = "";

    Http2Line(Attacker attacker, Socket socket) throws IOException {
        super(attacker, socket);
    }

    void greet(int... settings) throws IOException {
        write(PREFACE);
        settings(settings);
        flush();
    }

    void settings(int... settings) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            out.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        frame(SETTINGS, 0, 0, out.array());
    }

    void frame(int type, int flags, int stream, byte... payload) throws IOException {
        attacker.sendsFrame();
        write(Http2Frames.frame(type, flags, stream, payload));
    }

    void get(int stream) throws IOException {
        frame(HEADERS, END_STREAM | END_HEADERS, stream, GET);
    }

    /// A request whose body is to follow.
    void post(int stream) throws IOException {
        frame(HEADERS, END_HEADERS, stream, POST);
    }

    void reset(int stream, Http2Error error) throws IOException {
        frame(RST_STREAM, 0, stream, Http2Frames.word(error.code()));
    }

    void windowUpdate(int stream, int increment) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, Http2Frames.word(increment));
    }

    @Override
    void read() throws IOException {
        byte[] head = new byte[9];
        while (true) {
            int n = in.readNBytes(head, 0, head.length);
            if (n == 0) {
                return;
            }
            if (n < head.length) {
                throw new EOFException();
            }
            ByteBuffer frame = ByteBuffer.wrap(head);
            int lengthAndType = frame.getInt();
            took(lengthAndType & 0xff, frame.get(), in.readNBytes(lengthAndType >>> 8));
        }
    }

    private void took(int type, int flags, byte[] payload) {
        switch (type) {
            case HEADERS -> {
                heads.incrementAndGet();
                if (payload.length > 0 && payload[0] == (byte) 0x88) {
                    succeeded.incrementAndGet();
                }
            }
            case RST_STREAM -> {
                resets.incrementAndGet();
                streamsEnded.incrementAndGet();
            }
            case GOAWAY -> {
                ByteBuffer said = ByteBuffer.wrap(payload);
                said.getInt();
                goAway = "GOAWAY " + Http2Error.of(said.getInt());
            }
            default -> {}
        }
        if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
            endedInOrder.incrementAndGet();
            streamsEnded.incrementAndGet();
        }
    }

    @Override
    String lastWords() {
        return goAway;
    }
}
