package io.proa.host;

import static io.proa.host.NetlinkMessages.NLM_F_ACK;
import static io.proa.host.NetlinkMessages.NLM_F_CREATE;
import static io.proa.host.NetlinkMessages.NLM_F_EXCL;
import static io.proa.host.NetlinkMessages.NLM_F_REPLACE;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Links, addresses and routes of the network namespace this process runs in (rtnetlink(7)).
///
/// For one thread; every method waits for the kernel's answer.
final class RouteNetlink implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_NEWROUTE = 24;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_PID = 19;
    private static final int IFLA_GSO_MAX_SEGS = 40;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFF_UP = 1;
    private static final int IFF_NOARP = 0x80;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_F_NODAD = 2;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_STATIC = 4;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RTN_UNICAST = 1;
    private static final int RTN_PROHIBIT = 8;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final NetlinkSocket socket;

    private RouteNetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    static RouteNetlink open() throws IOException {
        return new RouteNetlink(NetlinkSocket.open(NetlinkSocket.ROUTE));
    }

    /// Where one end of a veth pair goes; a process names its network namespace.
    ///
    /// @param pid the namespace's process, as seen from this process; 0 = this namespace
    /// @param master index of the bridge it joins there, 0 = none
    record VethEnd(String name, int pid, int master) {}

    /// A bridge that is up at once.
    ///
    /// @param mac fixed, because a bridge otherwise takes over its members' and neighbours lose it
    void createBridge(String name, byte[] mac) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        linkHead(message, 0, IFF_UP).attribute(IFLA_IFNAME, name).attribute(IFLA_ADDRESS, mac);
        int info = message.open(IFLA_LINKINFO);
        message.attribute(IFLA_INFO_KIND, "bridge").close(info).end();
        socket.execute(message, "create bridge " + name);
    }

    /// A pair of joined interfaces, each put where its end says. An end with a master is up at
    /// once; only the first end can have one.
    void createVeth(VethEnd first, VethEnd second) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        linkHead(message, 0, first.master() == 0 ? 0 : IFF_UP);
        vethEnd(message, first);
        int info = message.open(IFLA_LINKINFO);
        message.attribute(IFLA_INFO_KIND, "veth");
        int data = message.open(IFLA_INFO_DATA);
        int peer = message.open(VETH_INFO_PEER);
        linkHead(message, 0, 0);
        vethEnd(message, second);
        message.close(peer).close(data).close(info).end();
        socket.execute(message, "create veth " + first.name() + " - " + second.name());
    }

    private static void vethEnd(NetlinkMessages message, VethEnd end) {
        message.attribute(IFLA_IFNAME, end.name());
        if (end.pid() != 0) {
            message.attributeU32(IFLA_NET_NS_PID, end.pid());
        }
        if (end.master() != 0) {
            message.attributeU32(IFLA_MASTER, end.master());
        }
    }

    /// A pair of joined interfaces of this namespace that are up, ask nobody for link addresses,
    /// and take packets of any length: what is sent by one comes in by the other.
    ///
    /// @param mac of the first; what it sends goes to nobody else's
    void createOutlet(String first, byte[] mac, String second) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        outletEnd(message, first, IFF_UP).attribute(IFLA_ADDRESS, mac);
        int info = message.open(IFLA_LINKINFO);
        message.attribute(IFLA_INFO_KIND, "veth");
        int data = message.open(IFLA_INFO_DATA);
        int peer = message.open(VETH_INFO_PEER);
        // Is not joined to the first one yet, without which it cannot be up.
        outletEnd(message, second, 0).close(peer).close(data).close(info).end();
        socket.execute(message, "create outlet " + first + " - " + second);
        setUp(second);
    }

    private static NetlinkMessages outletEnd(NetlinkMessages message, String name, int up) {
        linkHead(message, 0, IFF_NOARP | up).attribute(IFLA_IFNAME, name);
        // One segment: what a program hands over in one piece for many datagrams comes as many.
        return message.attributeU32(IFLA_MTU, 0xffff).attributeU32(IFLA_GSO_MAX_SEGS, 1);
    }

    void setUp(String name) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWLINK, NLM_F_ACK);
        linkHead(message, index(name), IFF_UP).end();
        socket.execute(message, "set " + name + " up");
    }

    /// Changes the link address of an interface that is down.
    void setMac(String name, byte[] mac) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWLINK, NLM_F_ACK);
        linkHead(message, index(name), 0).attribute(IFLA_ADDRESS, mac).end();
        socket.execute(message, "set the link address of " + name);
    }

    void delete(String name) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_DELLINK, NLM_F_ACK);
        linkHead(message, index(name), 0).end();
        socket.execute(message, "delete " + name);
    }

    /// Adds an address; an IPv6 one is usable at once, without duplicate address detection.
    void addAddress(String name, Cidr address) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        message.u8(family(address.address())).u8(address.prefix());
        message.u8(address.isV4() ? 0 : IFA_F_NODAD).u8(0).u32(index(name));
        message.attribute(IFA_LOCAL, address.address());
        message.attribute(IFA_ADDRESS, address.address()).end();
        socket.execute(message, "add address " + address + " to " + name);
    }

    /// Adds a route to a block, by a gateway or, where that is null, on the link itself. A prefix
    /// of 0 makes it the default route.
    void addRoute(Cidr block, @Nullable InetAddress gateway, String name) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
        message.u8(family(block.address())).u8(block.prefix()).u8(0).u8(0);
        message.u8(RT_TABLE_MAIN).u8(RTPROT_STATIC);
        message.u8(gateway == null && block.isV4() ? RT_SCOPE_LINK : 0).u8(RTN_UNICAST).u32(0);
        if (block.prefix() > 0) {
            message.attribute(RTA_DST, block.block().address());
        }
        if (gateway != null) {
            message.attribute(RTA_GATEWAY, gateway);
        }
        message.attributeU32(RTA_OIF, index(name)).end();
        socket.execute(message, "add route " + block + " to " + name);
    }

    /// Answers what would be forwarded to a block, and has no better route, by the ICMP error
    /// "administratively prohibited".
    void prohibit(Cidr block) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
        message.u8(family(block.address())).u8(block.prefix()).u8(0).u8(0);
        message.u8(RT_TABLE_MAIN).u8(RTPROT_STATIC).u8(0).u8(RTN_PROHIBIT).u32(0);
        if (block.prefix() > 0) {
            message.attribute(RTA_DST, block.block().address());
        }
        message.end();
        socket.execute(message, "prohibit " + block);
    }

    /// The kernel's number for an interface.
    int index(String name) throws IOException {
        NetlinkMessages message = new NetlinkMessages();
        message.begin(RTM_GETLINK, 0);
        linkHead(message, 0, 0).attribute(IFLA_IFNAME, name).end();
        return socket.ask(message, "find interface " + name).getInt(4);
    }

    /// struct ifinfomsg
    private static NetlinkMessages linkHead(NetlinkMessages message, int index, int flags) {
        return message.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(flags);
    }

    private static int family(InetAddress address) {
        return address instanceof Inet4Address ? AF_INET : AF_INET6;
    }

    @Override
    public void close() {
        socket.close();
    }
}
