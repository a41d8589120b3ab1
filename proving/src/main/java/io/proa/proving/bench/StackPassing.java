package io.proa.proving.bench;

import io.proa.control.authority.CertificateAuthority;
import io.proa.formats.HeadLimits;
import io.proa.identity.CertificateRequest;
import io.proa.identity.TlsProvider;
import io.proa.identity.TlsSettings;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.Revision;
import io.proa.model.RouteRule;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.Workload;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.IdentityGate;
import io.proa.proxy.Subscriptions;
import io.proa.telemetry.AccessLog;
import io.proa.telemetry.Telemetry;
import io.proa.telemetry.WallTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// One request at a time through whole data planes over loopback: every step of the stacks, pools,
/// links and telemetry. What a path costs is its difference to `direct`; with `-prof gc` it shows
/// what a request allocates, since client and application allocate nothing.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StackPassing {
    private static final ServiceName ORDERS = new ServiceName("default", "orders");
    private static final SpiffeId CALLER = SpiffeId.ofServiceAccount("bench.proa", "default", "me");
    private static final SpiffeId CALLEE =
            SpiffeId.ofServiceAccount("bench.proa", "default", "orders");
    private static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");
    private static final IpPort SERVICE = IpPort.parse("240.0.0.1:80");
    private static final byte[] REQUEST =
            ("GET /items/4711?full=true HTTP/1.1\r\nHost: orders\r\nUser-Agent: bench\r\n"
                            + "Accept: */*\r\nAccept-Encoding: gzip\r\nX-Request-Id: 4711-0815\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ANSWER =
            ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                            + "Date: Mon, 23 Nov 2026 12:00:00 GMT\r\n\r\n{}")
                    .getBytes(StandardCharsets.US_ASCII);

    /// Where requests pass: no data plane, the outbound stack in plaintext, or both stacks with
    /// mutual TLS between them.
    public enum Path {
        DIRECT,
        OUTBOUND,
        BOTH
    }

    @Param public Path path = Path.DIRECT;

    private final byte[] answer = new byte[4096];
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CertificateAuthority authority =
            CertificateAuthority.inMemory("bench.proa", Instant.now(), _ -> {});
    private @Nullable Socket client;

    @Setup(Level.Trial)
    public void connect() throws Exception {
        ServerSocket application = new ServerSocket(0, 50, LOOPBACK);
        open.add(application);
        Thread.ofPlatform().daemon().start(() -> serve(application));
        int port = application.getLocalPort();
        if (path == Path.BOTH) {
            port = callee(port);
        }
        if (path != Path.DIRECT) {
            port = caller(port);
        }
        Socket socket = new Socket(LOOPBACK, port);
        socket.setTcpNoDelay(true);
        open.add(socket);
        client = socket;
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        open.clear();
    }

    @Benchmark
    public int pass() throws IOException {
        Socket socket = java.util.Objects.requireNonNull(client);
        socket.getOutputStream().write(REQUEST);
        return readMessage(socket.getInputStream(), answer, (byte) '}');
    }

    private int caller(int port) throws Exception {
        Endpoint endpoint =
                new Endpoint(
                        "orders-1", List.of(LOOPBACK), port, path == Path.BOTH ? CALLEE : null, 1);
        Workload self =
                new Workload("me-1", CALLER, List.of(LOOPBACK), List.of(), InboundMode.STRICT);
        MeshService service =
                new MeshService(
                        ORDERS,
                        List.of(SERVICE.ip()),
                        List.of(new ServicePort(80, 80, AppProtocol.HTTP)),
                        List.of(endpoint),
                        List.of(RouteRule.DEFAULT));
        return plane(
                CALLER,
                new MeshSnapshot(new Revision(1), self, List.of(service), Set.of()),
                List.of(new DataPlaneSettings.Forward(anyPort(), SERVICE)),
                false);
    }

    private int callee(int application) throws Exception {
        Workload self =
                new Workload(
                        "orders-1",
                        CALLEE,
                        List.of(LOOPBACK),
                        List.of(
                                new ApplicationPort(
                                        ORDERS, 80, application, AppProtocol.HTTP, false)),
                        InboundMode.STRICT);
        return plane(
                CALLEE,
                new MeshSnapshot(new Revision(1), self, List.of(), Set.of()),
                List.of(),
                true);
    }

    private int plane(
            SpiffeId id,
            MeshSnapshot snapshot,
            List<DataPlaneSettings.Forward> explicit,
            boolean mesh)
            throws Exception {
        IdentityGate gate = new IdentityGate();
        CertificateRequest request = CertificateRequest.create(id);
        Instant now = Instant.now();
        gate.open(
                TlsProvider.open(
                        request.answeredBy(
                                authority.issue(request.der(), id, Duration.ofHours(1), now)),
                        authority.bundle(),
                        TlsSettings.defaults()));
        AccessLog log = new AccessLog(OutputStream.nullOutputStream(), WallTime.anchored(0, 0), 1);
        Telemetry telemetry = new Telemetry("bench", 1, new NoGauges(), log);
        DataPlane plane =
                DataPlane.open(
                        new DataPlaneSettings(
                                1,
                                null,
                                explicit,
                                null,
                                mesh ? anyPort() : null,
                                List.of(),
                                false,
                                false,
                                HeadLimits.DEFAULT),
                        new DataPlane.Surroundings(
                                gate,
                                Subscriptions.NONE,
                                telemetry::ofLoop,
                                Throwable::printStackTrace,
                                42));
        plane.publish(snapshot);
        plane.start();
        open.add(plane);
        return ((InetSocketAddress) plane.addresses().getFirst()).getPort();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(LOOPBACK, 0);
    }

    /// Answers one connection after the other, allocating nothing per request.
    private static void serve(ServerSocket application) {
        byte[] request = new byte[4096];
        while (!application.isClosed()) {
            try (Socket socket = application.accept()) {
                socket.setTcpNoDelay(true);
                while (readMessage(socket.getInputStream(), request, (byte) '\n') > 0) {
                    socket.getOutputStream().write(ANSWER);
                }
            } catch (IOException _) {
                // The client has gone, or the benchmark is over.
            }
        }
    }

    /// @return bytes read up to the first read that ends with `last`; 0 at the end
    private static int readMessage(InputStream in, byte[] into, byte last) throws IOException {
        int length = 0;
        while (length == 0 || into[length - 1] != last) {
            int n = in.read(into, length, into.length - length);
            if (n <= 0) {
                return 0;
            }
            length += n;
        }
        return length;
    }
}
