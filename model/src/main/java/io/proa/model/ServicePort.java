package io.proa.model;

/// One port of a service: clients dial `port` on the virtual address, the application listens on
/// `targetPort`.
public record ServicePort(int port, int targetPort, AppProtocol protocol) {}
