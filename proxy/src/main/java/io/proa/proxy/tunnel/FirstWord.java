package io.proa.proxy.tunnel;

import io.proa.traffic.DetectedBy;
import io.proa.traffic.SpokenProtocol;
import org.jspecify.annotations.Nullable;

/// What was spoken lately at a destination, so that neither side is waited for in vain nor tried
/// without need.
///
/// That it speaks HTTP is learned from its answers, never from what a client sent; that it speaks
/// first, from its first byte. Both are forgotten after five minutes without another. Written by
/// one loop; any thread may read.
public final class FirstWord {
    /// What is known of a destination.
    public enum Who {
        /// Nothing.
        UNKNOWN,
        /// The client, in HTTP.
        HTTP_CLIENT,
        /// The server.
        SERVER
    }

    /// What was seen.
    ///
    /// @param at in loop time
    public record Seen(SpokenProtocol spoken, DetectedBy how, long at) {
        /// What is left of the time for which it is believed; not positive = none.
        public long believedFor(long now) {
            return REMEMBERED_NANOS - (now - at);
        }
    }

    private static final long REMEMBERED_NANOS = 300_000_000_000L;

    /// An older one is renewed by what is seen again.
    private static final long FRESH_NANOS = 1_000_000_000L;

    private volatile @Nullable Seen seen;

    public Who who(long now) {
        Seen last = seen(now);
        if (last == null) {
            return Who.UNKNOWN;
        }
        return switch (last.spoken()) {
            case HTTP1, HTTP2 -> Who.HTTP_CLIENT;
            case SERVER_FIRST -> Who.SERVER;
            case TLS, OPAQUE -> Who.UNKNOWN;
        };
    }

    /// What is still believed; null where that is nothing.
    public @Nullable Seen seen(long now) {
        Seen last = seen;
        return last == null || last.believedFor(now) <= 0 ? null : last;
    }

    /// The destination spoke so.
    public void saw(SpokenProtocol spoken, DetectedBy how, long now) {
        Seen last = seen;
        if (last == null || last.spoken() != spoken || now - last.at() > FRESH_NANOS) {
            seen = new Seen(spoken, how, now);
        }
    }
}
