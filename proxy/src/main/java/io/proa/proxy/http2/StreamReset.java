package io.proa.proxy.http2;

import io.proa.formats.Http2Error;
import java.net.SocketException;

/// The peer has reset a stream: to its lane what a TCP reset is to a connection.
final class StreamReset extends SocketException {
    private static final long serialVersionUID = 1L;

    private final Http2Error error;

    StreamReset(Http2Error error) {
        super("stream reset: " + error);
        this.error = error;
    }

    Http2Error error() {
        return error;
    }

    /// It is the peer's doing and may come often.
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is written
    public Throwable fillInStackTrace() {
        return this;
    }
}
