package io.proa.formats;

/// The error codes of RFC 9113 section 7, in the order of their numbers.
public enum Http2Error {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    private static final Http2Error[] ALL = values();

    /// The number on the wire.
    @SuppressWarnings("EnumOrdinal") // the RFC numbers them from 0, without a gap
    public int code() {
        return ordinal();
    }

    /// The error with that number; an unknown one counts as [#INTERNAL_ERROR], as the RFC allows.
    public static Http2Error of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : INTERNAL_ERROR;
    }
}
