package io.proa.model;

/// A port of the application beside the sidecar that the mesh may reach.
///
/// @param service the service whose name callers put into SNI
/// @param port the service's port, named in SNI
/// @param targetPort where the application listens
/// @param loopback whether the application listens on loopback only (declared: nothing else is ever
///   reached there)
/// @param acceptProxy whether connections from outside the mesh must begin with a header of the
///   PROXY protocol, which says where they come from
/// @param sendProxy whether the application is told so; only where `protocol` is TCP, since a
///   connection that several callers share comes from none of them
public record ApplicationPort(
        ServiceName service,
        int port,
        int targetPort,
        AppProtocol protocol,
        boolean loopback,
        boolean acceptProxy,
        SentSource sendProxy) {
    /// Without the PROXY protocol.
    public ApplicationPort(
            ServiceName service, int port, int targetPort, AppProtocol protocol, boolean loopback) {
        this(service, port, targetPort, protocol, loopback, false, SentSource.NONE);
    }
}
