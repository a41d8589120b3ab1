package io.proa.proxy.http;

import io.proa.traffic.ExchangeRecord;

/// Told of what a [ClientConnection] does outside its exchanges.
public interface ConnectionObserver {
    /// A request that could not be understood was answered.
    void malformed(ExchangeRecord record);

    /// The response's head, or the sidecar's own answer, is about to be sent.
    void responding(Exchange exchange);

    /// Whether the client is a sidecar of the mesh, which is told how far a failed request had got.
    boolean tellsSidecars(Arrival arrival);

    void closed(ClientConnection connection);
}
