package io.proa.proxy.http;

import io.proa.proxy.loop.Link;
import io.proa.proxy.loop.LinkHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Opens connections: marked past the redirect, in TLS where the target has an identity.
/// Loop-confined.
public interface Connector {
    /// Begins to connect; `handler` learns of [LinkHandler#established] or [LinkHandler#broken].
    ///
    /// @param protocol the ALPN protocol to agree on, ignored for plaintext
    /// @throws IOException where it fails at once
    Link connect(UpstreamTarget target, String protocol, LinkHandler handler) throws IOException;

    /// A connection stands; for those who count.
    default void established(UpstreamTarget target, Link link) {}

    /// An established connection is gone.
    default void closed(UpstreamTarget target, Link link) {}

    /// A connection never came to stand.
    default void refused(UpstreamTarget target, IOException cause) {}

    /// What a failed [#connect] was about, where it is more than a failure to connect.
    default @Nullable String describe(IOException cause) {
        return cause.getMessage();
    }
}
