package io.proa.host;

import static io.proa.host.NetlinkMessages.NLM_F_ACK;
import static io.proa.host.NetlinkMessages.NLM_F_APPEND;
import static io.proa.host.NetlinkMessages.NLM_F_CREATE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// A whole table of family `inet` (IPv4 and IPv6), put into the kernel or taken out in one
/// transaction (nft(8); linux/netfilter/nf_tables.h).
///
/// @param name also names what is replaced: a table of this name is gone afterwards
record NftTable(String name, List<Chain> chains) {
    NftTable {
        chains = List.copyOf(chains);
    }

    /// Where the kernel asks a chain; the numbers are the kernel's (enum nf_inet_hooks).
    enum Hook {
        PREROUTING(0),
        OUTPUT(3),
        POSTROUTING(4);

        private final int number;

        Hook(int number) {
            this.number = number;
        }
    }

    /// @param type `nat`, asked once per connection, or `filter`, asked for every packet
    /// @param priority lower is earlier; -100 is destination NAT, 100 source NAT
    record Chain(String name, String type, Hook hook, int priority, List<NftRule> rules) {
        Chain {
            rules = List.copyOf(rules);
        }
    }

    private static final int SUBSYSTEM = 10 << 8;
    private static final int NEWTABLE = SUBSYSTEM;
    private static final int DELTABLE = SUBSYSTEM | 2;
    private static final int NEWCHAIN = SUBSYSTEM | 3;
    private static final int NEWRULE = SUBSYSTEM | 6;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int NFPROTO_INET = 1;
    private static final int TABLE_OWNED = 2;

    /// Replaces the table in this process' network namespace; it stays until it is removed.
    void apply() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            socket.executeBatch(batch(true, 0), "apply table inet " + name);
        }
    }

    /// Adds the table so that the kernel removes it together with the socket, whatever way this
    /// process ends (NFT_TABLE_F_OWNER, Linux 5.12).
    ///
    /// @return close it to remove the table
    NetlinkSocket applyOwned() throws IOException {
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
        try {
            socket.executeBatch(batch(false, TABLE_OWNED), "apply table inet " + name);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Puts this table in the place of one of the same name that the socket owns.
    void replaceOwned(NetlinkSocket owner) throws IOException {
        owner.executeBatch(batch(true, TABLE_OWNED), "replace table inet " + name);
    }

    /// @return false where there was no such table
    static boolean remove(String name) throws IOException {
        NetlinkMessages batch = new NetlinkMessages();
        batchEdge(batch, BATCH_BEGIN);
        table(batch, DELTABLE, NLM_F_ACK, name).end();
        batchEdge(batch, BATCH_END);
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            socket.executeBatch(batch, "remove table inet " + name);
            return true;
        } catch (NetlinkException e) {
            if (e.errno() == NetlinkException.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    private NetlinkMessages batch(boolean replacing, int flags) {
        NetlinkMessages batch = new NetlinkMessages();
        batchEdge(batch, BATCH_BEGIN);
        if (replacing) {
            // Added first, so that deleting never fails: the idiom of nft scripts.
            table(batch, NEWTABLE, NLM_F_CREATE, name).attributeBe32(2, flags).end();
            table(batch, DELTABLE, 0, name).end();
        }
        table(batch, NEWTABLE, NLM_F_CREATE, name).attributeBe32(2, flags).end();
        for (Chain chain : chains) {
            write(batch, chain);
        }
        for (Chain chain : chains) {
            for (NftRule rule : chain.rules()) {
                write(batch, chain, rule);
            }
        }
        // Changes nothing; one acknowledgement for all, since hundreds would overflow the socket.
        table(batch, NEWTABLE, NLM_F_CREATE | NLM_F_ACK, name).attributeBe32(2, flags).end();
        batchEdge(batch, BATCH_END);
        return batch;
    }

    private void write(NetlinkMessages batch, Chain chain) {
        batch.begin(NEWCHAIN, NLM_F_CREATE);
        head(batch, NFPROTO_INET, 0);
        batch.attribute(1, name).attribute(3, chain.name()); // NFTA_CHAIN_TABLE, _NAME
        int hook = batch.open(4); // NFTA_CHAIN_HOOK
        batch.attributeBe32(1, chain.hook().number).attributeBe32(2, chain.priority()).close(hook);
        batch.attribute(7, chain.type()).end(); // NFTA_CHAIN_TYPE
    }

    private void write(NetlinkMessages batch, Chain chain, NftRule rule) {
        batch.begin(NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
        head(batch, NFPROTO_INET, 0);
        batch.attribute(1, name).attribute(2, chain.name()); // NFTA_RULE_TABLE, _CHAIN
        int expressions = batch.open(4); // NFTA_RULE_EXPRESSIONS
        new NftExpressions(batch).write(rule);
        batch.close(expressions);
        if (!rule.comment().isEmpty()) {
            batch.attribute(7, userData(rule.comment())); // NFTA_RULE_USERDATA
        }
        batch.end();
    }

    private static NetlinkMessages table(NetlinkMessages batch, int type, int flags, String name) {
        batch.begin(type, flags);
        head(batch, NFPROTO_INET, 0);
        return batch.attribute(1, name); // NFTA_TABLE_NAME
    }

    private static void batchEdge(NetlinkMessages batch, int type) {
        batch.begin(type, 0);
        head(batch, 0, SUBSYSTEM >> 8);
        batch.end();
    }

    /// struct nfgenmsg
    private static void head(NetlinkMessages batch, int family, int resource) {
        batch.u8(family).u8(0).be16(resource);
    }

    /// A comment as the nft program keeps it: type 0, length, text, zero.
    private static byte[] userData(String comment) {
        byte[] text = comment.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(0);
        bytes.write(text.length + 1);
        bytes.writeBytes(text);
        bytes.write(0);
        return bytes.toByteArray();
    }

    /// The table in the syntax of nft(8).
    String text() {
        StringBuilder text = new StringBuilder(1024);
        text.append("table inet ").append(name).append(" {\n");
        for (Chain chain : chains) {
            text.append("\tchain ").append(chain.name()).append(" {\n\t\ttype ");
            text.append(chain.type()).append(" hook ");
            text.append(chain.hook().name().toLowerCase(Locale.ROOT));
            text.append(" priority ").append(chain.priority()).append("; policy accept;\n");
            for (NftRule rule : chain.rules()) {
                text.append("\t\t").append(rule.text()).append('\n');
            }
            text.append("\t}\n");
        }
        return text.append("}\n").toString();
    }
}
