package io.proa.host.egress;

import io.proa.model.IpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Passes UDP between pods and the outside: packets come in from the pods' side as they are, and
/// each flow leaves by a socket of this machine's own. See docs/decisions, number 12.
///
/// One thread with two buffers, whatever passes; what waits does so in the kernel's buffers. What
/// cannot be passed on is counted, and told the first time; the sender hears of it by ICMP where it
/// would without a relay.
public final class DatagramRelay implements AutoCloseable {
    /// What the relay keeps at most.
    ///
    /// @param flows one more ends the one that has been quiet longest
    /// @param asked how long one stays without a datagram while no answer has come
    /// @param answered likewise afterwards (RFC 4787, REQ-5, asks for two minutes)
    record Bounds(int flows, Duration asked, Duration answered) {
        static final Bounds USUAL =
                new Bounds(1024, Duration.ofSeconds(60), Duration.ofSeconds(180));
    }

    /// Where packets come from and go to.
    ///
    /// @param from one whole frame for each read, with Ethernet's header; not blocking
    /// @param to one whole frame for each write
    /// @param mac whom written frames are for, 48 bits
    public record Link<C extends SelectableChannel & ReadableByteChannel>(
            C from, WritableByteChannel to, long mac) {}

    /// What is passed on.
    ///
    /// @param ways where to go instead; empty = not allowed
    /// @param pods whether an address is a pod's; nobody else is heard
    public record Rules(
            Function<IpPort, List<InetSocketAddress>> ways, Predicate<InetAddress> pods) {}

    private static final int LONGEST_FRAME = IpPacket.LINK + 0xffff;
    private static final long ROUND_MILLIS = 5000;
    private static final long PAUSE_MILLIS = 50;
    // Of one channel, until the others have their turn.
    private static final int AT_A_TIME = 64;

    private final SelectableChannel from;
    private final ReadableByteChannel frames;
    private final Rules rules;
    private final ConnectedDatagrams options;
    private final Selector selector;
    private final UdpFlows flows;
    private final Losses losses;
    private final PodSide pods;
    private final Reassembly reassembly;
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(LONGEST_FRAME);
    private final long roundMillis;
    private final Thread thread = new Thread(null, this::run, "udp egress", 256 * 1024);
    private volatile boolean closed;

    private <C extends SelectableChannel & ReadableByteChannel> DatagramRelay(
            Link<C> link,
            Rules rules,
            ConnectedDatagrams options,
            Consumer<String> told,
            Bounds bounds)
            throws IOException {
        this.from = link.from();
        this.frames = link.from();
        this.rules = rules;
        this.options = options;
        this.losses = new Losses(told);
        this.pods = new PodSide(link.to(), link.mac(), losses);
        this.reassembly = new Reassembly(losses);
        this.flows = new UdpFlows(bounds);
        this.roundMillis = Math.min(ROUND_MILLIS, bounds.asked().toMillis());
        this.selector = Selector.open();
        from.configureBlocking(false);
        from.register(selector, SelectionKey.OP_READ);
    }

    /// @param link closed with the relay
    /// @param told a sentence for each kind of loss, the first time
    public static <C extends SelectableChannel & ReadableByteChannel> DatagramRelay start(
            Link<C> link, Rules rules, ConnectedDatagrams options, Consumer<String> told)
            throws IOException {
        return start(link, rules, options, told, Bounds.USUAL);
    }

    static <C extends SelectableChannel & ReadableByteChannel> DatagramRelay start(
            Link<C> link,
            Rules rules,
            ConnectedDatagrams options,
            Consumer<String> told,
            Bounds bounds)
            throws IOException {
        DatagramRelay relay = new DatagramRelay(link, rules, options, told, bounds);
        relay.thread.setDaemon(true);
        relay.thread.start();
        return relay;
    }

    private void run() {
        long swept = System.nanoTime();
        while (!closed) {
            try {
                selector.select(this::serve, roundMillis);
                long now = System.nanoTime();
                if (now - swept >= roundMillis * 1_000_000) {
                    swept = now;
                    flows.endQuietOnes(now);
                }
            } catch (IOException | RuntimeException e) {
                losses.count(Undelivered.BROKEN, e.toString());
                pause();
            }
        }
        flows.close();
        pods.close();
        close(from, selector);
    }

    private void serve(SelectionKey key) {
        if (key.attachment() instanceof UdpFlow flow) {
            answer(flow);
        } else {
            receive();
        }
    }

    private void receive() {
        try {
            for (int i = 0; i < AT_A_TIME && frames.read(incoming.clear()) > 0; i++) {
                pass(IpPacket.read(incoming.flip()), incoming);
            }
        } catch (IOException e) {
            losses.count(Undelivered.BROKEN, String.valueOf(e.getMessage()));
            pause(); // of a device that is gone until this is closed, too
        }
    }

    private void pass(IpPacket packet, ByteBuffer frame) {
        switch (packet) {
            case IpPacket.Datagram datagram -> {
                if (isPods(datagram.ends().ip())) {
                    send(datagram, frame);
                }
            }
            case IpPacket.Fragment fragment -> {
                if (isPods(fragment.name().ends())) {
                    collect(fragment, frame);
                }
            }
            case IpPacket.Other(IpEnds ends, int protocol, int first) -> {
                if (isPods(ends) && !isIcmpButNoEcho(protocol, first)) {
                    losses.count(Undelivered.OTHER_PROTOCOL, ends);
                    int ports = first << 24; // as far as anybody may want to know it
                    pods.refuse(ends, protocol, ports, Refusal.PROHIBITED, 0);
                }
            }
            case IpPacket.Broken(IpEnds ends, String what) -> {
                if (isPods(ends)) {
                    losses.count(Undelivered.BROKEN, what);
                }
            }
            case IpPacket.Foreign() -> {} // of the hub's own kernel
        }
    }

    private void collect(IpPacket.Fragment fragment, ByteBuffer frame) {
        ByteBuffer all = reassembly.add(fragment, frame, System.nanoTime());
        if (all != null) {
            IpPacket packet = IpPacket.read(all);
            // It was no single packet before, so it may become several again.
            pass(packet instanceof IpPacket.Datagram whole ? whole.divisible() : packet, all);
        }
    }

    /// Others are what the hub's kernel says to its neighbours.
    private boolean isPods(IpEnds ends) {
        return rules.pods().test(ends.source());
    }

    /// Errors are not answered by errors (RFC 1122, section 3.2.2).
    private static boolean isIcmpButNoEcho(int protocol, int type) {
        return (protocol == IpPacket.ICMP && type != 8)
                || (protocol == IpPacket.ICMP_V6 && type != 128);
    }

    private void send(IpPacket.Datagram datagram, ByteBuffer frame) {
        UdpFlow flow = flow(datagram.ends());
        if (flow == null) {
            return;
        }
        frame.limit(datagram.at() + datagram.length()).position(datagram.at());
        try {
            if (!flow.send(frame, datagram.whole(), System.nanoTime())) {
                losses.count(Undelivered.BUSY, flow.ends().ip());
            }
        } catch (IOException e) {
            failed(flow, e, datagram.length());
        }
    }

    private @Nullable UdpFlow flow(UdpEnds ends) {
        UdpFlow known = flows.get(ends);
        if (known != null) {
            return known;
        }
        IpPort wanted = new IpPort(ends.ip().destination(), ends.destinationPort());
        List<InetSocketAddress> ways = rules.ways().apply(wanted);
        if (ways.isEmpty()) {
            losses.count(Undelivered.FORBIDDEN, ends.ip());
            pods.refuse(ends, Refusal.PROHIBITED, 0);
            return null;
        }
        flows.makeRoom();
        try {
            UdpFlow flow = new UdpFlow(ends, ways, options, selector);
            flows.add(flow);
            return flow;
        } catch (IOException _) {
            losses.count(Undelivered.NO_WAY, ends.ip());
            pods.refuse(ends, Refusal.PROHIBITED, 0);
            return null;
        }
    }

    private void answer(UdpFlow flow) {
        flows.get(flow.ends());
        try {
            for (int i = 0; i < AT_A_TIME; i++) {
                int length = flow.receive(pods.payload(), System.nanoTime());
                if (length < 0) {
                    return;
                }
                pods.give(flow.ends().reversed(), length);
            }
        } catch (IOException e) {
            failed(flow, e, 0);
        }
    }

    /// @param length of the payload that was to be sent; 0 where the failure is an earlier one's
    private void failed(UdpFlow flow, IOException why, int length) {
        UdpEnds ends = flow.ends();
        if (why instanceof PortUnreachableException) {
            pods.refuse(ends, Refusal.PORT_UNREACHABLE, 0);
            return;
        }
        int mtu = flow.pathMtu();
        if (mtu > 0 && isTooLong(ends, why, length, mtu)) {
            losses.count(Undelivered.TOO_LONG, ends.ip());
            pods.refuse(ends, Refusal.TOO_BIG, mtu);
        } else {
            losses.count(Undelivered.NO_WAY, ends.ip());
            pods.refuse(ends, Refusal.PROHIBITED, 0);
            flows.remove(flow);
        }
    }

    /// The JDK does not name the reason. What came back about an earlier datagram has a class of
    /// its own unless it is this one.
    private static boolean isTooLong(UdpEnds ends, IOException why, int length, int mtu) {
        int header = ends.ip().v6() ? IpPacket.V6_HEADER : IpPacket.V4_HEADER;
        return length == 0
                ? why.getClass() == SocketException.class && mtu < IpWriter.LINK_MTU
                : header + IpPacket.UDP_HEADER + length > mtu;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// How many of a kind there have been; from any thread.
    public long undelivered(Undelivered kind) {
        return losses.of(kind);
    }

    /// Flows under way; exact only while nothing passes.
    int underWay() {
        return flows.size();
    }

    private static void close(AutoCloseable... channels) {
        for (AutoCloseable channel : channels) {
            try {
                channel.close();
            } catch (Exception _) {
                // there is nothing left to do for it
            }
        }
    }

    /// Returns once nothing passes any more.
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(1000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
