package io.proa.model;

/// What happens to connections that come from outside the mesh.
public enum InboundMode {
    /// Refused with a reason, and counted.
    STRICT,
    /// Passed to the application in plaintext, counted, and shown as such.
    PERMISSIVE
}
