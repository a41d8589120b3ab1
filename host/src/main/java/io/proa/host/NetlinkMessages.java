package io.proa.host;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes netlink messages and their attributes, one after the other, into one buffer (netlink(7)).
///
/// Headers and attributes are in the machine's byte order; values that a protocol wants in network
/// order have methods of their own. Every message asks for nothing by itself: give the flags.
final class NetlinkMessages {
    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_ACK = 0x4;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_APPEND = 0x800;

    private static final int ALIGN = 4;
    private static final int NLA_F_NESTED = 0x8000;
    // Far more than a table with hundreds of exclusions; a socket sends it in one piece.
    private static final int CAPACITY = 128 * 1024;

    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.nativeOrder());
    private int sequence;
    private int messageStart = -1;

    /// Begins a message; the sequence number counts from 1 within this buffer.
    NetlinkMessages begin(int type, int flags) {
        messageStart = buffer.position();
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | NLM_F_REQUEST));
        buffer.putInt(++sequence).putInt(0);
        return this;
    }

    NetlinkMessages end() {
        buffer.putInt(messageStart, buffer.position() - messageStart);
        messageStart = -1;
        return this;
    }

    NetlinkMessages u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    NetlinkMessages u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    NetlinkMessages u32(int value) {
        buffer.putInt(value);
        return this;
    }

    NetlinkMessages be16(int value) {
        buffer.put((byte) (value >> 8)).put((byte) value);
        return this;
    }

    NetlinkMessages attribute(int type, byte[] value) {
        buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return pad();
    }

    /// A text, with the terminating zero that the kernel expects.
    NetlinkMessages attribute(int type, String value) {
        return attribute(type, (value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    NetlinkMessages attribute(int type, InetAddress value) {
        return attribute(type, value.getAddress());
    }

    NetlinkMessages attributeU32(int type, int value) {
        buffer.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    /// nf_tables has all its numbers in network order.
    NetlinkMessages attributeBe32(int type, int value) {
        buffer.putShort((short) 8).putShort((short) type);
        return be16(value >>> 16).be16(value);
    }

    /// Opens an attribute that holds attributes.
    ///
    /// @return its position, to be given to [#close(int)]
    int open(int type) {
        int at = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | NLA_F_NESTED));
        return at;
    }

    NetlinkMessages close(int opened) {
        buffer.putShort(opened, (short) (buffer.position() - opened));
        return pad();
    }

    int lastSequence() {
        return sequence;
    }

    /// What has been written; shares the memory of this buffer.
    ByteBuffer written() {
        if (messageStart >= 0) {
            throw new IllegalStateException("the last message has no end");
        }
        return buffer.duplicate().order(ByteOrder.nativeOrder()).flip();
    }

    private NetlinkMessages pad() {
        while (buffer.position() % ALIGN != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }
}
