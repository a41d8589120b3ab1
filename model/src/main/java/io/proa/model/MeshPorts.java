package io.proa.model;

/// The ports every sidecar uses; never a target of mesh traffic.
public final class MeshPorts {
    public static final int ADMIN = 15000;
    public static final int OUTBOUND = 15001;
    public static final int INBOUND_PLAINTEXT = 15006;
    public static final int MESH = 15008;
    public static final int HEALTH = 15021;
    public static final int METRICS = 15090;

    private MeshPorts() {}

    public static boolean isReserved(int port) {
        return port == ADMIN
                || port == OUTBOUND
                || port == INBOUND_PLAINTEXT
                || port == MESH
                || port == HEALTH
                || port == METRICS;
    }
}
