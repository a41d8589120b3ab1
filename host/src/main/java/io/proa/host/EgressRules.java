package io.proa.host;

import java.util.ArrayList;
import java.util.List;

/// What turns connections of pods, IPv4 and IPv6 alike, to the launcher's listener in the hub.
///
/// @param port of that listener
/// @param named what is turned in any case
/// @param pods blocks of which nothing else is turned: who is there is reached by the bridge
/// @param outside whether all the rest is turned
record EgressRules(int port, List<Named> named, List<Cidr> pods, boolean outside) {
    private static final String TABLE = "proa-egress";
    private static final int DESTINATION_NAT = -100;

    /// An address and one of its TCP ports; 0 = all of them.
    record Named(Cidr address, int port) {
        @Override
        public String toString() {
            return address + "," + port;
        }
    }

    EgressRules {
        named = List.copyOf(named);
        pods = List.copyOf(pods);
    }

    /// The words that [#parse] reads.
    String words() {
        StringBuilder words = new StringBuilder(200);
        words.append(port).append(outside ? " outside" : " inside");
        for (Named one : named) {
            words.append(" turn ").append(one);
        }
        for (Cidr block : pods) {
            words.append(" pass ").append(block);
        }
        return words.toString();
    }

    static EgressRules parse(List<String> words) {
        List<Named> named = new ArrayList<>();
        List<Cidr> pods = new ArrayList<>();
        for (int i = 2; i + 1 < words.size(); i += 2) {
            String value = words.get(i + 1);
            if (words.get(i).equals("turn")) {
                int comma = value.indexOf(',');
                named.add(
                        new Named(
                                Cidr.parse(value.substring(0, comma)),
                                Integer.parseInt(value.substring(comma + 1))));
            } else {
                pods.add(Cidr.parse(value));
            }
        }
        return new EgressRules(
                Integer.parseInt(words.get(0)), named, pods, words.get(1).equals("outside"));
    }

    NftTable table() {
        NftRule.Condition fromPods = new NftRule.ComesFrom(FleetNetwork.BRIDGE, true);
        NftRule.Verdict turn = new NftRule.Redirect(port);
        List<NftRule> rules = new ArrayList<>();
        rules.add(rule(new NftRule.Pass(), "only TCP is carried", new NftRule.Tcp(false)));
        for (Named one : named) {
            List<NftRule.Condition> to =
                    new ArrayList<>(List.of(fromPods, new NftRule.ToBlock(one.address())));
            to.add(one.port() == 0 ? new NftRule.Tcp(true) : new NftRule.ToPort(one.port()));
            rules.add(new NftRule(to, false, turn, "of this machine"));
        }
        for (Cidr block : pods) {
            rules.add(rule(new NftRule.Pass(), "to pods", new NftRule.ToBlock(block)));
        }
        if (outside) {
            rules.add(rule(turn, "to the outside", fromPods, new NftRule.Tcp(true)));
        }
        return new NftTable(
                TABLE,
                List.of(
                        new NftTable.Chain(
                                "entering",
                                "nat",
                                NftTable.Hook.PREROUTING,
                                DESTINATION_NAT,
                                rules)));
    }

    private static NftRule rule(
            NftRule.Verdict verdict, String comment, NftRule.Condition... conditions) {
        return new NftRule(List.of(conditions), false, verdict, comment);
    }
}
