package io.proa.formats;

/// The request methods of RFC 9110 section 9 and PATCH (RFC 5789). Methods are case-sensitive:
/// `get` is [#OTHER].
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    OPTIONS,
    TRACE,
    PATCH,
    CONNECT,
    OTHER;

    /// Whether the same request may be sent twice without a different effect (RFC 9110 section
    /// 9.2.2).
    public boolean idempotent() {
        return switch (this) {
            case GET, HEAD, PUT, DELETE, OPTIONS, TRACE -> true;
            case POST, PATCH, CONNECT, OTHER -> false;
        };
    }

    /// Recognises the method in the first `length` bytes of a little-endian word of the start line.
    static Method of(long word, int length) {
        if (length > 7) {
            return OTHER;
        }
        long w = word & (-1L >>> (64 - 8 * length));
        if (w == W_GET) {
            return GET;
        } else if (w == W_POST) {
            return POST;
        } else if (w == W_PUT) {
            return PUT;
        } else if (w == W_HEAD) {
            return HEAD;
        } else if (w == W_DELETE) {
            return DELETE;
        } else if (w == W_PATCH) {
            return PATCH;
        } else if (w == W_OPTIONS) {
            return OPTIONS;
        } else if (w == W_CONNECT) {
            return CONNECT;
        } else if (w == W_TRACE) {
            return TRACE;
        }
        return OTHER;
    }

    private static final long W_GET = Octets.word("GET");
    private static final long W_POST = Octets.word("POST");
    private static final long W_PUT = Octets.word("PUT");
    private static final long W_HEAD = Octets.word("HEAD");
    private static final long W_DELETE = Octets.word("DELETE");
    private static final long W_PATCH = Octets.word("PATCH");
    private static final long W_OPTIONS = Octets.word("OPTIONS");
    private static final long W_CONNECT = Octets.word("CONNECT");
    private static final long W_TRACE = Octets.word("TRACE");
}
