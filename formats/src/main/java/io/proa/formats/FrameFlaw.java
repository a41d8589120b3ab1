package io.proa.formats;

import static io.proa.formats.FrameFlaw.Scope.CONNECTION;
import static io.proa.formats.FrameFlaw.Scope.STREAM;
import static io.proa.formats.Http2Error.COMPRESSION_ERROR;
import static io.proa.formats.Http2Error.ENHANCE_YOUR_CALM;
import static io.proa.formats.Http2Error.FLOW_CONTROL_ERROR;
import static io.proa.formats.Http2Error.FRAME_SIZE_ERROR;
import static io.proa.formats.Http2Error.PROTOCOL_ERROR;

import java.util.Locale;

/// One way in which HTTP/2 frames and field blocks can break RFC 9113 or RFC 7541, with what the
/// peer is told. What a well-formed block says of a message is a [Flaw] instead. The code is
/// stable: it appears in metrics and logs.
public enum FrameFlaw {
    PREFACE(PROTOCOL_ERROR, CONNECTION, "the connection does not begin with HTTP/2's preface"),

    FRAME_TOO_LARGE(FRAME_SIZE_ERROR, CONNECTION, "a frame is larger than the limit announced"),
    FRAME_LENGTH(FRAME_SIZE_ERROR, CONNECTION, "a frame has not the length its type has"),
    FRAME_ON_CONNECTION(
            PROTOCOL_ERROR, CONNECTION, "a frame that belongs to a stream has stream number 0"),
    FRAME_ON_STREAM(
            PROTOCOL_ERROR, CONNECTION, "a frame that belongs to the connection has a stream"),
    PADDING(PROTOCOL_ERROR, CONNECTION, "the padding is as long as what it pads, or longer"),
    BLOCK_INTERRUPTED(
            PROTOCOL_ERROR, CONNECTION, "another frame stands between the parts of a field block"),
    CONTINUATION_ALONE(
            PROTOCOL_ERROR, CONNECTION, "a CONTINUATION continues no field block of its stream"),
    PUSH(PROTOCOL_ERROR, CONNECTION, "a PUSH_PROMISE was sent, and pushing is switched off"),

    PRIORITY_LENGTH(FRAME_SIZE_ERROR, STREAM, "a PRIORITY is not 5 bytes long"),
    PRIORITY_ITSELF(PROTOCOL_ERROR, STREAM, "a stream depends on itself"),
    WINDOW_INCREMENT(PROTOCOL_ERROR, STREAM, "a stream's window is enlarged by 0"),
    WINDOW_INCREMENT_ALL(PROTOCOL_ERROR, CONNECTION, "the connection's window is enlarged by 0"),

    SETTINGS_ACK(FRAME_SIZE_ERROR, CONNECTION, "an acknowledgement of settings has settings"),
    SETTINGS_MANY(ENHANCE_YOUR_CALM, CONNECTION, "one frame has more than 64 settings"),
    SETTINGS_PUSH(
            PROTOCOL_ERROR, CONNECTION, "ENABLE_PUSH is neither 0 nor 1, or a server's is not 0"),
    SETTINGS_WINDOW(
            FLOW_CONTROL_ERROR, CONNECTION, "INITIAL_WINDOW_SIZE is larger than 2147483647"),
    SETTINGS_FRAME_SIZE(
            PROTOCOL_ERROR, CONNECTION, "MAX_FRAME_SIZE is not between 16384 and 16777215"),
    SETTINGS_CONNECT(
            PROTOCOL_ERROR,
            CONNECTION,
            "ENABLE_CONNECT_PROTOCOL is neither 0 nor 1, or has been taken back"),
    SETTINGS_PRIORITIES(PROTOCOL_ERROR, CONNECTION, "NO_RFC7540_PRIORITIES is neither 0 nor 1"),

    BLOCK_ENDS_EARLY(COMPRESSION_ERROR, CONNECTION, "a field block ends within a field"),
    BLOCK_TOO_LARGE(
            ENHANCE_YOUR_CALM, CONNECTION, "a field block is many times larger than the limit"),
    INTEGER(COMPRESSION_ERROR, CONNECTION, "an integer of a field block is too long or too large"),
    INDEX(COMPRESSION_ERROR, CONNECTION, "a field block names an entry that no table has"),
    TABLE_SIZE(COMPRESSION_ERROR, CONNECTION, "the dynamic table is made larger than the limit"),
    TABLE_SIZE_LATE(
            COMPRESSION_ERROR,
            CONNECTION,
            "the dynamic table's size changes within a block, or a third time before it"),
    HUFFMAN_END(COMPRESSION_ERROR, CONNECTION, "a Huffman-coded text has the code of its own end"),
    HUFFMAN_PADDING(
            COMPRESSION_ERROR,
            CONNECTION,
            "a Huffman-coded text ends with more than 7 bits, or other bits than ones");

    /// What a flaw ends.
    public enum Scope {
        /// The stream, by RST_STREAM; the connection goes on.
        STREAM,
        /// The connection, by GOAWAY.
        CONNECTION
    }

    private final String code;
    private final Http2Error error;
    private final Scope scope;
    private final String sentence;

    FrameFlaw(Http2Error error, Scope scope, String sentence) {
        this.code = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.error = error;
        this.scope = scope;
        this.sentence = sentence;
    }

    @SuppressWarnings("EnumOrdinal") // indexes a table made from values(), never stored
    int index() {
        return ordinal();
    }

    /// Lower-case words joined by hyphens.
    public String code() {
        return code;
    }

    /// What RST_STREAM or GOAWAY says.
    public Http2Error error() {
        return error;
    }

    public Scope scope() {
        return scope;
    }

    public String sentence() {
        return sentence;
    }
}
