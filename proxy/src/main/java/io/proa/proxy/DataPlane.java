package io.proa.proxy;

import io.proa.host.OriginalDestination;
import io.proa.model.AppProtocol;
import io.proa.model.ApplicationPort;
import io.proa.model.InboundMode;
import io.proa.model.IpPort;
import io.proa.model.MeshSnapshot;
import io.proa.model.ServiceName;
import io.proa.proxy.InboundTarget.Entry;
import io.proa.proxy.loop.Listener;
import io.proa.proxy.loop.Loop;
import io.proa.telemetry.ExchangeObserver;
import io.proa.traffic.CallerContexts;
import io.proa.traffic.ExchangeRecord.Direction;
import io.proa.traffic.Reason;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    public record Surroundings(
            IdentityGate identity,
            Subscriptions subscriptions,
            IntFunction<? extends ExchangeObserver> observers,
            Loop.BugReport bugs,
            long seed) {}

    private static final ServiceName UNDECLARED = new ServiceName("outside", "undeclared");

    private final List<LoopParts> parts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private volatile @Nullable MeshSnapshot snapshot;

    private DataPlane() {}

    /// Binds everything.
    ///
    /// @throws IOException naming the address that could not be had; nothing stays bound then
    public static DataPlane open(DataPlaneSettings settings, Surroundings around)
            throws IOException {
        DataPlane plane = new DataPlane();
        CallerContexts callers = new CallerContexts(around.seed());
        try {
            for (int i = 0; i < settings.loops(); i++) {
                Loop loop = new Loop(around.seed() + i, around.bugs());
                LoopParts parts =
                        new LoopParts(loop, settings, around, around.observers().apply(i), callers);
                plane.parts.add(parts);
                plane.listen(parts, settings, i == 0);
            }
        } catch (IOException e) {
            plane.listeners.forEach(Listener::close);
            throw e;
        }
        return plane;
    }

    private void listen(LoopParts loop, DataPlaneSettings settings, boolean first)
            throws IOException {
        if (settings.outbound() != null) {
            add(loop, settings.outbound(), accepted -> redirected(loop, accepted));
        }
        for (DataPlaneSettings.Explicit explicit : settings.explicit()) {
            add(
                    loop,
                    explicit.listen(),
                    accepted -> OutboundConnection.accept(loop, accepted, explicit.destination()));
        }
        if (settings.inbound() != null) {
            loop.inboundListeners()
                    .add(add(loop, settings.inbound(), accepted -> plaintext(loop, accepted)));
        }
        if (settings.mesh() != null) {
            loop.inboundListeners()
                    .add(
                            add(
                                    loop,
                                    settings.mesh(),
                                    accepted -> InboundConnection.acceptMesh(loop, accepted)));
        }
        if (first) {
            for (DataPlaneSettings.Published published : settings.published()) {
                UnixDomainSocketAddress address = UnixDomainSocketAddress.of(published.socket());
                loop.inboundListeners()
                        .add(
                                add(
                                        loop,
                                        address,
                                        accepted -> published(loop, accepted, published.port())));
            }
        }
    }

    private Listener add(LoopParts loop, SocketAddress address, Listener.Taker taker)
            throws IOException {
        Listener listener = Listener.open(loop.loop(), address, taker);
        listeners.add(listener);
        return listener;
    }

    private static void redirected(LoopParts loop, SocketChannel accepted) throws IOException {
        IpPort wanted = OriginalDestination.of(accepted);
        if (wanted == null) {
            // Dialled directly: sending it on to itself would never end.
            OutboundTunnel.refused(
                    loop,
                    IpPort.of((java.net.InetSocketAddress) accepted.getLocalAddress()),
                    Reason.UNKNOWN_DESTINATION,
                    null);
            accepted.close();
            return;
        }
        OutboundConnection.accept(loop, accepted, wanted);
    }

    private static void plaintext(LoopParts loop, SocketChannel accepted) throws IOException {
        MeshSnapshot now = loop.clusters().snapshot();
        IpPort wanted = loop.settings().transparent() ? OriginalDestination.of(accepted) : null;
        if (now == null || now.self().inbound() == InboundMode.STRICT || wanted == null) {
            PlaintextRefusal.turnAway(loop, accepted);
            return;
        }
        ApplicationPort port = declared(now, wanted.port());
        if (port == null) {
            port =
                    new ApplicationPort(
                            UNDECLARED, wanted.port(), wanted.port(), AppProtocol.DETECT, false);
        }
        InboundConnection.acceptPlaintext(loop, accepted, new InboundTarget(port, Entry.PLAINTEXT));
    }

    private static void published(LoopParts loop, SocketChannel accepted, int number)
            throws IOException {
        MeshSnapshot now = loop.clusters().snapshot();
        ApplicationPort port = now == null ? null : declared(now, number);
        if (port == null) {
            loop.observer().inboundRefused(Reason.NO_CONFIGURATION, "");
            accepted.close();
            return;
        }
        InboundConnection.acceptPlaintext(loop, accepted, new InboundTarget(port, Entry.PUBLISHED));
    }

    private static @Nullable ApplicationPort declared(MeshSnapshot now, int number) {
        for (ApplicationPort port : now.self().ports()) {
            if (port.targetPort() == number || port.port() == number) {
                return port;
            }
        }
        return null;
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
        return listeners.stream().map(Listener::localAddress).toList();
    }

    /// Both stacks, step by step, as people read them.
    public String describeStacks() {
        return parts.getFirst().describeStacks();
    }

    /// Stops accepting from the mesh and the outside and lets what is under way finish. The
    /// application's own calls go on being served.
    ///
    /// @return whether all inbound work was done within the time
    public boolean drain(long nanos) throws InterruptedException {
        for (LoopParts loop : parts) {
            loop.loop().execute(() -> drain(loop));
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            if (count(Direction.INBOUND) == 0) {
                return true;
            }
            Thread.sleep(20);
        }
        return false;
    }

    /// Each loop its own listeners: a descriptor is only closed by the selector that knows it, and
    /// until then the kernel goes on queueing connections for it.
    private static void drain(LoopParts loop) {
        loop.inboundListeners().forEach(Listener::close);
        loop.clients().drain(Direction.INBOUND);
    }

    /// Client connections open now.
    private int count(Direction direction) throws InterruptedException {
        return sum(loop -> loop.clients().open(direction));
    }

    /// Slabs lent over all loops: zero where nothing is under way.
    public int lentSlabs() throws InterruptedException {
        return sum(loop -> loop.loop().slabs().lent());
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
