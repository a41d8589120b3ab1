package io.proa.host;

import io.proa.host.egress.ResolvConf;
import io.proa.model.MeshBlocks;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The network of a fleet on one machine: a *hub* namespace with a bridge, and the pods joined to
/// it.
///
/// Nothing of it is in the machine's own network. All of it is gone when it is closed or this
/// process dies, even by SIGKILL. Safe for use by several threads.
public final class FleetNetwork implements AutoCloseable {
    /// The bridge's name inside the hub, for captures.
    public static final String BRIDGE = "proa0";

    // Locally administered; a fixed one, because a bridge otherwise takes over its members'.
    private static final String BRIDGE_MAC = "02:50:a0:a0:00:01";
    private static final int INTERFACE_NAME = 15;

    /// How a fleet's network is made.
    ///
    /// @param runDirectory the fleet's run directory, mode 0700; hidden from applications
    /// @param pods4 block of the pods' IPv4 addresses; its first address is the hub's
    /// @param pods6 likewise for IPv6
    /// @param egress what of the outside pods reach
    /// @param javaOptions added to the short-lived helper JVMs, such as an AOT cache
    /// @param patience the longest wait for any one step
    /// @param pods what holds for every pod
    public record Settings(
            Path runDirectory,
            Cidr pods4,
            Cidr pods6,
            EgressSettings egress,
            List<String> javaOptions,
            Duration patience,
            PodSettings pods) {
        /// Blocks that seldom collide; the hub's routes are its own, so only egress could notice.
        public static Settings of(Path runDirectory) {
            return new Settings(
                    runDirectory.toAbsolutePath(),
                    Cidr.parse(MeshBlocks.PODS_4),
                    Cidr.parse(MeshBlocks.PODS_6),
                    EgressSettings.NONE,
                    List.of(),
                    Duration.ofSeconds(20),
                    PodSettings.ofThisProcess());
        }

        public Settings withEgress(EgressKind kind) {
            return with(egress.with(kind));
        }

        /// @param ports of this machine's loopback that pods reach as [EgressSettings#HOST_NAME]
        public Settings withHostServices(Set<Integer> ports) {
            return with(egress.withHostServices(ports));
        }

        public Settings withPods(PodSettings other) {
            return new Settings(runDirectory, pods4, pods6, egress, javaOptions, patience, other);
        }

        private Settings with(EgressSettings other) {
            return new Settings(runDirectory, pods4, pods6, other, javaOptions, patience, pods);
        }

        /// The name server that pods are to use; null = they have none of the fleet's.
        public @Nullable InetAddress resolver() {
            return egress.kind() == EgressKind.NONE ? null : pods4.host(1);
        }

        Path script(PodScript script) {
            return script.in(runDirectory);
        }
    }

    private final Settings settings;
    private final ResolvConf machine;
    private final Consumer<String> told;
    private final boolean ipv6 = NamespaceSupport.hasIpv6();
    private final Namespace hub;
    private final Map<String, Pod> pods = new ConcurrentHashMap<>();
    private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
    private final FleetNames names;
    private final AtomicInteger joined = new AtomicInteger();
    private int bridgeIndex;
    private @Nullable Egress egress;

    private FleetNetwork(
            Settings settings, ResolvConf machine, Consumer<String> told, Namespace hub) {
        this.settings = settings;
        this.machine = machine;
        this.told = told;
        this.hub = hub;
        this.names =
                new FleetNames(
                        settings.runDirectory().resolve("pods"), ipv6, settings.egress().names());
    }

    /// Makes the hub.
    ///
    /// @throws IOException with one sentence that says what forbids it and how to mend that
    public static FleetNetwork open(Settings settings) throws IOException {
        return open(settings, _ -> {});
    }

    /// The same.
    ///
    /// @param told sentences about what pods send and is not passed on; by any thread
    public static FleetNetwork open(Settings settings, Consumer<String> told) throws IOException {
        return open(settings, ResolvConf.MACHINE, told);
    }

    /// @param machine whose name servers the pods' questions go to
    static FleetNetwork open(Settings settings, ResolvConf machine, Consumer<String> told)
            throws IOException {
        Files.createDirectories(
                settings.runDirectory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        PodScript.POD_INIT.install(settings.runDirectory());
        PodScript.KEEP_SIDECAR.install(settings.runDirectory());
        PodScript.APP_START.install(settings.runDirectory());
        Namespace hub =
                Namespace.create(
                        new Namespace.Order(
                                "hub",
                                settings.script(PodScript.POD_INIT),
                                Duration.ZERO,
                                "-",
                                "-",
                                // Forwarding also makes every unreachable address fail at once.
                                sysctls(
                                        "net/ipv4/ip_forward=1",
                                        "net/ipv6/conf/all/forwarding=1",
                                        "net/ipv4/icmp_ratelimit=0",
                                        "net/ipv6/icmp/ratelimit=0"),
                                List.of(),
                                Map.of(),
                                ProcessBuilder.Redirect.PIPE),
                        settings.patience());
        FleetNetwork network = new FleetNetwork(settings, machine, told, hub);
        try {
            hub.release("");
            network.buildHub();
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static List<String> sysctls(String... more) {
        List<String> all = new ArrayList<>();
        // What the machine may have turned off for new namespaces.
        all.add("net/ipv6/conf/all/disable_ipv6=0");
        all.add("net/ipv6/conf/default/disable_ipv6=0");
        // Addresses are given out here and nowhere else: looking for duplicates only costs a
        // second.
        all.add("net/ipv6/conf/default/accept_dad=0");
        all.add("net/ipv6/conf/default/accept_ra=0");
        all.addAll(List.of(more));
        return all;
    }

    private void buildHub() throws IOException {
        try (SetupProcess setup = hub.setup(settings.javaOptions(), settings.patience())) {
            setup.run("up lo");
            bridgeIndex = Integer.parseInt(setup.run("bridge " + BRIDGE + " " + BRIDGE_MAC));
            setup.run("address " + BRIDGE + " " + gateway(settings.pods4()));
            if (ipv6) {
                setup.run("address " + BRIDGE + " " + gateway(settings.pods6()));
            }
            egress = Egress.open(settings, machine, told, setup);
        } catch (IOException e) {
            throw new IOException("the fleet's network: " + e.getMessage(), e);
        }
    }

    /// Makes a pod: its links are up and its sidecar is started when this returns; its connections
    /// are not redirected yet ([Pod#applyRedirect]). Several pods may be made at the same time.
    public Pod addPod(PodSpec spec) throws IOException {
        InetAddress resolver = settings.resolver();
        NameFiles files = names.add(spec, resolver == null ? null : machine.with(resolver));
        Namespace namespace =
                Namespace.create(
                        order(
                                spec.name(),
                                files.hosts().toString(),
                                resolver == null ? "-" : files.resolvConf().toString(),
                                sysctls("net/ipv4/ip_unprivileged_port_start=0"),
                                spec.sidecar()),
                        settings.patience());
        SetupProcess setup = null;
        try {
            setup = namespace.setup(settings.javaOptions(), settings.patience());
            link(setup, spec);
            namespace.release(spec.sidecar().token());
        } catch (IOException | RuntimeException e) {
            if (setup != null) {
                setup.close();
            }
            namespace.close();
            names.forget(spec.name());
            throw new IOException("pod " + spec.name() + ": " + e.getMessage(), e);
        }
        Pod pod = new Pod(spec, namespace, setup, settings);
        pods.put(spec.name(), pod);
        return pod;
    }

    /// Joins a running program's network to this one; its sidecar is started when this returns, its
    /// connections are not turned yet ([Attachment#applyRedirect]). Takes power over that network.
    public Attachment attach(AttachSpec spec) throws IOException {
        Attachment attached =
                Attachment.open(
                        spec,
                        new Attachment.Fleet(
                                settings,
                                hub.initPid(),
                                bridgeIndex,
                                linkName(spec.name()),
                                order(spec.name(), "-", "-", List.of(), spec.sidecar())));
        attachments.add(attached);
        return attached;
    }

    /// Undoes it.
    public void detach(Attachment attached) {
        attachments.remove(attached);
        attached.close();
    }

    /// Closes a pod and forgets it; its name and addresses may be used again.
    ///
    /// @param grace see [Pod#close(Duration)]
    public void removePod(String name, Duration grace) throws IOException {
        Pod pod = pods.remove(name);
        if (pod == null) {
            throw new IllegalArgumentException("no pod " + name);
        }
        pod.close(grace);
        names.forget(name);
    }

    /// Changes what every pod resolves, those that are there and those to come, whatever their
    /// specification says.
    ///
    /// @param all names besides localhost and each pod's own
    public void updateHosts(Map<String, List<InetAddress>> all) throws IOException {
        names.update(all);
    }

    private Namespace.Order order(
            String name,
            String hosts,
            String resolvConf,
            List<String> sysctls,
            PodSpec.Sidecar sidecar) {
        Path log = sidecar.log();
        return new Namespace.Order(
                name,
                settings.script(PodScript.POD_INIT),
                settings.pods().grace(),
                hosts,
                resolvConf,
                sysctls,
                confined(sidecar.command()),
                sidecar.environment(),
                log == null
                        ? ProcessBuilder.Redirect.INHERIT
                        : ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /// A sidecar keeps the one power it uses, to mark its sockets.
    private static List<String> confined(List<String> sidecar) {
        List<String> command = new ArrayList<>();
        if (!sidecar.isEmpty()) {
            command.addAll(List.of("setpriv", "--inh-caps=-all", "--no-new-privs"));
            command.addAll(List.of("--bounding-set=-all,+net_admin", "--"));
            command.addAll(sidecar);
        }
        return command;
    }

    private void link(SetupProcess setup, PodSpec spec) throws IOException {
        setup.run("host-name " + spec.name());
        setup.run("up lo");
        // The first end goes to the hub.
        setup.run(
                "veth "
                        + linkName(spec.name())
                        + " "
                        + hub.initPid()
                        + " "
                        + bridgeIndex
                        + " eth0");
        setup.run("mac eth0 " + mac(spec.ipv4()));
        setup.run("address eth0 " + new Cidr(spec.ipv4(), settings.pods4().prefix()));
        if (ipv6) {
            setup.run("address eth0 " + new Cidr(spec.ipv6(), settings.pods6().prefix()));
        }
        setup.run("up eth0");
        route(setup, settings.pods4());
        if (ipv6) {
            route(setup, settings.pods6());
        }
    }

    /// The same for the same address: neighbours keep reaching it in a pod that succeeds another.
    private static String mac(InetAddress ipv4) {
        return "02:50:" + HexFormat.ofDelimiter(":").formatHex(ipv4.getAddress());
    }

    /// In the hub, so that a capture there can tell pods apart.
    private String linkName(String pod) {
        String name = joined.incrementAndGet() + "-" + pod;
        return name.substring(0, Math.min(name.length(), INTERFACE_NAME));
    }

    private static void route(SetupProcess setup, Cidr block) throws IOException {
        String all = block.isV4() ? "0.0.0.0/0" : "::/0";
        setup.run("route " + all + " " + Cidr.literal(block.host(1)) + " eth0");
    }

    private static Cidr gateway(Cidr block) {
        return new Cidr(block.host(1), block.prefix());
    }

    /// Process 1 of the hub, as seen from outside.
    public long hubPid() {
        return hub.initPid();
    }

    /// Starts a command in the hub as the user and with the power of this process: for captures on
    /// the bridge and probes from outside the mesh. Its streams are pipes.
    public Process exec(List<String> command) throws IOException {
        return ApplicationProcess.enteredBy(new ProcessBuilder(hub.inside(command)).start());
    }

    /// Closes all pods, then the hub.
    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        for (Pod pod : pods.values()) {
            closing.add(Thread.startVirtualThread(pod::close));
        }
        for (Attachment attached : attachments) {
            closing.add(Thread.startVirtualThread(attached::close));
        }
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                // The hub must go all the same, and each close has its own deadline.
                Thread.currentThread().interrupt();
            }
        }
        Egress way = egress;
        if (way != null) {
            way.close();
        }
        hub.close();
    }
}
