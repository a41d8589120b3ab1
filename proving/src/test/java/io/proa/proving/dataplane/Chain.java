package io.proa.proving.dataplane;

import io.proa.formats.HeadLimits;
import io.proa.identity.TlsProvider;
import io.proa.identity.TlsSettings;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.Endpoint;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RetryRule;
import io.proa.model.Revision;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.Workload;
import io.proa.proxy.DataPlane;
import io.proa.proxy.DataPlaneSettings;
import io.proa.proxy.IdentityGate;
import io.proa.proxy.Subscriptions;
import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.DetectedBy;
import io.proa.traffic.ExchangeRecord;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.ExchangeRecord.Security;
import io.proa.traffic.Reason;
import io.proa.traffic.SpokenProtocol;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Four pods in a row, front, a, b and end, each with a sidecar of its own, joined by mutual TLS:
/// three hops on which a sidecar may retry. The applications of a and b call the next one for each
/// request and answer with its status.
final class Chain implements AutoCloseable {
    static final String[] PODS = {"front", "a", "b", "end"};

    /// Which of a request's headers the applications in the middle hand on.
    enum Propagation {
        NOTHING(""),
        TRACEPARENT("traceparent"),
        REQUEST_ID("x-request-id"),
        BAGGAGE("baggage");

        private final String header;

        Propagation(String header) {
            this.header = header;
        }
    }

    /// What becomes of a request at the end of the chain.
    enum Ending {
        /// Every request is answered 503.
        UNAVAILABLE,
        /// Every second request is answered 503.
        HALF_UNAVAILABLE,
        /// Nobody listens on the application's port.
        REFUSED,
        /// The pod is gone, with its sidecar.
        GONE
    }

    private static final InetAddress LOOPBACK = IpPort.literal("127.0.0.1");

    private final Deque<Closeable> opened = new ArrayDeque<>();
    private final List<Pod> pods = new ArrayList<>();
    private final List<Throwable> bugs = new CopyOnWriteArrayList<>();
    private final Propagation propagation;
    private final int loops;

    private Chain(Propagation propagation, int loops) {
        this.propagation = propagation;
        this.loops = loops;
    }

    static Chain of(Propagation propagation, Ending ending, RetryRule retry, int loops)
            throws IOException {
        Chain chain = new Chain(propagation, loops);
        List<Endpoint> next = List.of();
        for (int at = PODS.length - 1; at >= 0; at--) {
            Pod pod = chain.new Pod(PODS[at], at);
            pod.open(next, ending, retry);
            next = pod.endpoints();
            chain.pods.addFirst(pod);
        }
        return chain;
    }

    /// One pod: its sidecar and, but for front, its application.
    private final class Pod {
        private final String name;
        private final int at;
        private final SpiffeId id;
        private final List<ExchangeRecord> outbound =
                Collections.synchronizedList(new ArrayList<>());
        private final Map<String, AtomicInteger> arrived = new ConcurrentHashMap<>();
        private final AtomicInteger arrivals = new AtomicInteger();
        private DataPlane plane;
        private final List<Integer> ports = new ArrayList<>();

        Pod(String name, int at) {
            this.name = name;
            this.at = at;
            this.id = SpiffeId.ofServiceAccount("test.proa", "default", name);
        }

        private boolean isEnd() {
            return at == PODS.length - 1;
        }

        private IpPort nextService() {
            return IpPort.parse("240.0.0." + (at + 1) + ":80");
        }

        private void open(List<Endpoint> next, Ending ending, RetryRule retry) throws IOException {
            SocketAddress anyPort = new InetSocketAddress(LOOPBACK, 0);
            IdentityGate gate = new IdentityGate();
            gate.open(
                    TlsProvider.open(
                            Planes.identity(id),
                            Planes.AUTHORITY.bundle(),
                            TlsSettings.defaults()));
            plane =
                    DataPlane.open(
                            new DataPlaneSettings(
                                    loops,
                                    null,
                                    List.of(new DataPlaneSettings.Forward(anyPort, nextService())),
                                    null,
                                    anyPort,
                                    List.of(),
                                    false,
                                    true,
                                    HeadLimits.DEFAULT),
                            new DataPlane.Surroundings(
                                    gate,
                                    Subscriptions.NONE,
                                    _ -> new Observer(),
                                    bugs::add,
                                    // Loops count on from it: no two may draw the same ids.
                                    1_000L * (at + 1)));
            ScriptedServer application =
                    ScriptedServer.playing((wire, number) -> serve(wire, number, ending));
            opened.push(application::close);
            if (isEnd() && ending == Ending.REFUSED) {
                application.close();
            }
            plane.publish(snapshot(application.port(), next, retry));
            plane.addresses()
                    .forEach(address -> ports.add(((InetSocketAddress) address).getPort()));
            plane.start();
            opened.push(plane::close);
            if (isEnd() && ending == Ending.GONE) {
                plane.close();
            }
        }

        private MeshSnapshot snapshot(int application, List<Endpoint> next, RetryRule retry) {
            Workload self =
                    new Workload(
                            name,
                            id,
                            List.of(LOOPBACK),
                            List.of(
                                    new ApplicationPort(
                                            new ServiceName("default", name),
                                            80,
                                            application,
                                            AppProtocol.HTTP,
                                            false)),
                            InboundMode.STRICT);
            List<MeshService> services = new ArrayList<>();
            if (!isEnd()) {
                services.add(
                        new MeshService(
                                new ServiceName("default", PODS[at + 1]),
                                List.of(nextService().ip()),
                                List.of(new ServicePort(80, 80, AppProtocol.HTTP)),
                                next,
                                List.of(Planes.rule(retry, Duration.ofSeconds(20)))));
            }
            return new MeshSnapshot(new Revision(1), self, services, Set.of());
        }

        /// Each loop has a listener of its own; the caller balances over them as over replicas.
        private List<Endpoint> endpoints() {
            List<Endpoint> all = new ArrayList<>();
            for (int loop = 0; loop < loops; loop++) {
                int port = ports.get(2 * loop + 1);
                all.add(new Endpoint(name + "-" + loop, List.of(LOOPBACK), port, id, 1));
            }
            return all;
        }

        /// Where the application finds the next service, for its connection of this number.
        private int outboundPort(int number) {
            return ports.get(2 * (number % loops));
        }

        private void serve(Wire wire, int number, Ending ending) throws IOException {
            try (Caller next = new Caller(this, number)) {
                for (Wire.Message request = wire.request();
                        request != null;
                        request = wire.request()) {
                    int count = arrivals.incrementAndGet();
                    String line = request.startLine();
                    arrived.computeIfAbsent(line, _ -> new AtomicInteger()).incrementAndGet();
                    int status;
                    if (!isEnd()) {
                        status = next.call(line, propagated(request), request.body());
                    } else if (ending == Ending.HALF_UNAVAILABLE && count % 2 == 0) {
                        status = 200;
                    } else {
                        status = 503;
                    }
                    wire.send("HTTP/1.1 " + status + " Status\r\nContent-Length: 0\r\n\r\n");
                }
            }
        }

        private String propagated(Wire.Message request) {
            String value = request.field(propagation.header);
            return value == null ? "" : propagation.header + ": " + value + "\r\n";
        }

        private int attempts() {
            synchronized (outbound) {
                return outbound.stream().mapToInt(record -> record.attempts).sum();
            }
        }

        private int linked() {
            synchronized (outbound) {
                return (int) outbound.stream().filter(record -> record.callerAttempt > 1).count();
            }
        }

        private int retriesOfRetries() {
            synchronized (outbound) {
                return outbound.stream()
                        .filter(record -> record.callerAttempt > 1)
                        .mapToInt(record -> record.attempts - 1)
                        .sum();
            }
        }

        private int mostPerRequest() {
            return arrived.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
        }

        private final class Observer implements ExchangeObserver {
            @Override
            public void ended(ExchangeRecord record) {
                if (record.direction == Direction.OUTBOUND) {
                    outbound.add(record);
                }
            }

            @Override
            public void connectionOpened(Direction direction, Security security) {}

            @Override
            public void connectionClosed(Direction direction, Security security) {}

            @Override
            public void inboundRefused(Reason reason, String code) {}

            @Override
            public void handshake(Direction direction, Handshake result) {}

            @Override
            public void detected(Direction direction, SpokenProtocol spoken, DetectedBy how) {}
        }
    }

    /// A client of the next service, with one connection that is kept alive.
    private static final class Caller implements AutoCloseable {
        private final Pod pod;
        private final int number;
        private Wire wire;

        Caller(Pod pod, int number) {
            this.pod = pod;
            this.number = number;
        }

        int call(String startLine, String headers, byte[] body) throws IOException {
            if (wire == null) {
                wire = Wire.to(pod.outboundPort(number));
            }
            String length =
                    startLine.startsWith("POST") ? "Content-Length: " + body.length + "\r\n" : "";
            wire.send(startLine + "\r\nHost: next\r\n" + headers + length + "\r\n");
            if (body.length > 0) {
                wire.send(body);
            }
            Wire.Message response = wire.response();
            if ("close".equals(response.field("connection"))) {
                close();
            }
            return response.status();
        }

        @Override
        public void close() throws IOException {
            if (wire != null) {
                wire.close();
                wire = null;
            }
        }
    }

    /// Sends `requests` requests, each under a path of its own, on `clients` connections at a time.
    Amplification load(String method, int requests, int clients) throws Exception {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger succeeded = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(clients);
        List<Throwable> faults = new CopyOnWriteArrayList<>();
        long start = System.nanoTime();
        for (int c = 0; c < clients; c++) {
            int number = c;
            Thread.ofVirtual()
                    .start(() -> {
                        try (Caller caller = new Caller(pods.getFirst(), number)) {
                            byte[] body = method.equals("POST") ? Wire.bytes(1_500) : new byte[0];
                            for (int i = next.getAndIncrement();
                                    i < requests;
                                    i = next.getAndIncrement()) {
                                String line = method + " /" + i + " HTTP/1.1";
                                succeeded.addAndGet(caller.call(line, "", body) == 200 ? 1 : 0);
                            }
                        } catch (IOException | RuntimeException e) {
                            faults.add(e);
                        } finally {
                            done.countDown();
                        }
                    });
        }
        done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!faults.isEmpty()) {
            throw new IllegalStateException("a client failed", faults.getFirst());
        }
        awaitRecords(requests);
        return figures(requests, succeeded.get(), seconds);
    }

    /// A record is handed over a moment after the client has its response.
    private void awaitRecords(int requests) throws InterruptedException {
        boolean all =
                Planes.within(
                        Duration.ofSeconds(5),
                        () ->
                                pods.get(0).outbound.size() >= requests
                                        && pods.get(1).outbound.size() >= pods.get(1).arrivals.get()
                                        && pods.get(2).outbound.size()
                                                >= pods.get(2).arrivals.get());
        if (!all || !bugs.isEmpty()) {
            throw new IllegalStateException("records are missing, or " + bugs);
        }
    }

    private Amplification figures(int requests, int succeeded, double seconds) {
        List<Pod> senders = pods.subList(0, 3);
        List<Pod> receivers = pods.subList(1, 4);
        return new Amplification(
                requests,
                succeeded,
                seconds,
                senders.stream().map(Pod::attempts).toList(),
                receivers.stream().map(pod -> pod.arrivals.get()).toList(),
                receivers.stream().map(Pod::mostPerRequest).toList(),
                senders.stream().map(Pod::linked).toList(),
                senders.stream().mapToInt(Pod::retriesOfRetries).sum());
    }

    @Override
    public void close() throws IOException {
        for (Closeable thing : opened) {
            thing.close();
        }
    }
}
