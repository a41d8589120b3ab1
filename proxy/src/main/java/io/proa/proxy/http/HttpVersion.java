package io.proa.proxy.http;

/// How requests travel on a connection. A request leaves in the version in which it came, so that
/// nothing of it is lost on the way.
public enum HttpVersion {
    /// HTTP/1.1, and HTTP/1.0 where the peer has no other.
    HTTP1("http/1.1"),
    HTTP2("h2");

    private final String alpn;

    HttpVersion(String alpn) {
        this.alpn = alpn;
    }

    /// What it is called in ALPN (RFC 7301 section 6).
    public String alpn() {
        return alpn;
    }
}
