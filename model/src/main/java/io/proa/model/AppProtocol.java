package io.proa.model;

/// What a service port is declared to speak; `DETECT` lets the client's first bytes decide.
public enum AppProtocol {
    DETECT,
    /// HTTP/1.1, or HTTP/2 where the client begins with its preface.
    HTTP,
    /// HTTP/2 by prior knowledge, gRPC among it.
    HTTP2,
    TCP
}
