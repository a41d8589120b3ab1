package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A program that was running already and has joined a fleet: a link to the hub, a sidecar and
/// redirect rules were added to its network namespace. Nothing else of it is touched, neither its
/// files nor its other interfaces nor the connections that it has.
///
/// Whatever was added goes when this is closed or this process dies, even by SIGKILL: the link with
/// the hub, the sidecar with its process 1, the rules with the process that holds them
/// (NFT_TABLE_F_OWNER). Safe for use by several threads, one of which closes it.
public final class Attachment implements Home, AutoCloseable {
    /// The interface that the program's namespace gets.
    public static final String LINK = "proa0";

    private static final String CANNOT_JOIN = "cannot join the network of process ";

    private final AttachSpec spec;
    private final Namespace sidecar;
    private final SetupProcess setup;
    private boolean held;

    private Attachment(AttachSpec spec, Namespace sidecar, SetupProcess setup) {
        this.spec = spec;
        this.sidecar = sidecar;
        this.setup = setup;
    }

    /// What a program may not be for its network to be joined.
    ///
    /// @throws IOException with one sentence, where it is
    public static void check(long pid) throws IOException {
        Path network = Path.of("/proc", Long.toString(pid), "ns", "net");
        String theirs;
        try {
            theirs = Files.readSymbolicLink(network).toString();
        } catch (NoSuchFileException e) {
            throw new IOException(
                    CANNOT_JOIN + pid + ": there is no such process (see ps or docker inspect)", e);
        } catch (IOException e) {
            throw new IOException(CANNOT_JOIN + pid + ": that takes root", e);
        }
        String ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        String machine = machine();
        if (theirs.equals(ours) || theirs.equals(machine)) {
            throw new IOException(
                    CANNOT_JOIN
                            + pid
                            + ": it uses the machine's own, where redirect rules would turn the"
                            + " connections of every program; expected a container, or a unit with"
                            + " PrivateNetwork= or NetworkNamespacePath=");
        }
    }

    /// What process 1 uses; nothing where that may not be seen.
    private static String machine() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/1/ns/net")).toString();
        } catch (IOException _) {
            return "";
        }
    }

    /// What an attachment needs of its fleet.
    ///
    /// @param link the far end's name in the hub
    /// @param order how the sidecar is held
    record Fleet(
            FleetNetwork.Settings settings,
            long hubPid,
            int bridgeIndex,
            String link,
            Namespace.Order order) {}

    /// Makes the link and starts the sidecar. Connections are not turned yet.
    static Attachment open(AttachSpec spec, Fleet fleet) throws IOException {
        check(spec.pid());
        Duration patience = fleet.settings().patience();
        Namespace sidecar = Namespace.beside(spec.pid(), fleet.order(), patience);
        SetupProcess setup = null;
        try {
            setup = sidecar.setup(fleet.settings().javaOptions(), patience);
            // Two JVMs start side by side: the sidecar needs no link before it is ready.
            sidecar.release(spec.sidecar().token());
            link(setup, spec, fleet);
            return new Attachment(spec, sidecar, setup);
        } catch (IOException | RuntimeException e) {
            if (setup != null) {
                setup.close();
            }
            sidecar.close();
            throw new IOException(CANNOT_JOIN + spec.pid() + ": " + e.getMessage(), e);
        }
    }

    private static void link(SetupProcess setup, AttachSpec spec, Fleet fleet) throws IOException {
        setup.run(
                "veth "
                        + fleet.link()
                        + " "
                        + fleet.hubPid()
                        + " "
                        + fleet.bridgeIndex()
                        + " "
                        + LINK);
        Cidr pods4 = fleet.settings().pods4();
        Cidr pods6 = fleet.settings().pods6();
        setup.run("address " + LINK + " " + new Cidr(spec.ipv4(), pods4.prefix()));
        boolean ipv6 = hasAddress(setup, new Cidr(spec.ipv6(), pods6.prefix()));
        setup.run("up " + LINK);
        for (Cidr route : spec.routes()) {
            if (route.isV4() || ipv6) {
                String gateway = Cidr.literal((route.isV4() ? pods4 : pods6).host(1));
                setup.run("route " + route + " " + gateway + " " + LINK);
            }
        }
    }

    /// Containers mostly have IPv6 turned off, and then the kernel refuses the address.
    private static boolean hasAddress(SetupProcess setup, Cidr ipv6) {
        try {
            setup.run("address " + LINK + " " + ipv6);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public String name() {
        return spec.name();
    }

    /// The sidecar's process 1 as seen from outside, for nsenter(1).
    @Override
    public long initPid() {
        return sidecar.initPid();
    }

    /// Whether all that was added is there still.
    @Override
    public boolean isAlive() {
        return sidecar.isAlive() && setup.isAlive();
    }

    /// Turns connections that open from now on to the sidecar, which must listen by now: all that
    /// the program opens, and those that reach it by [#LINK]. At most once.
    @Override
    public void applyRedirect(RedirectRules rules) throws IOException {
        synchronized (setup) {
            RedirectRules ours = rules.inboundBy(LINK).keepingInvalid();
            setup.run("hold " + String.join(" ", ours.command()));
            held = true;
        }
    }

    /// New connections go their own way at once; those of the sidecar end within a second.
    @Override
    public void close() {
        synchronized (setup) {
            if (held) {
                tell("let-go");
                held = false;
            }
            sidecar.close();
            tell("drop");
            tell("delete " + LINK);
            setup.close();
        }
    }

    /// What is not removed by word is removed by the end of the one who was to hear it.
    private @Nullable String tell(String command) {
        try {
            return setup.run(command);
        } catch (IOException _) {
            return null;
        }
    }
}
