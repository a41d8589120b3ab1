package io.proa.proxy.loop;

import java.io.IOException;

/// What a [Link]'s present owner is told; called on the link's loop.
public interface LinkHandler {
    /// Owns a link that only waits for its backlog to go.
    LinkHandler NOBODY =
            new LinkHandler() {
                @Override
                public void readable() {}

                @Override
                public void writable() {}

                @Override
                public void broken(IOException cause) {}
            };

    /// Connected, and with TLS: verified by both sides.
    default void established() {}

    /// Bytes, or an end, may be had by [Link#fill].
    void readable();

    /// A backlog is gone: [Link#write] takes bytes again.
    void writable();

    /// The connection is over; the link is closed already.
    void broken(IOException cause);
}
