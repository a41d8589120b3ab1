package io.proa.proxy.http;

/// The head of a response has arrived; its body waits behind it. One per connection, valid until
/// its exchange ends.
public final class UpstreamResponse {
    private final UpstreamConnection connection;

    UpstreamResponse(UpstreamConnection connection) {
        this.connection = connection;
    }

    /// 200 to 599.
    public int status() {
        return connection.status();
    }

    /// Whether the other sidecar made it, not its application.
    public boolean fromSidecar() {
        return connection.fromSidecar();
    }

    /// Throws the response away, so that another attempt may be made.
    public void discard() {
        connection.discard();
    }

    UpstreamConnection connection() {
        return connection;
    }
}
