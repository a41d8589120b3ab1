package io.proa.formats;

import java.util.Locale;

/// One way in which a message can break RFC 9110, RFC 9112 or RFC 9113, or be open to a second
/// reading. The code is stable: it appears in metrics, logs and answers.
public enum Flaw {
    TOO_LARGE(431, "the message head is larger than the limit"),
    TOO_MANY_HEADERS(431, "the message head has more field lines than the limit"),
    NAME_TOO_LONG(431, "a field name is longer than 256 bytes"),

    BARE_CR(400, "a carriage return is not followed by a line feed"),
    BARE_LF(400, "a line feed is not preceded by a carriage return"),
    CONTROL_BYTE(400, "a control byte stands in the message head"),

    EMPTY_START_LINE(400, "there is an empty line where the start line should be"),
    REQUEST_LINE(400, "the request line is not method, space, target, space, version"),
    METHOD_BYTE(400, "the method is not a token"),
    TARGET_BYTE(400, "the request target has a space, a fragment or a byte outside visible ASCII"),
    TARGET_FORM(400, "the request target is in none of the four forms allowed for its method"),
    VERSION(505, "the version is neither HTTP/1.1 nor HTTP/1.0"),
    STATUS_LINE(400, "the status line is not version, space, three digits, space, reason"),

    LINE_FOLDING(400, "a field line begins with white space"),
    NAME_EMPTY(400, "a field line has no name"),
    NAME_BYTE(400, "a field name has a byte that is not allowed"),
    SPACE_BEFORE_COLON(400, "there is white space between a field name and its colon"),
    NO_COLON(400, "a field line has no colon"),
    LOOKALIKE_NAME(
            400, "a field name with underscores imitates one that decides framing or identity"),

    HOST_MISSING(400, "a request of HTTP/1.1 has no Host"),
    HOST_REPEATED(400, "there is more than one Host"),
    HOST_SYNTAX(400, "Host is not a host with an optional port"),
    HOST_MISMATCH(400, "Host differs from the authority in the request target"),

    LENGTH_SYNTAX(400, "Content-Length is not a plain decimal number"),
    LENGTH_RANGE(400, "Content-Length is larger than 2^53"),
    LENGTH_REPEATED(400, "there is more than one Content-Length"),
    LENGTH_AND_ENCODING(400, "both Content-Length and Transfer-Encoding are present"),
    ENCODING_UNKNOWN(501, "Transfer-Encoding is not exactly chunked"),
    ENCODING_REPEATED(400, "there is more than one Transfer-Encoding"),
    ENCODING_IN_HTTP10(400, "Transfer-Encoding is present in a message of HTTP/1.0"),
    BODY_NOT_ALLOWED(400, "a body is announced where none may be"),

    CONNECTION_SYNTAX(400, "Connection is not a list of tokens"),
    CONNECTION_PROTECTED(400, "Connection names a field that must not be removed on the way"),
    EXPECTATION(417, "Expect is not exactly 100-continue"),
    UPGRADE_SYNTAX(400, "Upgrade is not a list of protocols"),
    UPGRADE_INCOMPLETE(400, "status 101 comes without Connection: upgrade and Upgrade"),

    CHUNK_SIZE(400, "a chunk size is not one to fourteen hexadecimal digits"),
    CHUNK_RANGE(400, "a chunk is larger than 2^53"),
    CHUNK_EXTENSION(400, "a chunk extension is not a list of plain names and tokens"),
    CHUNK_EXTENSIONS_TOO_LARGE(400, "the chunk extensions are out of proportion"),
    CHUNK_LINE(400, "a line of the chunked body does not end with CR LF"),
    CHUNK_DATA_END(400, "the data of a chunk is not followed by CR LF"),
    TRAILER_LINE(400, "a trailer line is not a field"),
    TRAILER_FORBIDDEN(400, "a field that must stand in the head is sent as a trailer"),
    TRAILERS_TOO_LARGE(431, "the trailers are larger than the limit"),

    // only in HTTP/2
    PSEUDO_UNKNOWN(400, "a pseudo-header field is not one of those that are defined"),
    PSEUDO_MISPLACED(400, "a pseudo-header field stands in a message it does not belong to"),
    PSEUDO_REPEATED(400, "a pseudo-header field is sent twice"),
    PSEUDO_LATE(400, "a pseudo-header field stands behind an ordinary one"),
    PSEUDO_MISSING(400, "a pseudo-header field is missing"),
    CONNECT_FIELDS(400, "CONNECT has a scheme or a path, or an extended CONNECT lacks one"),
    CONNECT_PROTOCOL(501, "an extended CONNECT is for another protocol than websocket"),
    SCHEME(400, "the scheme is neither http nor https"),
    AUTHORITY_SYNTAX(400, ":authority is not a host with an optional port"),
    AUTHORITY_MISSING(400, "a request has neither :authority nor Host"),
    STATUS_SYNTAX(400, ":status is not three digits, or is 101"),
    INTERIM_LAST(400, "an interim response ends its stream"),
    NAME_UPPERCASE(400, "a field name has an upper-case letter"),
    CONNECTION_FIELD(400, "a field of HTTP/1's connections is sent in HTTP/2"),
    TE_VALUE(400, "TE is not exactly trailers"),
    VALUE_SPACE(400, "a field value begins or ends with white space"),
    LENGTH_MISMATCH(400, "the message has not the length that Content-Length says");

    private final String code;
    private final int status;
    private final String sentence;

    Flaw(int status, String sentence) {
        this.code = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.status = status;
        this.sentence = sentence;
    }

    /// Lower-case words joined by hyphens.
    public String code() {
        return code;
    }

    /// The status to answer with when the flaw is in a request; a flaw in a response is always a
    /// 502.
    public int status() {
        return status;
    }

    public String sentence() {
        return sentence;
    }
}
