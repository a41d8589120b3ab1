package io.proa.formats;

import java.nio.ByteBuffer;

/// One HTTP/2 frame, read in place (RFC 9113 sections 4 and 6): first its nine bytes, then, when
/// [#needed()] bytes of the payload are there, where its content lies. DATA and field blocks can be
/// handed on before all of them has arrived.
///
/// Checks everything that can be told without knowing the streams. After a [MalformedFrame] all
/// that was read remains readable, so that a frame which ends only its stream can be passed over.
/// Reusable, used by one thread only; nothing is allocated. Buffers are big-endian or little-endian
/// as they like; their positions are not touched.
public final class FrameHead {
    /// Bytes before the payload.
    public static final int LENGTH = 9;

    /// The size that every peer must take (RFC 9113 section 4.2).
    public static final int SMALLEST_MAX_FRAME_SIZE = 16_384;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int PRIORITY = 0x20;

    private static final int PRIORITY_LENGTH = 5;
    private static final int SETTING_LENGTH = 6;
    private static final int MOST_SETTINGS = 64;

    private int length;
    private FrameType type = FrameType.UNKNOWN;
    private int typeCode;
    private int flags;
    private int stream;
    private int contentStart;
    private int contentEnd;
    private int value;
    private int lastStream;

    public FrameHead() {}

    /// Reads the nine bytes at `at`.
    public void read(ByteBuffer buf, int at) {
        length =
                (buf.get(at) & 0xFF) << 16 | (buf.get(at + 1) & 0xFF) << 8 | buf.get(at + 2) & 0xFF;
        typeCode = buf.get(at + 3) & 0xFF;
        type = FrameType.of(typeCode);
        flags = buf.get(at + 4) & 0xFF;
        stream = word(buf, at + 5) & Integer.MAX_VALUE;
        contentStart = at + LENGTH;
        contentEnd = contentStart + length;
        value = 0;
        lastStream = 0;
    }

    /// Checks what the nine bytes say.
    ///
    /// @param maxFrameSize what this side has announced, 16384 to 16777215
    /// @param openBlock the stream whose field block has begun and not ended, or 0
    public void check(int maxFrameSize, int openBlock) throws MalformedFrame {
        if (length > maxFrameSize) {
            throw MalformedFrame.of(FrameFlaw.FRAME_TOO_LARGE);
        }
        if (openBlock != 0 && (type != FrameType.CONTINUATION || stream != openBlock)) {
            throw MalformedFrame.of(FrameFlaw.BLOCK_INTERRUPTED);
        }
        switch (type) {
            case DATA, HEADERS -> {
                onStream();
                require(length >= prefix(), FrameFlaw.FRAME_LENGTH);
            }
            case PRIORITY -> {
                onStream();
                require(length == PRIORITY_LENGTH, FrameFlaw.PRIORITY_LENGTH);
            }
            case RST_STREAM -> {
                onStream();
                require(length == 4, FrameFlaw.FRAME_LENGTH);
            }
            case SETTINGS -> checkSettings();
            case PUSH_PROMISE -> throw MalformedFrame.of(FrameFlaw.PUSH);
            case PING -> {
                onConnection();
                require(length == 8, FrameFlaw.FRAME_LENGTH);
            }
            case GOAWAY -> {
                onConnection();
                require(length >= 8, FrameFlaw.FRAME_LENGTH);
            }
            case WINDOW_UPDATE -> require(length == 4, FrameFlaw.FRAME_LENGTH);
            case CONTINUATION -> {
                onStream();
                require(openBlock != 0, FrameFlaw.CONTINUATION_ALONE);
            }
            case UNKNOWN -> {}
        }
    }

    private void checkSettings() throws MalformedFrame {
        onConnection();
        require(!isAck() || length == 0, FrameFlaw.SETTINGS_ACK);
        require(length % SETTING_LENGTH == 0, FrameFlaw.FRAME_LENGTH);
        require(length <= MOST_SETTINGS * SETTING_LENGTH, FrameFlaw.SETTINGS_MANY);
    }

    private void onStream() throws MalformedFrame {
        require(stream != 0, FrameFlaw.FRAME_ON_CONNECTION);
    }

    private void onConnection() throws MalformedFrame {
        require(stream == 0, FrameFlaw.FRAME_ON_STREAM);
    }

    private static void require(boolean rule, FrameFlaw broken) throws MalformedFrame {
        if (!rule) {
            throw MalformedFrame.of(broken);
        }
    }

    /// Bytes of the payload that must be there for [#readPayload]: 0 to 384. What lies behind them
    /// may arrive later.
    public int needed() {
        return switch (type) {
            case DATA, HEADERS -> prefix();
            case PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE -> length;
            case GOAWAY -> 8;
            case PUSH_PROMISE, CONTINUATION, UNKNOWN -> 0;
        };
    }

    /// Bytes before the content of DATA and HEADERS.
    private int prefix() {
        int padding = (flags & PADDED) != 0 ? 1 : 0;
        boolean priority = type == FrameType.HEADERS && (flags & PRIORITY) != 0;
        return padding + (priority ? PRIORITY_LENGTH : 0);
    }

    /// Reads and checks the first [#needed()] bytes of the payload. The values in SETTINGS are left
    /// to [Http2Settings].
    ///
    /// @param at the payload's first byte
    public void readPayload(ByteBuffer buf, int at) throws MalformedFrame {
        contentStart = at;
        contentEnd = at + length;
        switch (type) {
            case DATA, HEADERS -> readPadded(buf, at);
            case PRIORITY -> readDependency(buf, at);
            case RST_STREAM -> value = word(buf, at);
            case GOAWAY -> {
                lastStream = word(buf, at) & Integer.MAX_VALUE;
                value = word(buf, at + 4);
            }
            case WINDOW_UPDATE -> {
                value = word(buf, at) & Integer.MAX_VALUE;
                require(
                        value != 0,
                        stream == 0 ? FrameFlaw.WINDOW_INCREMENT_ALL : FrameFlaw.WINDOW_INCREMENT);
            }
            case SETTINGS, PUSH_PROMISE, PING, CONTINUATION, UNKNOWN -> {}
        }
    }

    private void readPadded(ByteBuffer buf, int at) throws MalformedFrame {
        contentStart = at + prefix();
        if ((flags & PADDED) != 0) {
            int padding = buf.get(at) & 0xFF;
            require(padding <= contentEnd - contentStart, FrameFlaw.PADDING);
            contentEnd -= padding;
        }
        if (type == FrameType.HEADERS && (flags & PRIORITY) != 0) {
            readDependency(buf, contentStart - PRIORITY_LENGTH);
        }
    }

    private void readDependency(ByteBuffer buf, int at) throws MalformedFrame {
        require((word(buf, at) & Integer.MAX_VALUE) != stream, FrameFlaw.PRIORITY_ITSELF);
    }

    /// Bytes of the payload, 0 to 16777215; with DATA, what flow control counts.
    public int length() {
        return length;
    }

    public FrameType type() {
        return type;
    }

    /// The type's number, also of an unknown one; 0 to 255.
    public int typeCode() {
        return typeCode;
    }

    /// 0 for the connection, to 2147483647; the reserved bit is ignored.
    public int stream() {
        return stream;
    }

    /// Whether the sender's direction of the stream ends with this DATA or HEADERS.
    public boolean endsStream() {
        return (flags & END_STREAM) != 0 && (type == FrameType.DATA || type == FrameType.HEADERS);
    }

    /// Whether the field block ends with this HEADERS or CONTINUATION.
    public boolean endsHeaders() {
        return (flags & END_HEADERS) != 0
                && (type == FrameType.HEADERS || type == FrameType.CONTINUATION);
    }

    /// Whether it answers a SETTINGS or PING.
    public boolean isAck() {
        return (flags & ACK) != 0 && (type == FrameType.SETTINGS || type == FrameType.PING);
    }

    /// Where data, part of a field block, settings, or a ping's eight bytes begin. Known after
    /// [#readPayload].
    public int contentStart() {
        return contentStart;
    }

    /// The index after them: before the padding.
    public int contentEnd() {
        return contentEnd;
    }

    /// The error of RST_STREAM or GOAWAY.
    public Http2Error error() {
        return Http2Error.of(value);
    }

    /// What WINDOW_UPDATE adds, 1 to 2147483647.
    public int windowIncrement() {
        return value;
    }

    /// The last stream that GOAWAY promises to look at.
    public int lastStream() {
        return lastStream;
    }

    static int word(ByteBuffer buf, int at) {
        return (buf.get(at) & 0xFF) << 24
                | (buf.get(at + 1) & 0xFF) << 16
                | (buf.get(at + 2) & 0xFF) << 8
                | buf.get(at + 3) & 0xFF;
    }
}
