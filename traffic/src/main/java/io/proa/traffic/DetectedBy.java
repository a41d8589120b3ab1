package io.proa.traffic;

/// How it became known what is spoken on a connection.
public enum DetectedBy {
    /// The port's `protocol` says so.
    DECLARED("declared"),
    /// The client's first bytes did.
    FIRST_BYTES("first_bytes"),
    /// The server spoke on a connection that was opened because the client was silent.
    SPECULATION("speculation"),
    /// The server spoke, as it had before: it was connected to at once.
    REMEMBERED("remembered"),
    /// The caller's sidecar said so, by ALPN.
    CALLER("caller"),
    /// It goes out of the mesh, where nothing is looked at.
    OUTSIDE("outside");

    /// How many there are.
    public static final int COUNT = values().length;

    private final String label;

    DetectedBy(String label) {
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
