package io.proa.wire;

import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.ConfigProblem;
import io.proa.model.Endpoint;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshService;
import io.proa.model.MeshSnapshot;
import io.proa.model.RequestMatch;
import io.proa.model.RetryRule;
import io.proa.model.Revision;
import io.proa.model.RouteRule;
import io.proa.model.RouteTarget;
import io.proa.model.SentSource;
import io.proa.model.ServiceName;
import io.proa.model.ServicePort;
import io.proa.model.SpiffeId;
import io.proa.model.TimeoutRule;
import io.proa.model.Workload;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/// Snapshots and messages of every shape, the same ones for the same seed.
final class RandomSnapshots {
    private final Random random;

    RandomSnapshots(long seed) {
        this.random = new Random(seed);
    }

    MeshSnapshot snapshot() {
        Map<ServiceName, MeshService> services = new LinkedHashMap<>();
        for (MeshService service : list(5, this::service)) {
            services.put(service.name(), service);
        }
        return new MeshSnapshot(
                new Revision(random.nextLong() >>> 1),
                workload(),
                new ArrayList<>(services.values()),
                destinations());
    }

    Workload workload() {
        return new Workload(
                label() + "-" + random.nextInt(100),
                identity(),
                list(2, this::address),
                list(
                        3,
                        () ->
                                new ApplicationPort(
                                        serviceName(),
                                        port(),
                                        port(),
                                        protocol(),
                                        random.nextBoolean(),
                                        random.nextBoolean(),
                                        sentSource())),
                random.nextBoolean() ? InboundMode.STRICT : InboundMode.PERMISSIVE);
    }

    Set<IpPort> destinations() {
        return new HashSet<>(list(5, () -> new IpPort(address(), port())));
    }

    ConfigProblem problem() {
        return new ConfigProblem(text(), random.nextInt(100), random.nextInt(100), text(), text());
    }

    private MeshService service() {
        return new MeshService(
                serviceName(),
                list(2, this::address),
                list(3, () -> new ServicePort(port(), port(), protocol())),
                list(
                        4,
                        () ->
                                new Endpoint(
                                        label(),
                                        addresses(),
                                        port(),
                                        random.nextInt(4) == 0 ? null : identity(),
                                        1 + random.nextInt(1000))),
                list(4, this::rule));
    }

    private RouteRule rule() {
        return new RouteRule(
                text(),
                list(3, () -> list(3, this::match)),
                list(
                        3,
                        () ->
                                new RouteTarget.ToService(
                                        serviceName(), port(), random.nextInt(1_000_001))),
                retry(),
                new TimeoutRule(duration(), duration(), duration(), duration()));
    }

    private RequestMatch match() {
        return switch (random.nextInt(4)) {
            case 0 -> new RequestMatch.PathExact("/" + text());
            case 1 -> new RequestMatch.PathPrefix("/" + text());
            case 2 -> new RequestMatch.Method("GET");
            default -> new RequestMatch.HeaderExact("x-" + label(), text());
        };
    }

    private RetryRule retry() {
        return new RetryRule(
                1 + random.nextInt(10),
                new HashSet<>(
                        list(random.nextInt(5) == 0 ? 100 : 4, () -> 400 + random.nextInt(200))),
                random.nextBoolean(),
                duration(),
                duration(),
                duration(),
                random.nextInt(101),
                random.nextInt(1000),
                random.nextInt(16 << 20));
    }

    private Duration duration() {
        return Duration.ofMillis(random.nextLong(1L << random.nextInt(1, 38)));
    }

    private SpiffeId identity() {
        return SpiffeId.ofServiceAccount(label() + ".proa", label(), label());
    }

    private ServiceName serviceName() {
        return new ServiceName(label(), label());
    }

    private String label() {
        var text = new StringBuilder();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    String text() {
        var text = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            text.append("aZ09 -\"\\\n\t/é€𝄞\u0001".charAt(random.nextInt(12)));
        }
        return text.toString();
    }

    private int port() {
        return 1 + random.nextInt(14_999);
    }

    private SentSource sentSource() {
        return List.of(SentSource.NONE, SentSource.V1, SentSource.V2).get(random.nextInt(3));
    }

    private AppProtocol protocol() {
        return List.of(AppProtocol.DETECT, AppProtocol.HTTP, AppProtocol.TCP)
                .get(random.nextInt(3));
    }

    private List<InetAddress> addresses() {
        List<InetAddress> addresses = new ArrayList<>(list(2, this::address));
        addresses.add(address());
        return addresses;
    }

    private InetAddress address() {
        var bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        if (bytes.length == 16) {
            bytes[0] = (byte) 0xfd;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private <T> List<T> list(int most, Supplier<T> element) {
        var list = new ArrayList<T>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }
}
