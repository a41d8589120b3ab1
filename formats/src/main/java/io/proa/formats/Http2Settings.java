package io.proa.formats;

import java.nio.ByteBuffer;

/// What one side of an HTTP/2 connection has announced (RFC 9113 section 6.5.2, RFC 8441 section 3,
/// RFC 9218 section 2.1); at first what holds without a word.
public final class Http2Settings {
    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;
    static final int ENABLE_CONNECT_PROTOCOL = 8;
    static final int NO_RFC7540_PRIORITIES = 9;

    private static final int SETTING_LENGTH = 6;
    private static final int LARGEST_MAX_FRAME_SIZE = (1 << 24) - 1;

    private int headerTableSize = 4096;
    private int lowestHeaderTableSize = 4096;
    private int maxConcurrentStreams = Integer.MAX_VALUE;
    private int initialWindowSize = 65_535;
    private int maxFrameSize = FrameHead.SMALLEST_MAX_FRAME_SIZE;
    private int maxHeaderListSize = Integer.MAX_VALUE;
    private boolean connectProtocol;

    public Http2Settings() {}

    /// Takes over the settings of one frame, in their order. Unknown ones are passed over.
    ///
    /// @param fromServer whether the peer is the server, who may not allow pushing
    public void take(ByteBuffer buf, int from, int to, boolean fromServer) throws MalformedFrame {
        lowestHeaderTableSize = headerTableSize;
        for (int at = from; at <= to - SETTING_LENGTH; at += SETTING_LENGTH) {
            int id = (buf.get(at) & 0xFF) << 8 | buf.get(at + 1) & 0xFF;
            take(id, FrameHead.word(buf, at + 2) & 0xFFFF_FFFFL, fromServer);
        }
    }

    private void take(int id, long value, boolean fromServer) throws MalformedFrame {
        switch (id) {
            case HEADER_TABLE_SIZE -> {
                headerTableSize = clamped(value);
                lowestHeaderTableSize = Math.min(lowestHeaderTableSize, headerTableSize);
            }
            case ENABLE_PUSH -> require(value <= (fromServer ? 0 : 1), FrameFlaw.SETTINGS_PUSH);
            case MAX_CONCURRENT_STREAMS -> maxConcurrentStreams = clamped(value);
            case INITIAL_WINDOW_SIZE -> {
                require(value <= Integer.MAX_VALUE, FrameFlaw.SETTINGS_WINDOW);
                initialWindowSize = (int) value;
            }
            case MAX_FRAME_SIZE -> {
                require(
                        value >= FrameHead.SMALLEST_MAX_FRAME_SIZE
                                && value <= LARGEST_MAX_FRAME_SIZE,
                        FrameFlaw.SETTINGS_FRAME_SIZE);
                maxFrameSize = (int) value;
            }
            case MAX_HEADER_LIST_SIZE -> maxHeaderListSize = clamped(value);
            case ENABLE_CONNECT_PROTOCOL -> {
                require(value <= 1 && (value == 1 || !connectProtocol), FrameFlaw.SETTINGS_CONNECT);
                connectProtocol = value == 1;
            }
            case NO_RFC7540_PRIORITIES -> require(value <= 1, FrameFlaw.SETTINGS_PRIORITIES);
            default -> {}
        }
    }

    private static int clamped(long value) {
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    private static void require(boolean rule, FrameFlaw broken) throws MalformedFrame {
        if (!rule) {
            throw MalformedFrame.of(broken);
        }
    }

    /// Bytes, for [HpackEncoder#limit].
    public int headerTableSize() {
        return headerTableSize;
    }

    /// The lowest table size that the last frame passed through on its way to the present one.
    public int lowestHeaderTableSize() {
        return lowestHeaderTableSize;
    }

    /// Streams that the other side may have open at a time; `Integer.MAX_VALUE` = any number.
    public int maxConcurrentStreams() {
        return maxConcurrentStreams;
    }

    /// Bytes of DATA that a stream may be sent before it says more; 0 to 2147483647.
    public int initialWindowSize() {
        return initialWindowSize;
    }

    /// Bytes of payload, 16384 to 16777215.
    public int maxFrameSize() {
        return maxFrameSize;
    }

    /// Bytes of names and values and 32 for each field; `Integer.MAX_VALUE` = any number.
    public int maxHeaderListSize() {
        return maxHeaderListSize;
    }

    /// Whether CONNECT may have a `:protocol` (RFC 8441).
    public boolean connectProtocol() {
        return connectProtocol;
    }
}
