package io.proa.app.fleet;

import io.proa.control.fleet.AddressBlocks;
import io.proa.control.fleet.PodAddress;
import io.proa.host.AttachSpec;
import io.proa.host.Attachment;
import io.proa.host.Cidr;
import io.proa.host.FleetNetwork;
import io.proa.host.Home;
import io.proa.host.LoopbackPod;
import io.proa.host.Pod;
import io.proa.host.PodSettings;
import io.proa.host.PodSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Pods with a network each, on a bridge of the fleet's own.
record NetworkGround(FleetNetwork network) implements Ground {
    /// Of services: what a program that has a network already is to reach through the fleet.
    private static final List<Cidr> SERVICES =
            List.of(
                    block(AddressBlocks.DEFAULT.services4()),
                    block(AddressBlocks.DEFAULT.services6()));

    /// @param told what pods send and is not passed on
    static NetworkGround open(
            RunDirectory run, FleetRunner.Variations variations, Consumer<String> told)
            throws IOException {
        FleetNetwork network =
                FleetNetwork.open(
                        FleetNetwork.Settings.of(run.path())
                                .withPods(hidingAllFleets(run))
                                .withEgress(variations.reach().kind())
                                .withHostServices(variations.reach().hostServices()),
                        told);
        variations.onNetwork().accept(network);
        return new NetworkGround(network);
    }

    /// A program may order about other fleets of its user as little as its own.
    private static PodSettings hidingAllFleets(RunDirectory run) {
        Path base = run.path().resolveSibling("");
        return PodSettings.ofThisProcess().withHidden(List.of(base));
    }

    private static Cidr block(AddressBlocks.Block block) {
        return new Cidr(block.base(), block.prefix());
    }

    @Override
    public Home make(MeshedPod.Order order, PodSpec.Sidecar sidecar) throws IOException {
        FleetPlan.PodPlan plan = order.plan();
        if (!(plan.address() instanceof PodAddress.Network(InetAddress ipv4, InetAddress ipv6))) {
            throw new IllegalStateException(plan + " has no network of its own");
        }
        if (order.attachTo() == 0) {
            return network.addPod(
                    new PodSpec(
                            plan.name(),
                            ipv4,
                            ipv6,
                            order.hosts(),
                            sidecar,
                            Ground.user(order.service().care().user())));
        }
        return network.attach(
                new AttachSpec(plan.name(), order.attachTo(), ipv4, ipv6, SERVICES, sidecar));
    }

    @Override
    public void check(Joining joining, Map<Integer, String> listeners) {
        // Whatever its ports are, they are its own.
    }

    @Override
    public List<String> sidecarOptions(MeshedPod.Order order) {
        return List.of();
    }

    @Override
    public Map<String, String> variables(FleetPlan.PodPlan pod, Map<String, String> own) {
        return Map.of();
    }

    @Override
    public void remove(Home home, Duration grace) throws IOException {
        switch (home) {
            case Pod pod -> network.removePod(pod.name(), grace);
            case Attachment attached -> network.detach(attached);
            case LoopbackPod _ -> throw new IllegalArgumentException(home.name());
        }
    }

    @Override
    public void updateHosts(Map<String, List<InetAddress>> names) throws IOException {
        network.updateHosts(names);
    }

    @Override
    public boolean isLost() {
        return ProcessHandle.of(network.hubPid()).isEmpty();
    }

    @Override
    public void close() {
        network.close();
    }
}
