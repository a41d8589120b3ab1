package io.proa.control.fleet;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntPredicate;

/// Explicit mode: no pod has a network of its own. Their sidecars share 127.0.0.1, each with two
/// ports that stay the same while its pod lives.
///
/// The ports are below those that Linux gives to outgoing connections (32768 and above, unless
/// `net.ipv4.ip_local_port_range` says otherwise), so that none of them is taken while a sidecar is
/// started again. Services have addresses of a block that is nobody's (RFC 1112, section 4:
/// reserved); only sidecars ever hear of them.
public final class SharedLoopback implements FleetAddresses {
    /// The first of the sidecars' ports.
    public static final int FIRST_PORT = 23000;

    /// The last one.
    public static final int LAST_PORT = 24999;

    /// For checks: every port is free.
    public static final SharedLoopback ANYWHERE = new SharedLoopback(0, _ -> true);

    private static final int PORTS_OF_ONE = 2;
    private static final int MOST_PODS = (LAST_PORT - FIRST_PORT + 1) / PORTS_OF_ONE;
    private static final AddressBlocks.Block SERVICES = AddressBlocks.Block.parse("240.88.0.0/16");

    private final int rotation;
    private final IntPredicate free;

    /// @param rotation what number 0 means: fleets that differ in it seldom meet
    /// @param free whether nobody listens on a port
    SharedLoopback(int rotation, IntPredicate free) {
        this.rotation = Math.floorMod(rotation, MOST_PODS);
        this.free = free;
    }

    /// On this machine, where other fleets and other programs may have ports.
    ///
    /// @param state the control plane's folder, by which fleets differ
    public static SharedLoopback ofThisMachine(Path state) {
        return new SharedLoopback(
                state.toAbsolutePath().hashCode(), SharedLoopback::nobodyListensOn);
    }

    /// Whether a port is kept for sidecars.
    static boolean isOfSidecars(int port) {
        return port >= FIRST_PORT && port <= LAST_PORT;
    }

    @Override
    public PodAddress.Loopback pod(int index) {
        int first = FIRST_PORT + (index + rotation) % MOST_PODS * PORTS_OF_ONE;
        return new PodAddress.Loopback(first, first + 1);
    }

    @Override
    public List<InetAddress> service(int index) {
        return List.of(SERVICES.host(index + 1));
    }

    @Override
    public int capacity() {
        return MOST_PODS;
    }

    @Override
    public boolean isUsable(int index) {
        PodAddress.Loopback pod = pod(index);
        return free.test(pod.meshPort()) && free.test(pod.proxyPort());
    }

    private static boolean nobodyListensOn(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(IpPort.literal("127.0.0.1"), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// What a fleet's revision depends on.
    @Override
    public String toString() {
        return "shared loopback, rotation " + rotation;
    }
}
