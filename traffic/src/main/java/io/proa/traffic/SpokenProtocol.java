package io.proa.traffic;

/// What is spoken on a connection, as far as a sidecar needs to know.
public enum SpokenProtocol {
    HTTP1("http1"),
    HTTP2("http2"),
    /// TLS that the application began itself; passed on as it is.
    TLS("tls"),
    /// Anything else in which the client spoke first, or which is not looked at.
    OPAQUE("opaque"),
    /// Anything in which the server spoke first.
    SERVER_FIRST("server_first");

    /// How many there are.
    public static final int COUNT = values().length;

    private final String label;

    SpokenProtocol(String label) {
        this.label = label;
    }

    /// As metrics and admin pages call it.
    public String label() {
        return label;
    }

    /// Between 0 and [#COUNT] - 1, for tables of counters; not stable between versions.
    @SuppressWarnings("EnumOrdinal") // the one place that uses it, never stored nor sent
    public int number() {
        return ordinal();
    }
}
