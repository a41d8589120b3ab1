package io.proa.host.egress;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Accepts connections that were turned away from their destination and makes each anew from here.
///
/// A connection that cannot be made, or is not allowed, is reset at once: the pod's kernel has
/// called it established by then. Bounded: [Bounds#USUAL], and [CopyBuffers].
public final class Relay implements AutoCloseable {
    /// What the relay keeps at most.
    ///
    /// @param connections one more is reset
    /// @param quiet how long one stays without a byte
    record Bounds(int connections, Duration quiet) {
        /// Quiet as long as any address translator has to keep one (RFC 5382, REQ-5).
        static final Bounds USUAL = new Bounds(2048, Duration.ofMinutes(2 * 60 + 4));
    }

    private static final Duration DIAL = Duration.ofSeconds(20);
    private static final Duration ROUND = Duration.ofSeconds(30);
    private static final long NO_DESCRIPTORS_PAUSE_MILLIS = 50;

    private final ServerSocketChannel listener;
    private final Function<SocketChannel, @Nullable IpPort> wanted;
    private final Function<IpPort, List<InetSocketAddress>> ways;
    private final Bounds bounds;
    private final CopyBuffers buffers = new CopyBuffers();
    private final Semaphore places;
    private final Set<Carriage> carriages = ConcurrentHashMap.newKeySet();
    private final Thread sweeper;

    private Relay(
            ServerSocketChannel listener,
            Function<SocketChannel, @Nullable IpPort> wanted,
            Function<IpPort, List<InetSocketAddress>> ways,
            Bounds bounds) {
        this.listener = listener;
        this.wanted = wanted;
        this.ways = ways;
        this.bounds = bounds;
        this.places = new Semaphore(bounds.connections());
        this.sweeper = Thread.ofVirtual().name("egress sweeper").unstarted(this::sweep);
    }

    /// @param listener closed with the relay
    /// @param wanted where an accepted connection wanted to go; null = here, which is nowhere
    /// @param ways where to go instead: the first address that accepts; empty = not allowed
    public static Relay start(
            ServerSocketChannel listener,
            Function<SocketChannel, @Nullable IpPort> wanted,
            Function<IpPort, List<InetSocketAddress>> ways) {
        return start(listener, wanted, ways, Bounds.USUAL);
    }

    static Relay start(
            ServerSocketChannel listener,
            Function<SocketChannel, @Nullable IpPort> wanted,
            Function<IpPort, List<InetSocketAddress>> ways,
            Bounds bounds) {
        Relay relay = new Relay(listener, wanted, ways, bounds);
        Thread.ofVirtual().name("egress accept").start(relay::accept);
        relay.sweeper.start();
        return relay;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel accepted = listener.accept();
                if (places.tryAcquire()) {
                    Thread.ofVirtual().name("egress").start(() -> serve(accepted));
                } else {
                    Carriage.reset(accepted);
                }
            } catch (IOException _) {
                // Closed, or out of descriptors, which passes.
                pause(NO_DESCRIPTORS_PAUSE_MILLIS);
            }
        }
    }

    private void serve(SocketChannel accepted) {
        try {
            IpPort destination = wanted.apply(accepted);
            SocketChannel outside = destination == null ? null : dial(ways.apply(destination));
            if (outside == null) {
                Carriage.reset(accepted);
                return;
            }
            Carriage carriage = new Carriage(accepted, outside, buffers);
            carriages.add(carriage);
            try {
                if (!listener.isOpen()) {
                    carriage.reset();
                }
                carriage.run();
            } finally {
                carriages.remove(carriage);
            }
        } finally {
            places.release();
        }
    }

    private static @Nullable SocketChannel dial(List<InetSocketAddress> ways) {
        for (InetSocketAddress way : ways) {
            SocketChannel channel = null;
            try {
                channel = SocketChannel.open();
                channel.socket().connect(way, (int) DIAL.toMillis() / ways.size());
                return channel;
            } catch (IOException | RuntimeException _) {
                // Refused, unreachable, or of a family that this machine does not speak.
                if (channel != null) {
                    Carriage.reset(channel);
                }
            }
        }
        return null;
    }

    private void sweep() {
        Duration quiet = bounds.quiet();
        while (listener.isOpen() && pause(Math.min(ROUND.toMillis(), quiet.toMillis()))) {
            long now = System.nanoTime();
            for (Carriage carriage : carriages) {
                if (carriage.quietFor(now) > quiet.toNanos()) {
                    carriage.reset();
                }
            }
        }
    }

    private static boolean pause(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Connections under way at the moment.
    int underWay() {
        return carriages.size();
    }

    /// Resets whatever is under way.
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException _) {
            // there is nothing left to do for it
        }
        sweeper.interrupt();
        carriages.forEach(Carriage::reset);
    }
}
