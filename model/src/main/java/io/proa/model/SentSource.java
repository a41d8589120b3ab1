package io.proa.model;

/// Whether, and how, an application is told at the beginning of each connection from where that
/// comes: the PROXY protocol.
public enum SentSource {
    NONE,
    /// Version 1, a line of text.
    V1,
    /// Version 2, binary.
    V2
}
