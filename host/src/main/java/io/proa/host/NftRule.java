package io.proa.host;

import java.util.List;

/// One rule of an nf_tables chain: where all conditions hold, the verdict is done.
///
/// The same value is written for the kernel by [NftExpressions] and for people by [#text()].
///
/// @param counted whether the kernel counts the packets that reach the verdict
/// @param comment why the rule is there; shown by `nft list`
record NftRule(List<Condition> conditions, boolean counted, Verdict verdict, String comment) {
    NftRule {
        conditions = List.copyOf(conditions);
    }

    sealed interface Condition {
        String text();
    }

    /// The packet is, or is not, TCP.
    record Tcp(boolean is) implements Condition {
        @Override
        public String text() {
            return is ? "meta l4proto tcp" : "meta l4proto != tcp";
        }
    }

    /// The sending socket carries this SO_MARK.
    record Marked(int mark) implements Condition {
        @Override
        public String text() {
            // As nft itself prints marks: eight digits.
            String hex = Integer.toHexString(mark);
            return "meta mark 0x" + "0".repeat(8 - hex.length()) + hex;
        }
    }

    /// The sending socket belongs to this user.
    record SentBy(int uid) implements Condition {
        @Override
        public String text() {
            return "meta skuid " + uid;
        }
    }

    /// The packet came in by this interface, or by another.
    record ComesFrom(String networkInterface, boolean is) implements Condition {
        @Override
        public String text() {
            return "iifname " + (is ? "" : "!= ") + '"' + networkInterface + '"';
        }
    }

    record GoesTo(String networkInterface) implements Condition {
        @Override
        public String text() {
            return "oifname \"" + networkInterface + "\"";
        }
    }

    /// TCP to this port.
    record ToPort(int port) implements Condition {
        @Override
        public String text() {
            return "tcp dport " + port;
        }
    }

    /// TCP that opens a connection: SYN and none of ACK, RST, FIN. A connection that the tracker
    /// meets half-way, because it is older than the rules, is new to it but never matches.
    record Opening() implements Condition {
        @Override
        public String text() {
            return "tcp flags & (fin | syn | rst | ack) == syn";
        }
    }

    /// An address within the block is the destination.
    record ToBlock(Cidr block) implements Condition {
        ToBlock {
            block = block.block();
        }

        @Override
        public String text() {
            String family = block.isV4() ? "ip" : "ip6";
            boolean one = block.prefix() == (block.isV4() ? 32 : 128);
            String to = one ? Cidr.literal(block.address()) : block.toString();
            return block.prefix() == 0
                    ? "meta nfproto " + (block.isV4() ? "ipv4" : "ipv6")
                    : family + " daddr " + to;
        }
    }

    /// The connection tracker can make nothing of the packet.
    record Untrackable() implements Condition {
        @Override
        public String text() {
            return "ct state invalid";
        }
    }

    sealed interface Verdict {
        String text();
    }

    /// Leaves the chain; its policy, accept, holds.
    record Pass() implements Verdict {
        @Override
        public String text() {
            return "return";
        }
    }

    record Drop() implements Verdict {
        @Override
        public String text() {
            return "drop";
        }
    }

    /// To a port of this machine itself.
    record Redirect(int port) implements Verdict {
        @Override
        public String text() {
            return "redirect to :" + port;
        }
    }

    String text() {
        StringBuilder text = new StringBuilder(80);
        for (Condition condition : conditions) {
            text.append(condition.text()).append(' ');
        }
        if (counted) {
            text.append("counter ");
        }
        text.append(verdict.text());
        if (!comment.isEmpty()) {
            text.append(" comment \"").append(comment).append('"');
        }
        return text.toString();
    }
}
