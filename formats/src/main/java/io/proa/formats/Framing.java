package io.proa.formats;

/// How the end of a message body is known (RFC 9112 section 6.3).
public enum Framing {
    /// No body byte follows the head; also a stated length of zero.
    NONE,
    /// Exactly [MessageHead#contentLength()] bytes follow; at least one.
    LENGTH,
    /// Chunks follow, read by [ChunkedBody].
    CHUNKED,
    /// A response that ends with its connection.
    UNTIL_CLOSE
}
