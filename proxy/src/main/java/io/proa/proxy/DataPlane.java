package io.proa.proxy;

import io.proa.model.AppProtocol;
import io.proa.model.MeshSnapshot;
import io.proa.proxy.loop.Listener;
import io.proa.proxy.loop.Loop;
import io.proa.proxy.route.Cluster;
import io.proa.proxy.tunnel.FirstWord;
import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.CallerContexts;
import io.proa.traffic.ExchangeRecord.Direction;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// All loops of one sidecar with their listeners. Made bound, so that a port in use is known before
/// anything runs; serves from [#start] to [#close].
public final class DataPlane implements AutoCloseable {
    /// What a data plane is given by those who assemble it.
    ///
    /// @param observers one per loop, by index
    /// @param bugs told of exceptions that are our own mistakes
    /// @param resolver asked by the HTTP proxy
    public record Surroundings(
            IdentityGate identity,
            Subscriptions subscriptions,
            IntFunction<? extends ExchangeObserver> observers,
            Loop.BugReport bugs,
            long seed,
            Resolver resolver) {
        /// For applications that resolve names themselves.
        public Surroundings(
                IdentityGate identity,
                Subscriptions subscriptions,
                IntFunction<? extends ExchangeObserver> observers,
                Loop.BugReport bugs,
                long seed) {
            this(identity, subscriptions, observers, bugs, seed, Resolver.NONE);
        }
    }

    /// Of a loop, however many there are.
    private static final long LEAST_MEMORY = 2 << 20;

    /// What an idle connection takes of the heap, and a little more: measured by `.ci/sizes`, 2.1
    /// KiB for the two of an opaque stream.
    private static final long CHANNEL_BYTES = 1280;

    /// What the heap holds besides connections, and what requests need for a moment.
    private static final long OTHER_HEAP = 10 << 20;

    private static final long LEAST_HEAP = 1 << 20;

    private final List<LoopParts> parts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Doors doors;
    private volatile @Nullable MeshSnapshot snapshot;

    private DataPlane(DataPlaneSettings settings) {
        this.doors = new Doors(settings);
    }

    /// Binds everything.
    ///
    /// @throws IOException naming the address that could not be had; nothing stays bound then
    public static DataPlane open(DataPlaneSettings settings, Surroundings around)
            throws IOException {
        DataPlane plane = new DataPlane(settings);
        CallerContexts callers = new CallerContexts(around.seed());
        try {
            for (int i = 0; i < settings.loops(); i++) {
                long share = Math.max(LEAST_MEMORY, settings.memory() / settings.loops());
                int channels = (int) (connectionBytes() / settings.loops() / CHANNEL_BYTES);
                Loop loop = new Loop(around.seed() + i, around.bugs(), share, channels);
                LoopParts parts =
                        new LoopParts(loop, settings, around, around.observers().apply(i), callers);
                plane.parts.add(parts);
                plane.doors.open(parts);
            }
        } catch (IOException e) {
            plane.doors.close();
            throw e;
        }
        return plane;
    }

    private static long connectionBytes() {
        return Math.max(LEAST_HEAP, Runtime.getRuntime().maxMemory() - OTHER_HEAP);
    }

    /// Starts the loops' threads.
    public synchronized void start() {
        for (LoopParts loop : parts) {
            Thread thread = new Thread(null, loop.loop(), "proa-loop-" + threads.size(), 0);
            thread.start();
            threads.add(thread);
        }
    }

    /// Swaps the snapshot; exchanges under way end on the one they began with. Any thread.
    public synchronized void publish(MeshSnapshot next) {
        snapshot = next;
        for (LoopParts loop : parts) {
            if (threads.isEmpty()) {
                // Before the loops run: the first connection must find it.
                loop.clusters().adopt(next, loop.loop().now());
            } else {
                loop.loop().execute(() -> loop.clusters().adopt(next, loop.loop().now()));
            }
        }
    }

    /// The snapshot published last.
    public @Nullable MeshSnapshot snapshot() {
        return snapshot;
    }

    /// Where the listeners were bound, in the order of the settings, loop by loop; for ports chosen
    /// by the kernel.
    public List<SocketAddress> addresses() {
        return doors.addresses();
    }

    /// The same by name: `proxy`, `outbound`, `inbound`, `mesh`, `forward-1`...
    public Map<String, SocketAddress> listening() {
        return doors.bound();
    }

    /// What the application may call, each port once; of what the loops have seen there, the
    /// latest. Any thread.
    public List<KnownDestination> destinations() {
        Map<String, KnownDestination> all = new TreeMap<>();
        for (LoopParts loop : parts) {
            long now = loop.loop().clock();
            for (Cluster cluster : loop.clusters().all()) {
                FirstWord.Seen seen =
                        cluster.port().protocol() == AppProtocol.DETECT
                                ? cluster.firstWord().seen(now)
                                : null;
                KnownDestination known =
                        new KnownDestination(
                                cluster.name(),
                                cluster.port(),
                                seen == null ? null : seen.spoken(),
                                seen == null ? null : seen.how(),
                                seen == null ? 0 : seen.believedFor(now));
                all.merge(
                        cluster.name() + ":" + cluster.port().port(),
                        known,
                        (a, b) -> a.believedForNanos() >= b.believedForNanos() ? a : b);
            }
        }
        return List.copyOf(all.values());
    }

    /// The stacks, step by step, as people read them.
    public String describeStacks() {
        return parts.getFirst().describeStacks();
    }

    /// Stops accepting from the mesh and the outside and lets what is under way finish. The
    /// application's own calls go on being served. May be called again, to wait longer.
    ///
    /// @return whether all inbound work was done within the time
    public boolean drain(long nanos) throws InterruptedException {
        return drain(nanos, () -> false);
    }

    /// @param enough whether to wait no longer, asked every 20 ms
    public boolean drain(long nanos, BooleanSupplier enough) throws InterruptedException {
        for (LoopParts loop : parts) {
            loop.loop().execute(() -> drain(loop));
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            if (count(Direction.INBOUND) == 0) {
                return true;
            }
            if (enough.getAsBoolean()) {
                return false;
            }
            Thread.sleep(20);
        }
        return false;
    }

    /// Each loop its own listeners: a descriptor is only closed by the selector that knows it, and
    /// until then the kernel goes on queueing connections for it.
    private static void drain(LoopParts loop) {
        loop.inboundListeners().forEach(Listener::drain);
        loop.inboundListeners().clear();
        loop.clients().drain(Direction.INBOUND);
    }

    /// Client connections open now.
    private int count(Direction direction) throws InterruptedException {
        return sum(loop -> loop.clients().open(direction));
    }

    /// Whether the application has no connection open that goes through here.
    public boolean outboundIdle() throws InterruptedException {
        return count(Direction.OUTBOUND) == 0;
    }

    /// Connections from the mesh and the outside that speak HTTP.
    public int inboundRequests() throws InterruptedException {
        return sum(loop -> loop.clients().requests(Direction.INBOUND));
    }

    /// Slabs lent over all loops: zero where nothing is under way.
    public int lentSlabs() throws InterruptedException {
        return sum(loop -> loop.loop().slabs().lent());
    }

    /// Bytes of all slabs that are lent; a moment old, but cheap. Any thread.
    public long lentBytes() {
        long sum = 0;
        for (LoopParts loop : parts) {
            sum += loop.loop().slabs().lentBytes();
        }
        return sum;
    }

    /// Timeouts armed over all loops.
    public int armedTimers() throws InterruptedException {
        return sum(loop -> loop.loop().armedTimers());
    }

    /// Listeners and connections over all loops, whatever state they are in.
    public int channels() throws InterruptedException {
        return sum(loop -> loop.loop().channels());
    }

    /// Connections of applications and peers that are served now, over all loops.
    public int served() throws InterruptedException {
        return count(Direction.INBOUND) + count(Direction.OUTBOUND);
    }

    /// Asks every loop on its own thread.
    private int sum(ToIntFunction<LoopParts> question) throws InterruptedException {
        AtomicInteger sum = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(parts.size());
        for (LoopParts loop : parts) {
            loop.loop()
                    .execute(() -> {
                        sum.addAndGet(question.applyAsInt(loop));
                        answered.countDown();
                    });
        }
        return answered.await(1, TimeUnit.SECONDS) ? sum.get() : -1;
    }

    /// Ends at once: what is open is reset.
    @Override
    public void close() {
        parts.forEach(loop -> loop.loop().stop());
        for (Thread thread : threads) {
            try {
                thread.join(2_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
