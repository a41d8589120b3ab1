package io.proa.model;

/// A port of the application beside the sidecar that the mesh may reach.
///
/// @param service the service whose name callers put into SNI
/// @param port the service's port, named in SNI
/// @param targetPort where the application listens
/// @param loopback whether the application listens on loopback only (declared: nothing else is ever
///   reached there)
public record ApplicationPort(
        ServiceName service, int port, int targetPort, AppProtocol protocol, boolean loopback) {}
