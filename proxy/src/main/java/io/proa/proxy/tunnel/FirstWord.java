package io.proa.proxy.tunnel;

/// Who speaks first at a destination, as far as it was seen lately, so that neither is waited for
/// in vain nor tried without need. What was seen is forgotten after a while. Loop-confined.
public final class FirstWord {
    /// What is known of a destination.
    public enum Who {
        /// Nothing.
        UNKNOWN,
        /// The client, in HTTP.
        HTTP_CLIENT,
        /// The server, or a client that does not speak HTTP.
        SERVER
    }

    private static final long REMEMBERED_NANOS = 300_000_000_000L;

    private Who who = Who.UNKNOWN;
    private long seenAt;

    public Who who(long now) {
        return now - seenAt > REMEMBERED_NANOS ? Who.UNKNOWN : who;
    }

    public void saw(Who seen, long now) {
        who = seen;
        seenAt = now;
    }
}
