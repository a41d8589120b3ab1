package io.proa.proving.capture;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/// What a ClientHello or ServerHello says in the clear (RFC 8446, section 4.1).
///
/// @param offers13 whether `supported_versions` names TLS 1.3
/// @param group the key share that a server chose; 0 = none
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record Hello(byte[] random, boolean offers13, int group) {
    static final int CLIENT = 1;
    static final int SERVER = 2;
    static final Hello NONE = new Hello(new byte[0], false, 0);

    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;
    private static final int TLS_13 = 0x0304;

    /// @param kind [#CLIENT] or [#SERVER]
    static Hello parse(int kind, ByteBuffer body) {
        byte[] random = new byte[32];
        boolean offers13 = false;
        int group = 0;
        try {
            body.getShort();
            body.get(random);
            skip(body, body.get() & 0xff);
            if (kind == CLIENT) {
                skip(body, body.getShort() & 0xffff);
                skip(body, body.get() & 0xff);
            } else {
                skip(body, 3);
            }
            body.getShort();
            while (body.hasRemaining()) {
                int extension = body.getShort() & 0xffff;
                int length = body.getShort() & 0xffff;
                ByteBuffer value = body.slice(body.position(), length);
                skip(body, length);
                if (extension == SUPPORTED_VERSIONS) {
                    offers13 = names13(kind, value);
                } else if (extension == KEY_SHARE && kind == SERVER) {
                    group = value.getShort() & 0xffff;
                }
            }
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | IndexOutOfBoundsException _) {
            return NONE;
        }
        return new Hello(random, offers13, group);
    }

    private static boolean names13(int kind, ByteBuffer versions) {
        if (kind == CLIENT) {
            versions.get();
        }
        boolean found = false;
        while (versions.remaining() >= 2) {
            found |= versions.getShort() == TLS_13;
        }
        return found;
    }

    private static void skip(ByteBuffer buffer, int n) {
        buffer.position(buffer.position() + n);
    }

    /// The name of the group that keys were agreed in.
    String groupName() {
        return switch (group) {
            case 0x11ec -> "X25519MLKEM768";
            case 0x001d -> "X25519";
            case 0x0017 -> "P-256";
            default -> "0x" + Integer.toHexString(group);
        };
    }
}
