package io.proa.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The network of a fleet on one machine: a *hub* namespace with a bridge, and the pods joined to
/// it.
///
/// Nothing of it is in the machine's own network, except one link where egress is wanted. All of it
/// is gone when it is closed or this process dies, even by SIGKILL. Safe for use by several
/// threads.
public final class FleetNetwork implements AutoCloseable {
    /// The bridge's name inside the hub, for captures.
    public static final String BRIDGE = "proa0";

    static final String POD_INIT = "pod-init.sh";
    static final String APP_START = "app-start.sh";

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
    public record Settings(
            Path runDirectory,
            Cidr pods4,
            Cidr pods6,
            EgressSettings egress,
            List<String> javaOptions,
            Duration patience) {
        /// Blocks that seldom collide; the hub's routes are its own, so only egress could notice.
        public static Settings of(Path runDirectory) {
            return new Settings(
                    runDirectory.toAbsolutePath(),
                    Cidr.parse("10.87.0.0/16"),
                    Cidr.parse("fd50:a0a::/64"),
                    EgressSettings.NONE,
                    List.of(),
                    Duration.ofSeconds(20));
        }

        public Settings withEgress(EgressKind kind) {
            return with(egress.with(kind));
        }

        /// @param ports of this machine's loopback that pods reach as [EgressSettings#HOST_NAME]
        public Settings withHostServices(Set<Integer> ports) {
            return with(egress.withHostServices(ports));
        }

        private Settings with(EgressSettings other) {
            return new Settings(runDirectory, pods4, pods6, other, javaOptions, patience);
        }

        /// The name server that pods are to use; null = they have none of the fleet's.
        public @Nullable InetAddress resolver() {
            return egress.kind() == EgressKind.NONE ? null : pods4.host(1);
        }

        Path script(String name) {
            return runDirectory.resolve(name);
        }
    }

    private final Settings settings;
    private final boolean ipv6 = NamespaceSupport.hasIpv6();
    private final Namespace hub;
    private final Map<String, Pod> pods = new ConcurrentHashMap<>();
    private final AtomicInteger joined = new AtomicInteger();
    private int bridgeIndex;
    private @Nullable Egress egress;

    private FleetNetwork(Settings settings, Namespace hub) {
        this.settings = settings;
        this.hub = hub;
    }

    /// Makes the hub.
    ///
    /// @throws IOException with one sentence that says what forbids it and how to mend that
    public static FleetNetwork open(Settings settings) throws IOException {
        Files.createDirectories(
                settings.runDirectory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        install(POD_INIT, settings);
        install(APP_START, settings);
        Namespace hub =
                Namespace.create(
                        new Namespace.Order(
                                "hub",
                                settings.script(POD_INIT),
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
        FleetNetwork network = new FleetNetwork(settings, hub);
        try {
            hub.release("");
            network.buildHub();
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static void install(String script, Settings settings) throws IOException {
        try (InputStream text = FleetNetwork.class.getResourceAsStream(script)) {
            if (text == null) {
                throw new IOException(script + " is missing from the program");
            }
            Files.copy(text, settings.script(script), StandardCopyOption.REPLACE_EXISTING);
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
            if (settings.egress().kind() == EgressKind.MASQUERADE) {
                egress = Egress.open(hub.initPid(), setup);
            }
        } catch (IOException e) {
            throw new IOException("the fleet's network: " + e.getMessage(), e);
        }
    }

    /// Makes a pod: its links are up and its sidecar is started when this returns; its connections
    /// are not redirected yet ([Pod#applyRedirect]). Several pods may be made at the same time.
    public Pod addPod(PodSpec spec) throws IOException {
        Path directory = settings.runDirectory().resolve("pods").resolve(spec.name());
        Files.createDirectories(directory);
        Path hosts = Files.writeString(directory.resolve("hosts"), hosts(spec));
        // Whatever the umask: every user of the pod resolves names.
        Files.setPosixFilePermissions(hosts, PosixFilePermissions.fromString("rw-r--r--"));
        Path log = spec.sidecar().log();
        Namespace namespace =
                Namespace.create(
                        new Namespace.Order(
                                spec.name(),
                                settings.script(POD_INIT),
                                hosts.toString(),
                                sysctls(
                                        "kernel/hostname=" + spec.name(),
                                        "net/ipv4/ip_unprivileged_port_start=0"),
                                confined(spec.sidecar().command()),
                                spec.sidecar().environment(),
                                log == null
                                        ? ProcessBuilder.Redirect.INHERIT
                                        : ProcessBuilder.Redirect.appendTo(log.toFile())),
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
            throw new IOException("pod " + spec.name() + ": " + e.getMessage(), e);
        }
        Pod pod = new Pod(spec, namespace, setup, settings);
        pods.put(spec.name(), pod);
        return pod;
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
        setup.run("up lo");
        // The first end goes to the hub, named so that a capture there can tell pods apart.
        String name = joined.incrementAndGet() + "-" + spec.name();
        String inHub = name.substring(0, Math.min(name.length(), INTERFACE_NAME));
        setup.run("veth " + inHub + " " + hub.initPid() + " " + bridgeIndex + " eth0");
        setup.run("up eth0");
        join(setup, spec.ipv4(), settings.pods4());
        if (ipv6) {
            join(setup, spec.ipv6(), settings.pods6());
        }
    }

    private static void join(SetupProcess setup, InetAddress address, Cidr block)
            throws IOException {
        String gateway = Cidr.literal(block.host(1));
        String all = block.isV4() ? "0.0.0.0/0" : "::/0";
        setup.run("address eth0 " + new Cidr(address, block.prefix()));
        setup.run("route " + all + " " + gateway + " eth0");
    }

    private static Cidr gateway(Cidr block) {
        return new Cidr(block.host(1), block.prefix());
    }

    private String hosts(PodSpec spec) {
        StringBuilder text = new StringBuilder("127.0.0.1\tlocalhost\n");
        if (ipv6) {
            text.append("::1\tlocalhost ip6-localhost ip6-loopback\n");
        }
        // A program that asks for its own name must not have to ask a name server. Whoever made
        // the pod without being root could not rename it, so it still has the machine's.
        Set<String> own = new LinkedHashSet<>(List.of(spec.name()));
        machineName().filter(name -> !spec.hosts().containsKey(name)).ifPresent(own::add);
        for (String name : own) {
            text.append(Cidr.literal(spec.ipv4())).append('\t').append(name).append('\n');
            if (ipv6) {
                text.append(Cidr.literal(spec.ipv6())).append('\t').append(name).append('\n');
            }
        }
        Map<String, List<InetAddress>> names = new TreeMap<>(settings.egress().names());
        names.putAll(spec.hosts());
        for (Map.Entry<String, List<InetAddress>> entry : names.entrySet()) {
            for (InetAddress address : entry.getValue()) {
                if (ipv6 || address.getAddress().length == 4) {
                    text.append(Cidr.literal(address)).append('\t');
                    text.append(entry.getKey()).append('\n');
                }
            }
        }
        return text.toString();
    }

    private static Optional<String> machineName() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? Optional.empty() : Optional.of(name);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Process 1 of the hub, as seen from outside.
    public long hubPid() {
        return hub.initPid();
    }

    /// Starts a command in the hub as the user and with the power of this process: for captures on
    /// the bridge and probes from outside the mesh. Its streams are pipes.
    public Process exec(List<String> command) throws IOException {
        return new ApplicationProcess(new ProcessBuilder(hub.inside(command)).start());
    }

    /// Closes all pods, then the hub.
    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        for (Pod pod : pods.values()) {
            closing.add(Thread.startVirtualThread(pod::close));
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
