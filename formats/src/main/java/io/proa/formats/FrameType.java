package io.proa.formats;

/// The frame types of RFC 9113 section 6, in the order of their numbers.
public enum FrameType {
    DATA,
    HEADERS,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    PUSH_PROMISE,
    PING,
    GOAWAY,
    WINDOW_UPDATE,
    CONTINUATION,
    /// Any other; to be passed over (section 4.1).
    UNKNOWN;

    private static final FrameType[] ALL = values();

    /// The number on the wire.
    @SuppressWarnings("EnumOrdinal") // the RFC numbers them from 0, without a gap
    int code() {
        return ordinal();
    }

    static FrameType of(int code) {
        return code < ALL.length ? ALL[code] : UNKNOWN;
    }
}
