package io.proa.control.intent;

/// A port of the machine's own loopback that leads to a service.
///
/// @param hostPort 1 to 65535
/// @param servicePort what the mesh calls the service's port
/// @param targetPort where its application listens
public record Publication(int hostPort, int servicePort, int targetPort) {}
