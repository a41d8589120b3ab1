package io.proa.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes the conditions and verdicts of a rule as the kernel's nf_tables expressions
/// (linux/netfilter/nf_tables.h): load something into register 1, compare it, act.
final class NftExpressions {
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int NFTA_DATA_VALUE = 1;
    private static final int NFTA_DATA_VERDICT = 2;
    private static final int NFTA_VERDICT_CODE = 1;

    private static final int VERDICT_REGISTER = 0;
    private static final int REGISTER = 1;

    private static final int META_MARK = 3;
    private static final int META_IIFNAME = 6;
    private static final int META_OIFNAME = 7;
    private static final int META_SKUID = 10;
    private static final int META_NFPROTO = 15;
    private static final int META_L4PROTO = 16;

    private static final int EQUAL = 0;
    private static final int NOT_EQUAL = 1;

    private static final int NETWORK_HEADER = 1;
    private static final int TRANSPORT_HEADER = 2;
    private static final int DESTINATION_V4_AT = 16;
    private static final int DESTINATION_V6_AT = 24;
    private static final int DESTINATION_PORT_AT = 2;
    private static final int TCP_FLAGS_AT = 13;

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;

    private static final int IPPROTO_TCP = 6;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;
    private static final int CT_STATE = 0;
    private static final int CT_STATE_INVALID = 1;
    private static final int NF_DROP = 0;
    private static final int NFT_RETURN = -5;
    private static final int IFNAMSIZ = 16;

    private final NetlinkMessages to;

    NftExpressions(NetlinkMessages to) {
        this.to = to;
    }

    void write(NftRule rule) {
        for (NftRule.Condition condition : rule.conditions()) {
            write(condition);
        }
        if (rule.counted()) {
            end(begin("counter"));
        }
        write(rule.verdict());
    }

    private void write(NftRule.Condition condition) {
        switch (condition) {
            case NftRule.Tcp(boolean is) -> {
                meta(META_L4PROTO);
                compare(is ? EQUAL : NOT_EQUAL, (byte) IPPROTO_TCP);
            }
            case NftRule.Marked(int mark) -> {
                meta(META_MARK);
                compare(EQUAL, machineOrder(mark));
            }
            case NftRule.SentBy(int uid) -> {
                meta(META_SKUID);
                compare(EQUAL, machineOrder(uid));
            }
            case NftRule.ComesFrom(String name, boolean is) -> {
                meta(META_IIFNAME);
                compare(is ? EQUAL : NOT_EQUAL, padded(name));
            }
            case NftRule.GoesTo(String name) -> {
                meta(META_OIFNAME);
                compare(EQUAL, padded(name));
            }
            case NftRule.ToPort(int port) -> {
                meta(META_L4PROTO);
                compare(EQUAL, (byte) IPPROTO_TCP);
                payload(TRANSPORT_HEADER, DESTINATION_PORT_AT, 2);
                compare(EQUAL, networkOrder(port));
            }
            case NftRule.Opening() -> {
                meta(META_L4PROTO);
                compare(EQUAL, (byte) IPPROTO_TCP);
                payload(TRANSPORT_HEADER, TCP_FLAGS_AT, 1);
                mask((byte) (FIN | SYN | RST | ACK));
                compare(EQUAL, (byte) SYN);
            }
            case NftRule.ToBlock(Cidr block) -> destination(block);
            case NftRule.Untrackable() -> {
                connectionState();
                mask(machineOrder(CT_STATE_INVALID));
                compare(NOT_EQUAL, machineOrder(0));
            }
        }
    }

    private void write(NftRule.Verdict verdict) {
        switch (verdict) {
            case NftRule.Pass() -> immediateVerdict(NFT_RETURN);
            case NftRule.Drop() -> immediateVerdict(NF_DROP);
            case NftRule.Redirect(int port) -> {
                immediateValue(networkOrder(port));
                Expression redirect = begin("redir");
                to.attributeBe32(1, REGISTER); // NFTA_REDIR_REG_PROTO_MIN
                end(redirect);
            }
        }
    }

    private void destination(Cidr block) {
        byte[] address = block.address().getAddress();
        meta(META_NFPROTO);
        compare(EQUAL, (byte) (block.isV4() ? NFPROTO_IPV4 : NFPROTO_IPV6));
        if (block.prefix() == 0) {
            return;
        }
        payload(
                NETWORK_HEADER,
                block.isV4() ? DESTINATION_V4_AT : DESTINATION_V6_AT,
                address.length);
        if (block.prefix() < address.length * 8) {
            mask(block.mask());
        }
        compare(EQUAL, address);
    }

    private void meta(int key) {
        Expression meta = begin("meta");
        to.attributeBe32(1, REGISTER).attributeBe32(2, key); // NFTA_META_DREG, _KEY
        end(meta);
    }

    private void connectionState() {
        Expression ct = begin("ct");
        to.attributeBe32(1, REGISTER).attributeBe32(2, CT_STATE); // NFTA_CT_DREG, _KEY
        end(ct);
    }

    private void payload(int base, int offset, int length) {
        Expression payload = begin("payload"); // NFTA_PAYLOAD_DREG, _BASE, _OFFSET, _LEN
        to.attributeBe32(1, REGISTER).attributeBe32(2, base);
        to.attributeBe32(3, offset).attributeBe32(4, length);
        end(payload);
    }

    private void compare(int operator, byte... value) {
        Expression compare = begin("cmp"); // NFTA_CMP_SREG, _OP, _DATA
        to.attributeBe32(1, REGISTER).attributeBe32(2, operator);
        value(3, value);
        end(compare);
    }

    private void mask(byte... mask) {
        Expression bitwise = begin("bitwise"); // NFTA_BITWISE_SREG, _DREG, _LEN, _MASK, _XOR
        to.attributeBe32(1, REGISTER).attributeBe32(2, REGISTER).attributeBe32(3, mask.length);
        value(4, mask);
        value(5, new byte[mask.length]);
        end(bitwise);
    }

    private void immediateVerdict(int code) {
        Expression immediate = begin("immediate"); // NFTA_IMMEDIATE_DREG, _DATA
        to.attributeBe32(1, VERDICT_REGISTER);
        int data = to.open(2);
        int verdict = to.open(NFTA_DATA_VERDICT);
        to.attributeBe32(NFTA_VERDICT_CODE, code).close(verdict).close(data);
        end(immediate);
    }

    private void immediateValue(byte[] value) {
        Expression immediate = begin("immediate");
        to.attributeBe32(1, REGISTER);
        value(2, value);
        end(immediate);
    }

    private void value(int attribute, byte[] value) {
        int data = to.open(attribute);
        to.attribute(NFTA_DATA_VALUE, value).close(data);
    }

    /// The two attributes that an expression keeps open while it is written.
    private record Expression(int element, int data) {}

    private Expression begin(String name) {
        int element = to.open(NFTA_LIST_ELEM);
        to.attribute(NFTA_EXPR_NAME, name);
        return new Expression(element, to.open(NFTA_EXPR_DATA));
    }

    private void end(Expression expression) {
        to.close(expression.data()).close(expression.element());
    }

    private static byte[] machineOrder(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    private static byte[] networkOrder(int port) {
        return new byte[] {(byte) (port >> 8), (byte) port};
    }

    private static byte[] padded(String networkInterface) {
        byte[] padded = new byte[IFNAMSIZ];
        byte[] name = networkInterface.getBytes(StandardCharsets.US_ASCII);
        if (name.length >= IFNAMSIZ) {
            throw new IllegalArgumentException(
                    "interface '" + networkInterface + "': expected at most 15 characters");
        }
        System.arraycopy(name, 0, padded, 0, name.length);
        return padded;
    }
}
