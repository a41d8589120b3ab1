package io.proa.model;

/// What a service port is declared to speak; `DETECT` lets the client's first bytes decide.
public enum AppProtocol {
    DETECT,
    HTTP,
    TCP
}
