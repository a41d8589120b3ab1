package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.formats.HeadLimits;
import io.proa.identity.TlsProvider;
import io.proa.identity.TlsSettings;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.Revision;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.Workload;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.IdentityGate;
import io.proa.proxy.Resolver;
import io.proa.proxy.Subscriptions;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.PathPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// Data planes whose settings and snapshots are the test's own; where [Planes] is one caller and
/// its callees at one address, these have whatever addresses are wanted.
final class Sidecars implements AutoCloseable {
    static final InetAddress LOOPBACK_4 = IpPort.literal("127.0.0.1");
    static final InetAddress LOOPBACK_6 = IpPort.literal("::1");

    final List<ExchangeRecord> records = new CopyOnWriteArrayList<>();
    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<String> detected = new CopyOnWriteArrayList<>();
    final List<Throwable> bugs = new CopyOnWriteArrayList<>();
    private final List<DataPlane> planes = new ArrayList<>();

    /// A running data plane that proves to be `id`.
    DataPlane start(
            SpiffeId id,
            DataPlaneSettings settings,
            Subscriptions subscriptions,
            MeshSnapshot snapshot)
            throws IOException {
        return start(id, settings, subscriptions, Resolver.NONE, snapshot);
    }

    private DataPlane start(
            SpiffeId id,
            DataPlaneSettings settings,
            Subscriptions subscriptions,
            Resolver resolver,
            MeshSnapshot snapshot)
            throws IOException {
        IdentityGate gate = new IdentityGate();
        gate.open(
                TlsProvider.open(
                        Planes.identity(id), Planes.AUTHORITY.bundle(), TlsSettings.defaults()));
        DataPlane plane =
                DataPlane.open(
                        settings,
                        new DataPlane.Surroundings(
                                gate,
                                subscriptions,
                                _ -> new Noting(records, refused, detected),
                                this::bug,
                                7,
                                resolver));
        plane.publish(snapshot);
        plane.start();
        planes.add(plane);
        return plane;
    }

    private void bug(Throwable thrown) {
        bugs.add(thrown);
        thrown.printStackTrace();
    }

    /// The plane in front of an application.
    ///
    /// @param own the pod's addresses, of which the first gets the mesh port
    DataPlane callee(List<InetAddress> own, ApplicationPort... ports) throws IOException {
        return start(
                Planes.CALLEE,
                settings(List.of(), new InetSocketAddress(own.getFirst(), 0)),
                Subscriptions.NONE,
                snapshot("orders-1", Planes.CALLEE, own, List.of(ports), List.of()));
    }

    /// The plane in front of an application whose only entry is `socket`, where its port is
    /// published.
    DataPlane published(Path socket, ApplicationPort port) throws IOException {
        return start(
                Planes.CALLEE,
                new DataPlaneSettings(
                        1,
                        null,
                        List.of(),
                        null,
                        null,
                        List.of(new DataPlaneSettings.Published(socket, port.port())),
                        false,
                        true,
                        HeadLimits.DEFAULT),
                Subscriptions.NONE,
                snapshot("orders-1", Planes.CALLEE, List.of(LOOPBACK_4), List.of(port), List.of()));
    }

    /// The plane beside a caller, with a local listener that stands for `dialled`.
    DataPlane caller(IpPort dialled, Subscriptions subscriptions, MeshService... services)
            throws IOException {
        return start(
                Planes.CALLER,
                settings(
                        List.of(
                                new DataPlaneSettings.Forward(
                                        new InetSocketAddress(LOOPBACK_4, 0), dialled)),
                        null),
                subscriptions,
                callerSnapshot(services));
    }

    /// A plane that is its application's HTTP proxy.
    DataPlane explicit(Subscriptions subscriptions, Resolver resolver, MeshService... services)
            throws IOException {
        return explicit(Set.of(), subscriptions, resolver, services);
    }

    /// The same for certain users.
    DataPlane explicit(
            Set<Integer> users,
            Subscriptions subscriptions,
            Resolver resolver,
            MeshService... services)
            throws IOException {
        return start(
                Planes.CALLER,
                new DataPlaneSettings(
                        2,
                        null,
                        List.of(),
                        null,
                        null,
                        List.of(),
                        false,
                        true,
                        HeadLimits.DEFAULT,
                        new DataPlaneSettings.Proxy(new InetSocketAddress(LOOPBACK_4, 0), users),
                        PathPolicy.DEFAULT,
                        DataPlaneSettings.DEFAULT_MEMORY),
                subscriptions,
                resolver,
                callerSnapshot(services));
    }

    static MeshSnapshot callerSnapshot(MeshService... services) {
        return snapshot(
                "caller-1", Planes.CALLER, List.of(LOOPBACK_4), List.of(), List.of(services));
    }

    static MeshSnapshot snapshot(
            String pod,
            SpiffeId id,
            List<InetAddress> own,
            List<ApplicationPort> ports,
            List<MeshService> services) {
        return new MeshSnapshot(
                new Revision(1),
                new Workload(pod, id, own, ports, InboundMode.STRICT),
                services,
                Set.of());
    }

    static DataPlaneSettings settings(
            List<DataPlaneSettings.Forward> explicit, SocketAddress mesh) {
        return new DataPlaneSettings(
                1, null, explicit, null, mesh, List.of(), false, true, HeadLimits.DEFAULT);
    }

    /// `orders` at these virtual addresses.
    static MeshService orders(
            List<InetAddress> virtualAddresses, ServicePort port, Endpoint... endpoints) {
        return new MeshService(
                Planes.ORDERS,
                virtualAddresses,
                List.of(port),
                List.of(endpoints),
                List.of(Stage.UNHURRIED));
    }

    static int port(DataPlane plane) {
        return ((InetSocketAddress) plane.addresses().getFirst()).getPort();
    }

    /// The record of the only, or last, exchange; waits for `count` of them.
    ExchangeRecord last(int count) throws InterruptedException {
        return Planes.last(records, count);
    }

    /// What must hold after everything: all buffers are back and nothing went wrong inside.
    void assertCalm() throws InterruptedException {
        for (DataPlane plane : planes) {
            long end = System.nanoTime() + 2_500_000_000L;
            while (plane.lentSlabs() != 0 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertThat(plane.lentSlabs()).as("slabs still lent").isZero();
        }
        assertThat(bugs).isEmpty();
    }

    /// Ends one of them.
    void end(DataPlane plane) {
        planes.remove(plane);
        plane.close();
    }

    @Override
    public void close() {
        planes.forEach(DataPlane::close);
    }
}
