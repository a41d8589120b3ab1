package io.proa.model;

/// The address blocks of a fleet on one machine, in the form `ADDRESS/PREFIX`. The control plane
/// gives addresses out of them, and the network under the pods must know them for the same.
///
/// Private ones (RFC 1918, RFC 4193) that seldom collide with a machine's own.
public final class MeshBlocks {
    /// Of pods; the first address is the bridge's.
    public static final String PODS_4 = "10.87.0.0/16";

    /// Likewise.
    public static final String PODS_6 = "fd50:a0a::/64";

    /// Virtual addresses of services: nobody has them.
    public static final String SERVICES_4 = "10.88.0.0/16";

    /// Likewise.
    public static final String SERVICES_6 = "fd50:a0a:0:1::/64";

    private MeshBlocks() {}
}
