package io.proa.host;

import io.proa.model.MeshPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What turns a pod's TCP connections to its sidecar, IPv4 and IPv6 alike.
///
/// Outbound, everything goes to `outboundPort` but the sidecar's own connections, what stays on
/// loopback, and what is excluded. Inbound, everything goes to `inboundPort` but `meshPort`, which
/// demands mutual TLS itself, and what is excluded; the sidecar's other ports are no exception, so
/// plaintext from outside is met by one place on every port. The rules live in the pod's network
/// namespace and outlive the process that sets them. Put them in after the sidecar listens: until
/// it does, redirected connections are refused. Only connections that open under the rules are
/// turned: what runs when they are put in runs on.
///
/// @param mark the SO_MARK of the sidecar's sockets
/// @param sidecarUid passes in addition, where the sidecar may not set the mark
/// @param excludedOutboundPorts 1 to 65535, passed untouched
/// @param excludedInboundPorts 1 to 65535, reachable in plaintext from outside
/// @param dropInvalid whether packets the connection tracker cannot place are dropped: otherwise
///   late ones reach the kernel untranslated, which answers with resets
/// @param inboundInterface inbound, only what comes by this interface is turned; null = by any but
///   loopback
public record RedirectRules(
        int outboundPort,
        int inboundPort,
        int meshPort,
        int mark,
        OptionalInt sidecarUid,
        SortedSet<Integer> excludedOutboundPorts,
        List<Cidr> excludedOutboundBlocks,
        SortedSet<Integer> excludedInboundPorts,
        boolean dropInvalid,
        @Nullable String inboundInterface) {
    /// Proa's ports and mark, nothing excluded.
    public static final RedirectRules DEFAULT =
            new RedirectRules(
                    MeshPorts.OUTBOUND,
                    MeshPorts.INBOUND_PLAINTEXT,
                    MeshPorts.MESH,
                    SocketMark.PROA,
                    OptionalInt.empty(),
                    new TreeSet<>(),
                    List.of(),
                    new TreeSet<>(),
                    true,
                    null);

    private static final String TABLE = "proa";
    private static final int DESTINATION_NAT = -100;
    // After the connection tracker (-200), before any translation.
    private static final int MANGLE = -150;

    public RedirectRules {
        excludedOutboundPorts = checked(excludedOutboundPorts);
        excludedInboundPorts = checked(excludedInboundPorts);
        excludedOutboundBlocks = List.copyOf(excludedOutboundBlocks);
    }

    /// The same rules for a sidecar known by its user as well.
    public RedirectRules withSidecarUid(int uid) {
        return new RedirectRules(
                outboundPort,
                inboundPort,
                meshPort,
                mark,
                OptionalInt.of(uid),
                excludedOutboundPorts,
                excludedOutboundBlocks,
                excludedInboundPorts,
                dropInvalid,
                inboundInterface);
    }

    /// The same rules with these exclusions instead.
    public RedirectRules withExclusions(
            SortedSet<Integer> outboundPorts,
            List<Cidr> outboundBlocks,
            SortedSet<Integer> inboundPorts) {
        return new RedirectRules(
                outboundPort,
                inboundPort,
                meshPort,
                mark,
                sidecarUid,
                outboundPorts,
                outboundBlocks,
                inboundPorts,
                dropInvalid,
                inboundInterface);
    }

    /// The same rules, but packets the connection tracker cannot place are kept.
    public RedirectRules keepingInvalid() {
        return new RedirectRules(
                outboundPort,
                inboundPort,
                meshPort,
                mark,
                sidecarUid,
                excludedOutboundPorts,
                excludedOutboundBlocks,
                excludedInboundPorts,
                false,
                inboundInterface);
    }

    /// The same rules, but inbound only for what comes by this interface: the others stay as open
    /// as they were.
    public RedirectRules inboundBy(String networkInterface) {
        return new RedirectRules(
                outboundPort,
                inboundPort,
                meshPort,
                mark,
                sidecarUid,
                excludedOutboundPorts,
                excludedOutboundBlocks,
                excludedInboundPorts,
                dropInvalid,
                networkInterface);
    }

    /// The words of [RedirectCommand] that stand for the exclusions and the uid of these rules.
    ///
    /// @throws IllegalStateException where ports or the mark are not the usual ones
    List<String> command() {
        if (outboundPort != DEFAULT.outboundPort
                || inboundPort != DEFAULT.inboundPort
                || meshPort != DEFAULT.meshPort
                || mark != DEFAULT.mark) {
            throw new IllegalStateException("a pod's sidecar has the usual ports and mark");
        }
        List<String> words = new ArrayList<>();
        words.add("redirect");
        add(words, "--exclude-outbound-ports", excludedOutboundPorts);
        add(words, "--exclude-outbound-cidrs", excludedOutboundBlocks);
        add(words, "--exclude-inbound-ports", excludedInboundPorts);
        sidecarUid.ifPresent(uid -> add(words, "--uid", List.of(uid)));
        if (!dropInvalid) {
            words.add("--keep-invalid");
        }
        if (inboundInterface != null) {
            add(words, "--inbound-interface", List.of(inboundInterface));
        }
        return words;
    }

    private static void add(List<String> words, String option, Collection<?> values) {
        if (!values.isEmpty()) {
            StringBuilder list = new StringBuilder();
            for (Object value : values) {
                list.append(list.isEmpty() ? "" : ",").append(value);
            }
            words.add(option);
            words.add(list.toString());
        }
    }

    /// Replaces whatever rules of Proa this process' network namespace has, in one transaction.
    ///
    /// @throws NetlinkException where the kernel refuses; nothing has changed then
    public void apply() throws IOException {
        table().apply();
    }

    /// Likewise, but for a namespace that has none; they go when the result is closed or this
    /// process ends in whatever way.
    NetlinkSocket applyOwned() throws IOException {
        return table().applyOwned();
    }

    /// Turns no further connections. Those that were turned stay translated as long as there is a
    /// chain that could have done it, so the table stays, without rules.
    ///
    /// @param owner as [#applyOwned] gave it
    static void letGo(NetlinkSocket owner) throws IOException {
        new NftTable(
                        TABLE,
                        List.of(
                                natChain("outbound", NftTable.Hook.OUTPUT, List.of()),
                                natChain("inbound", NftTable.Hook.PREROUTING, List.of())))
                .replaceOwned(owner);
    }

    private static NftTable.Chain natChain(String name, NftTable.Hook hook, List<NftRule> rules) {
        return new NftTable.Chain(name, "nat", hook, DESTINATION_NAT, rules);
    }

    /// Takes the rules out of this process' network namespace; connections that began under them
    /// stay translated.
    ///
    /// @return false where there were none
    public static boolean remove() throws IOException {
        return NftTable.remove(TABLE);
    }

    /// The rules in the syntax of nft(8), as `nft -f` reads it.
    public String print() {
        return table().text();
    }

    private NftTable table() {
        List<NftTable.Chain> chains = new ArrayList<>(3);
        if (dropInvalid) {
            chains.add(
                    new NftTable.Chain(
                            "untrackable",
                            "filter",
                            NftTable.Hook.PREROUTING,
                            MANGLE,
                            List.of(
                                    rule(
                                            new NftRule.Drop(),
                                            "late or foreign packets would meet a reset",
                                            new NftRule.Tcp(true),
                                            new NftRule.Untrackable()))));
        }
        chains.add(natChain("outbound", NftTable.Hook.OUTPUT, outbound()));
        chains.add(natChain("inbound", NftTable.Hook.PREROUTING, inbound()));
        return new NftTable(TABLE, chains);
    }

    private List<NftRule> outbound() {
        List<NftRule> rules = new ArrayList<>();
        rules.add(pass("only TCP is carried", new NftRule.Tcp(false)));
        rules.add(pass("sent by the sidecar", new NftRule.Marked(mark)));
        if (sidecarUid.isPresent()) {
            rules.add(pass("sent by the sidecar", new NftRule.SentBy(sidecarUid.getAsInt())));
        }
        rules.add(pass("stays within the pod", new NftRule.GoesTo("lo")));
        for (int port : excludedOutboundPorts) {
            rules.add(pass("excluded", new NftRule.ToPort(port)));
        }
        for (Cidr block : excludedOutboundBlocks) {
            rules.add(pass("excluded", new NftRule.ToBlock(block)));
        }
        rules.add(redirect(outboundPort, "from the application"));
        return rules;
    }

    private List<NftRule> inbound() {
        List<NftRule> rules = new ArrayList<>();
        rules.add(pass("only TCP is carried", new NftRule.Tcp(false)));
        if (inboundInterface == null) {
            rules.add(pass("stays within the pod", new NftRule.ComesFrom("lo", true)));
        } else {
            rules.add(pass("not by the mesh", new NftRule.ComesFrom(inboundInterface, false)));
        }
        rules.add(pass("mutual TLS", new NftRule.ToPort(meshPort)));
        for (int port : excludedInboundPorts) {
            rules.add(pass("excluded", new NftRule.ToPort(port)));
        }
        rules.add(redirect(inboundPort, "from outside the mesh"));
        return rules;
    }

    private static NftRule pass(String comment, NftRule.Condition condition) {
        return rule(new NftRule.Pass(), comment, condition);
    }

    private static NftRule redirect(int port, String comment) {
        return new NftRule(
                List.of(new NftRule.Opening()), true, new NftRule.Redirect(port), comment);
    }

    private static NftRule rule(
            NftRule.Verdict verdict, String comment, NftRule.Condition... conditions) {
        return new NftRule(List.of(conditions), false, verdict, comment);
    }

    private static SortedSet<Integer> checked(SortedSet<Integer> ports) {
        for (int port : ports) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("port " + port + ": expected 1 to 65535");
            }
        }
        return Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    }
}
