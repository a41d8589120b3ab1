package io.proa.host;

import io.proa.host.egress.DatagramRelay;
import io.proa.host.egress.NameForwarder;
import io.proa.host.egress.Relay;
import io.proa.host.egress.ResolvConf;
import io.proa.model.IpPort;
import io.proa.model.MeshBlocks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What of the outside the pods of a fleet reach, as its settings say.
///
/// The way out is this process ([Relay] and [DatagramRelay]), as are names ([NameForwarder]) and
/// the named services of this machine's loopback. All of it goes with this process, whatever way
/// that ends: sockets and rules are the hub's.
final class Egress implements AutoCloseable {
    // Of the hub, where nothing else listens.
    private static final int RELAY_PORT = 15010;
    private static final int DNS = 53;
    private static final String MEETING = "egress.sock";
    private static final Cidr ALL4 = Cidr.parse("0.0.0.0/0");
    private static final Cidr ALL6 = Cidr.parse("::/0");
    // Virtual addresses, which pods' sidecars know: nobody has them.
    private static final List<Cidr> SERVICES =
            List.of(Cidr.parse(MeshBlocks.SERVICES_4), Cidr.parse(MeshBlocks.SERVICES_6));

    private final FleetNetwork.Settings settings;
    private final ResolvConf names;
    private final Consumer<String> told;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /// One that serves nothing yet.
    Egress(FleetNetwork.Settings settings, ResolvConf names, Consumer<String> told) {
        this.settings = settings;
        this.names = names;
        this.told = told;
    }

    /// @param names whose name servers are asked
    /// @param told sentences about what is not passed on
    /// @param hub sets up the hub's side, whose addresses are there
    static Egress open(
            FleetNetwork.Settings settings,
            ResolvConf names,
            Consumer<String> told,
            SetupProcess hub)
            throws IOException {
        Egress egress = new Egress(settings, names, told);
        try {
            switch (settings.egress().kind()) {
                case NONE -> {}
                case RELAY -> prohibit(hub);
            }
            if (!egress.named().isEmpty()) {
                egress.serve(hub);
                egress.serveDatagrams(hub);
            }
            return egress;
        } catch (IOException | RuntimeException e) {
            egress.close();
            throw e;
        }
    }

    /// What is not carried is refused, and by an error that also a UDP client hears of: those for
    /// "no route" it does not (udp(7)).
    private static void prohibit(SetupProcess hub) throws IOException {
        hub.run("prohibit " + ALL4);
        if (NamespaceSupport.hasIpv6()) {
            hub.run("prohibit " + ALL6);
        }
    }

    private void serve(SetupProcess hub) throws IOException {
        List<IpPort> resolvers = resolvers();
        HubSockets sockets =
                HubSockets.open(
                        hub, settings.runDirectory().resolve(MEETING), RELAY_PORT, resolvers);
        open.push(sockets);
        for (DatagramChannel channel : sockets.names()) {
            open.push(NameForwarder.start(channel, names));
        }
        open.push(Relay.start(sockets.listener(), OriginalDestination::of, this::ways));
        hub.run("egress " + rules().words());
    }

    /// Without it, what is not TCP is refused by the hub's kernel.
    private void serveDatagrams(SetupProcess hub) {
        try {
            HubOutlet outlet = HubOutlet.open(hub, settings.runDirectory().resolve(MEETING));
            DatagramRelay.Rules rules = new DatagramRelay.Rules(this::ways, this::isPods);
            open.push(DatagramRelay.start(outlet.link(), rules, new DatagramOptions(), told));
            route(hub, EgressSettings.HOST4, ALL4);
            if (NamespaceSupport.hasIpv6()) {
                route(hub, EgressSettings.HOST6, ALL6);
            }
        } catch (IOException e) {
            told.accept("UDP to the outside is refused: " + e.getMessage());
        }
    }

    /// Everything by one neighbour: with one for each destination, pods could fill a table that is
    /// the whole machine's.
    private void route(SetupProcess hub, InetAddress host, Cidr all) throws IOException {
        hub.run("route " + Cidr.only(host) + " - " + HubOutlet.NAME);
        if (settings.egress().kind() == EgressKind.RELAY) {
            hub.run("route " + all + " " + Cidr.literal(host) + " " + HubOutlet.NAME);
        }
    }

    private boolean isPods(InetAddress address) {
        return settings.pods4().contains(address) || settings.pods6().contains(address);
    }

    private EgressRules rules() {
        return new EgressRules(
                RELAY_PORT,
                named(),
                List.of(settings.pods4(), settings.pods6()),
                settings.egress().kind() == EgressKind.RELAY);
    }

    /// All ports of this machine's addresses: a reset by the relay is heard at once, while the
    /// error of a route is lost on a connection that is just being opened, until its second
    /// attempt.
    private List<EgressRules.Named> named() {
        List<EgressRules.Named> named = new ArrayList<>();
        for (IpPort resolver : resolvers()) {
            named.add(new EgressRules.Named(Cidr.only(resolver.ip()), resolver.port()));
        }
        if (!settings.egress().hostServices().isEmpty()) {
            named.add(new EgressRules.Named(Cidr.only(EgressSettings.HOST4), 0));
            named.add(new EgressRules.Named(Cidr.only(EgressSettings.HOST6), 0));
        }
        return named;
    }

    private List<IpPort> resolvers() {
        if (settings.egress().kind() == EgressKind.NONE) {
            return List.of();
        }
        IpPort v4 = new IpPort(settings.pods4().host(1), DNS);
        return NamespaceSupport.hasIpv6()
                ? List.of(v4, new IpPort(settings.pods6().host(1), DNS))
                : List.of(v4);
    }

    /// Where a connection or datagram may go: nowhere, if it is to this machine's loopback, to one
    /// of its own link-local addresses or to an address of the mesh, which would be somebody else's
    /// outside.
    List<InetSocketAddress> ways(IpPort wanted) {
        if (resolvers().contains(wanted)) {
            return names.nameservers();
        }
        InetAddress to = wanted.ip();
        if (to.equals(EgressSettings.HOST4) || to.equals(EgressSettings.HOST6)) {
            return settings.egress().hostServices().contains(wanted.port())
                    ? loopback(wanted.port())
                    : List.of();
        }
        boolean allowed =
                settings.egress().kind() == EgressKind.RELAY
                        && !to.isLoopbackAddress()
                        && !to.isAnyLocalAddress() // which Linux takes for the loopback
                        && !to.isMulticastAddress()
                        && !isOwnLinkLocal(to)
                        && !isPods(to)
                        && SERVICES.stream().noneMatch(block -> block.contains(to));
        return allowed ? List.of(wanted.toSocketAddress()) : List.of();
    }

    /// Services that listen there are meant for this machine, as on its loopback.
    private static boolean isOwnLinkLocal(InetAddress to) {
        try {
            return to.isLinkLocalAddress() && NetworkInterface.getByInetAddress(to) != null;
        } catch (SocketException _) {
            return true;
        }
    }

    private static List<InetSocketAddress> loopback(int port) {
        return List.of(
                new IpPort(IpPort.literal("127.0.0.1"), port).toSocketAddress(),
                new IpPort(IpPort.literal("::1"), port).toSocketAddress());
    }

    @Override
    public void close() {
        @Nullable RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException e) {
                failure = e;
            } catch (Exception _) {
                // its sockets go with this process at the latest
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
