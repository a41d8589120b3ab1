package io.proa.proving.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.proa.control.authority.CertificateAuthority;
import io.proa.control.authority.RequestRefused;
import io.proa.formats.HeadLimits;
import io.proa.identity.CertificateRequest;
import io.proa.identity.TlsProvider;
import io.proa.identity.TlsSettings;
import io.proa.identity.WorkloadIdentity;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RetryRule;
import io.proa.model.Revision;
import io.proa.model.RouteRule;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.TimeoutRule;
import io.proa.model.Workload;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.IdentityGate;
import io.proa.proxy.KnownDestination;
import io.proa.proxy.Subscriptions;
import io.proa.proxy.loop.Loop;
import io.proa.traffic.ExchangeRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// The data plane of a caller and those of the pods it calls, in this process, joined by mutual TLS
/// over loopback.
final class Planes implements AutoCloseable {
    static final ServiceName ORDERS = new ServiceName("default", "orders");
    static final SpiffeId CALLER = SpiffeId.ofServiceAccount("test.proa", "default", "caller");
    static final SpiffeId CALLEE = SpiffeId.ofServiceAccount("test.proa", "default", "orders");
    private static final IpPort SERVICE = IpPort.parse("240.0.0.1:80");
    private static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");

    // The authority is valid from when it is made, and it is made when the class is loaded.
    @SuppressWarnings("TimeInStaticInitializer")
    static final CertificateAuthority AUTHORITY =
            CertificateAuthority.inMemory("test.proa", Instant.now(), line -> {});

    final List<ExchangeRecord> outbound = new CopyOnWriteArrayList<>();
    final List<ExchangeRecord> inbound = new CopyOnWriteArrayList<>();
    final List<Throwable> bugs = new CopyOnWriteArrayList<>();
    final AtomicInteger shortages = new AtomicInteger();
    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<String> detected = new CopyOnWriteArrayList<>();
    final List<DataPlane> callees = new ArrayList<>();
    private final List<IdentityGate> gates = new ArrayList<>();
    private final DataPlane caller;

    private Planes(AppProtocol protocol) throws IOException {
        this.caller =
                plane(
                        CALLER,
                        outbound,
                        List.of(new DataPlaneSettings.Forward(anyPort(), SERVICE)),
                        null);
        this.protocol = protocol;
    }

    private final AppProtocol protocol;
    private int revision;

    /// A service with an inbound plane in front of each application.
    static Planes mesh(AppProtocol protocol, RouteRule rule, int... applications)
            throws IOException {
        Planes planes = new Planes(protocol);
        List<Endpoint> endpoints = new ArrayList<>();
        for (int application : applications) {
            endpoints.add(meshEndpoint(planes.callee(application), CALLEE));
        }
        return planes.serve(rule, endpoints);
    }

    /// A service outside the mesh: its endpoints are spoken to in plaintext.
    static Planes direct(RouteRule rule, int... applications) throws IOException {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int application : applications) {
            endpoints.add(meshEndpoint(application, null));
        }
        return new Planes(AppProtocol.HTTP).serve(rule, endpoints);
    }

    /// A service with just these endpoints.
    static Planes with(RouteRule rule, Endpoint... endpoints) throws IOException {
        return new Planes(AppProtocol.HTTP).serve(rule, List.of(endpoints));
    }

    /// A service with one endpoint outside the mesh and one inside, as while it is being moved.
    static Planes mixed(RouteRule rule, int outside, int inside) throws IOException {
        Planes planes = new Planes(AppProtocol.HTTP);
        return planes.serve(
                rule,
                List.of(meshEndpoint(outside, null), meshEndpoint(planes.callee(inside), CALLEE)));
    }

    /// One application whose inbound plane is reached through `between`, which is told that plane's
    /// port.
    static Planes through(AppProtocol protocol, SpiffeId expected, int application, Between between)
            throws IOException {
        Planes planes = new Planes(protocol);
        int port = between.port(planes.callee(application));
        return planes.serve(RouteRule.DEFAULT, List.of(meshEndpoint(port, expected)));
    }

    /// Puts something between the planes.
    @FunctionalInterface
    interface Between {
        int port(int mesh) throws IOException;
    }

    static Endpoint meshEndpoint(int port, SpiffeId identity) {
        return new Endpoint("pod-" + port, List.of(LOOPBACK), port, identity, 1);
    }

    static RouteRule rule(RetryRule retry, Duration request) {
        return new RouteRule(
                "test",
                List.of(),
                List.of(),
                retry,
                new TimeoutRule(
                        Duration.ofSeconds(1),
                        request,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1)));
    }

    static RetryRule retry(
            int attempts, Set<Integer> statuses, Duration perTry, int percent, int minPerSecond) {
        return new RetryRule(
                attempts,
                statuses,
                !perTry.isZero(),
                perTry,
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                percent,
                minPerSecond,
                64 * 1024);
    }

    static RetryRule patient() {
        return retry(3, Set.of(), Duration.ZERO, 100, 100);
    }

    static WorkloadIdentity identity(SpiffeId id) {
        try {
            CertificateRequest request = CertificateRequest.create(id);
            return request.answeredBy(
                    AUTHORITY.issue(request.der(), id, Duration.ofHours(1), Instant.now()));
        } catch (RequestRefused e) {
            throw new IllegalStateException(e);
        }
    }

    private static SocketAddress anyPort() {
        return new InetSocketAddress(LOOPBACK, 0);
    }

    private DataPlane plane(
            SpiffeId id,
            List<ExchangeRecord> records,
            List<DataPlaneSettings.Forward> explicit,
            SocketAddress mesh)
            throws IOException {
        IdentityGate gate = new IdentityGate();
        gate.open(TlsProvider.open(identity(id), AUTHORITY.bundle(), TlsSettings.defaults()));
        gates.add(gate);
        return DataPlane.open(
                new DataPlaneSettings(
                        1, null, explicit, null, mesh, List.of(), false, true, HeadLimits.DEFAULT),
                new DataPlane.Surroundings(
                        gate,
                        Subscriptions.NONE,
                        loop -> new Noting(records, refused, detected),
                        new Troubles(),
                        42));
    }

    private final class Troubles implements Loop.BugReport {
        @Override
        public void bug(Throwable thrown) {
            bugs.add(thrown);
            thrown.printStackTrace();
        }

        @Override
        public void cannotAccept(IOException cause) {
            shortages.incrementAndGet();
        }
    }

    private int callee(int application) throws IOException {
        DataPlane plane = plane(CALLEE, inbound, List.of(), anyPort());
        plane.publish(
                callee(1, List.of(new ApplicationPort(ORDERS, 80, application, protocol, false))));
        plane.start();
        callees.add(plane);
        return port(plane);
    }

    private static MeshSnapshot callee(int revision, List<ApplicationPort> ports) {
        Workload self =
                new Workload("orders", CALLEE, List.of(LOOPBACK), ports, InboundMode.STRICT);
        return new MeshSnapshot(new Revision(revision), self, List.of(), Set.of());
    }

    /// From now on the callees have no port that anybody could mean.
    void declareNothing() {
        callees.forEach(plane -> plane.publish(callee(2, List.of())));
    }

    private Planes serve(RouteRule rule, List<Endpoint> endpoints) {
        offer(rule, endpoints);
        caller.start();
        return this;
    }

    /// The caller's next snapshot has the service with these endpoints.
    void offer(RouteRule rule, List<Endpoint> endpoints) {
        publish(
                List.of(
                        new MeshService(
                                ORDERS,
                                List.of(SERVICE.ip()),
                                List.of(new ServicePort(80, 80, protocol)),
                                endpoints,
                                List.of(rule))));
    }

    /// One for each callee.
    List<Endpoint> endpoints() {
        return callees.stream().map(plane -> meshEndpoint(port(plane), CALLEE)).toList();
    }

    /// The caller's next snapshot knows no service at all.
    void offerNothing() {
        publish(List.of());
    }

    private void publish(List<MeshService> services) {
        Workload self =
                new Workload("caller", CALLER, List.of(LOOPBACK), List.of(), InboundMode.STRICT);
        caller.publish(new MeshSnapshot(new Revision(++revision), self, services, Set.of()));
        if (revision > 1) {
            // Whatever a loop is asked later it answers with the snapshot in place.
            try {
                assertThat(caller.served()).isNotNegative();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// One more inbound plane, in front of this application.
    Endpoint another(int application) throws IOException {
        return meshEndpoint(callee(application), CALLEE);
    }

    /// All planes get a new certificate for the identity they have.
    void rotate() {
        for (int i = 0; i < gates.size(); i++) {
            gates.get(i)
                    .open(
                            TlsProvider.open(
                                    identity(i == 0 ? CALLER : CALLEE),
                                    AUTHORITY.bundle(),
                                    TlsSettings.defaults()));
        }
    }

    /// What is held over all planes: armed timers, channels (listeners too), served connections,
    /// slabs.
    List<Integer> held() throws InterruptedException {
        int timers = caller.armedTimers();
        int channels = caller.channels();
        int served = caller.served();
        for (DataPlane callee : callees) {
            timers += callee.armedTimers();
            channels += callee.channels();
            served += callee.served();
        }
        return List.of(timers, channels, served, lentSlabs());
    }

    private static int port(DataPlane plane) {
        return ((InetSocketAddress) plane.addresses().getFirst()).getPort();
    }

    /// Where the application finds the service.
    int port() {
        return port(caller);
    }

    int meshPort() {
        return port(callees.getFirst());
    }

    Wire connect() throws IOException {
        return Wire.to(port());
    }

    int lentSlabs() throws InterruptedException {
        int sum = caller.lentSlabs();
        for (DataPlane callee : callees) {
            sum += callee.lentSlabs();
        }
        return sum;
    }

    /// What the caller's plane knows of what may be called.
    List<KnownDestination> destinations() {
        return caller.destinations();
    }

    static boolean within(Duration time, BooleanSupplier wanted) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (!wanted.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    /// The record of the only, or last, exchange; waits for `count` of them.
    static ExchangeRecord last(List<ExchangeRecord> records, int count)
            throws InterruptedException {
        assertThat(within(Duration.ofSeconds(3), () -> records.size() >= count))
                .as("records: " + records.size())
                .isTrue();
        return records.getLast();
    }

    /// What must hold after everything: all buffers are back and nothing went wrong inside.
    void assertCalm() throws InterruptedException {
        long end = System.nanoTime() + 2_500_000_000L;
        while (lentSlabs() != 0 && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(lentSlabs()).as("slabs still lent").isZero();
        assertThat(bugs).isEmpty();
    }

    @Override
    public void close() {
        caller.close();
        callees.forEach(DataPlane::close);
    }
}
