package io.proa.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// A way out of the hub: a link to the machine's own network, and masquerading at both ends.
///
/// The link goes with the hub and the table with this process, whatever way that ends, and the
/// forwarding settings of interfaces go back to what they were. A firewall of the machine that
/// drops forwarded packets (Docker sets one up) is left as it is and wins. IPv4; IPv6 too where the
/// machine forwards that already, since turning it on would make the machine ignore router
/// advertisements.
final class Uplink implements AutoCloseable {
    private static final String HUB_END = "uplink";
    // Link-local: on no other network. Fleets side by side take different small blocks of it.
    private static final Cidr LINK4 = Cidr.parse("169.254.87.0/24");
    private static final Cidr LINK6 = Cidr.parse("fd50:a0a:0:ff00::/120");
    private static final int LINKS = 64;
    private static final int LINK4_PREFIX = 30;
    private static final int LINK6_PREFIX = 126;

    private final Deque<BorrowedSetting> borrowed = new ArrayDeque<>();
    private final String hostEnd;
    private final NetlinkSocket table;

    private Uplink(String hostEnd, NetlinkSocket table) {
        this.hostEnd = hostEnd;
        this.table = table;
    }

    /// @param hubPid a process of the hub
    /// @param hub sets up the hub's end
    static Uplink open(long hubPid, SetupProcess hub) throws IOException {
        int number = (int) (ProcessHandle.current().pid() % LINKS);
        String hostEnd = "proa-" + ProcessHandle.current().pid();
        boolean ipv6 = read(Path.of("/proc/sys/net/ipv6/conf/all/forwarding")).equals("1");
        try (RouteNetlink links = RouteNetlink.open()) {
            links.createVeth(
                    new RouteNetlink.VethEnd(HUB_END, (int) hubPid, 0),
                    new RouteNetlink.VethEnd(hostEnd, 0, 0));
            links.setUp(hostEnd);
            hub.run("up " + HUB_END);
            connect(links, hostEnd, hub, LINK4, new Link(number, LINK4_PREFIX));
            if (ipv6) {
                connect(links, hostEnd, hub, LINK6, new Link(number, LINK6_PREFIX));
            }
        }
        hub.run("masquerade " + HUB_END);
        Uplink opened = new Uplink(hostEnd, Masquerade.enteredBy(hostEnd, hostEnd).applyOwned());
        try {
            opened.forward(opened.hostEnd);
            for (String uplink : uplinks()) {
                opened.forward(uplink);
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /// The n-th small block of the links' own.
    private record Link(int number, int prefix) {
        Cidr end(Cidr of, int which) {
            return new Cidr(of.host(number * 4 + which), prefix);
        }
    }

    private static void connect(
            RouteNetlink links, String hostEnd, SetupProcess hub, Cidr block, Link link)
            throws IOException {
        Cidr host = link.end(block, 1);
        links.addAddress(hostEnd, host);
        hub.run("address " + HUB_END + " " + link.end(block, 2));
        String all = block.isV4() ? "0.0.0.0/0" : "::/0";
        hub.run("route " + all + " " + Cidr.literal(host.address()) + " " + HUB_END);
    }

    /// Interfaces with a default route: their answers must be forwarded back.
    private static List<String> uplinks() throws IOException {
        return Files.readAllLines(Path.of("/proc/net/route")).stream()
                .map(line -> line.split("\\s+"))
                .filter(fields -> fields.length > 7 && fields[1].equals("00000000"))
                .map(fields -> fields[0])
                .distinct()
                .toList();
    }

    /// Per interface: the machine-wide switch would reset its other settings to a router's.
    private void forward(String networkInterface) throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/conf", networkInterface, "forwarding");
        String before = read(setting);
        if (!before.equals("1")) {
            try {
                if (networkInterface.equals(hostEnd)) {
                    Files.writeString(setting, "1"); // goes with its interface
                } else {
                    borrowed.push(BorrowedSetting.set(setting, before, "1"));
                }
            } catch (IOException e) {
                throw new IOException(
                        "egress needs forwarding: 'sysctl -w net.ipv4.conf."
                                + networkInterface
                                + ".forwarding=1' is refused here",
                        e);
            }
        }
    }

    private static String read(Path setting) {
        try {
            return Files.readString(setting).strip();
        } catch (IOException _) {
            return "";
        }
    }

    @Override
    public void close() {
        table.close();
        // The kernel would do it too, but only some time after the hub has ended.
        try (RouteNetlink links = RouteNetlink.open()) {
            links.delete(hostEnd);
        } catch (IOException _) {
            // gone with the hub
        }
        borrowed.forEach(BorrowedSetting::close);
        borrowed.clear();
    }
}
