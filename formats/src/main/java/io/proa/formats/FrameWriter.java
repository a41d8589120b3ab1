package io.proa.formats;

import java.nio.ByteBuffer;

/// Writes HTTP/2 frames at the position of a buffer, and moves it. The caller has made sure that
/// there is room: [FrameHead#LENGTH] and the payload.
public final class FrameWriter {
    /// What a client says first (RFC 9113 section 3.4); lent, not to be changed.
    static final byte[] PREFACE = preface();

    /// Bytes of [#settings] for each setting.
    public static final int SETTING_LENGTH = 6;

    /// Bytes of a whole PING or GOAWAY without a word.
    public static final int LONGEST_CONTROL = FrameHead.LENGTH + 8;

    private FrameWriter() {}

    private static byte[] preface() {
        return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /// Bytes of the client's preface.
    public static int prefaceLength() {
        return PREFACE.length;
    }

    /// Writes the client's preface, which a SETTINGS must follow.
    public static void preface(ByteBuffer out) {
        out.put(PREFACE);
    }

    /// Whether what is there of the first 24 bytes is HTTP/2's preface, so far.
    public static boolean beginsPreface(ByteBuffer buf, int from, int to) {
        int end = Math.min(to, from + PREFACE.length);
        for (int i = from; i < end; i++) {
            if (buf.get(i) != PREFACE[i - from]) {
                return false;
            }
        }
        return true;
    }

    private static void head(ByteBuffer out, int length, FrameType type, int flags, int stream) {
        int at = out.position();
        head(out, at, length, type, flags, stream);
        out.position(at + FrameHead.LENGTH);
    }

    private static void head(
            ByteBuffer out, int at, int length, FrameType type, int flags, int stream) {
        out.put(at, (byte) (length >>> 16));
        out.put(at + 1, (byte) (length >>> 8));
        out.put(at + 2, (byte) length);
        out.put(at + 3, (byte) type.code());
        out.put(at + 4, (byte) flags);
        word(out, at + 5, stream);
    }

    private static void word(ByteBuffer out, int at, int word) {
        out.put(at, (byte) (word >>> 24));
        out.put(at + 1, (byte) (word >>> 16));
        out.put(at + 2, (byte) (word >>> 8));
        out.put(at + 3, (byte) word);
    }

    private static void word(ByteBuffer out, int word) {
        int at = out.position();
        word(out, at, word);
        out.position(at + 4);
    }

    /// The nine bytes before `length` bytes of data.
    public static void dataHead(ByteBuffer out, int stream, int length, boolean endStream) {
        head(out, length, FrameType.DATA, endStream ? FrameHead.END_STREAM : 0, stream);
    }

    /// The nine bytes before `count` settings, each by [#setting].
    public static void settingsHead(ByteBuffer out, int count) {
        head(out, count * SETTING_LENGTH, FrameType.SETTINGS, 0, 0);
    }

    /// What this side announces: no pushing, and what is given.
    ///
    /// @param maxConcurrentStreams 0 = nothing is said, as by a client
    /// @param initialWindowSize 0 to 2147483647
    /// @param maxFrameSize 16384 to 16777215
    /// @param maxHeaderListSize bytes as HTTP/2 counts them
    /// @param connectProtocol whether [FieldSection] is told to take extended CONNECT
    public static void settings(
            ByteBuffer out,
            int maxConcurrentStreams,
            int initialWindowSize,
            int maxFrameSize,
            int maxHeaderListSize,
            boolean connectProtocol) {
        boolean server = maxConcurrentStreams > 0;
        settingsHead(out, connectProtocol ? 5 : 4);
        if (server) {
            setting(out, Http2Settings.MAX_CONCURRENT_STREAMS, maxConcurrentStreams);
        } else {
            setting(out, Http2Settings.ENABLE_PUSH, 0);
        }
        setting(out, Http2Settings.INITIAL_WINDOW_SIZE, initialWindowSize);
        setting(out, Http2Settings.MAX_FRAME_SIZE, maxFrameSize);
        setting(out, Http2Settings.MAX_HEADER_LIST_SIZE, maxHeaderListSize);
        if (connectProtocol) {
            setting(out, Http2Settings.ENABLE_CONNECT_PROTOCOL, 1);
        }
    }

    /// One setting by its number.
    public static void setting(ByteBuffer out, int id, int value) {
        int at = out.position();
        out.put(at, (byte) (id >>> 8));
        out.put(at + 1, (byte) id);
        word(out, at + 2, value);
        out.position(at + SETTING_LENGTH);
    }

    public static void settingsAck(ByteBuffer out) {
        head(out, 0, FrameType.SETTINGS, FrameHead.ACK, 0);
    }

    public static void ping(ByteBuffer out, long data) {
        head(out, 8, FrameType.PING, 0, 0);
        word(out, (int) (data >>> 32));
        word(out, (int) data);
    }

    /// Answers a ping with its eight bytes at `at`.
    public static void pingAck(ByteBuffer out, ByteBuffer ping, int at) {
        head(out, 8, FrameType.PING, FrameHead.ACK, 0);
        word(out, FrameHead.word(ping, at));
        word(out, FrameHead.word(ping, at + 4));
    }

    /// @param why shown to who debugs the peer; may be empty
    public static void goAway(ByteBuffer out, int lastStream, Http2Error error, byte[] why) {
        head(out, 8 + why.length, FrameType.GOAWAY, 0, 0);
        word(out, lastStream);
        word(out, error.code());
        out.put(why);
    }

    public static void reset(ByteBuffer out, int stream, Http2Error error) {
        head(out, 4, FrameType.RST_STREAM, 0, stream);
        word(out, error.code());
    }

    /// @param stream 0 = the connection
    /// @param increment 1 to 2147483647
    public static void windowUpdate(ByteBuffer out, int stream, int increment) {
        head(out, 4, FrameType.WINDOW_UPDATE, 0, stream);
        word(out, increment);
    }

    /// Bytes that a field block takes at most in frames: a head for each `maxFrameSize` of it.
    public static int roomForBlock(int length, int maxFrameSize) {
        return length + FrameHead.LENGTH * (1 + length / maxFrameSize);
    }

    /// Makes frames of a field block that was written [FrameHead#LENGTH] bytes behind `begin` up to
    /// the buffer's position: HEADERS, and CONTINUATION where it is longer than `maxFrameSize`, for
    /// which the block is moved apart in place.
    public static void headers(
            ByteBuffer out, int begin, int stream, boolean endStream, int maxFrameSize) {
        int block = begin + FrameHead.LENGTH;
        int length = out.position() - block;
        int more = length == 0 ? 0 : (length - 1) / maxFrameSize;
        out.position(out.position() + more * FrameHead.LENGTH);
        for (int i = more; i > 0; i--) {
            int from = block + i * maxFrameSize;
            int n = Math.min(maxFrameSize, length - i * maxFrameSize);
            int to = from + i * FrameHead.LENGTH;
            out.put(to, out, from, n);
            int flags = i == more ? FrameHead.END_HEADERS : 0;
            head(out, to - FrameHead.LENGTH, n, FrameType.CONTINUATION, flags, stream);
        }
        int flags =
                (endStream ? FrameHead.END_STREAM : 0) | (more == 0 ? FrameHead.END_HEADERS : 0);
        head(out, begin, Math.min(length, maxFrameSize), FrameType.HEADERS, flags, stream);
    }
}
