package io.proa.identity;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Two engines joined by memory, with every buffer of a chosen size.
final class EnginePair implements AutoCloseable {
    private static final int MAX_STEPS = 5_000_000;

    /// One end, its failure kept so that the other end still gets its alert.
    static final class End {
        final TlsEngine engine;
        final ByteBuffer out;
        final ByteBuffer in;
        final ByteBuffer plaintext;
        final ByteArrayOutputStream received = new ByteArrayOutputStream();
        @Nullable TlsFailure failure;

        End(TlsEngine engine, int ciphertextSize, int plaintextSize) {
            this.engine = engine;
            this.out = ByteBuffer.allocateDirect(ciphertextSize);
            this.in = ByteBuffer.allocateDirect(ciphertextSize).limit(0);
            this.plaintext = ByteBuffer.allocateDirect(plaintextSize);
        }

        TlsFailure.@Nullable Code failedWith() {
            return failure == null ? null : failure.code();
        }

        @Nullable String peerId() {
            VerifiedPeer peer = engine.peer();
            return peer == null ? null : peer.id().toString();
        }

        byte[] bytes() {
            return received.toByteArray();
        }
    }

    final End client;
    final End server;
    private final ByteBuffer none = ByteBuffer.allocateDirect(1).limit(0);

    EnginePair(TlsEngine client, TlsEngine server) {
        this(client, server, 17_000, 17_000);
    }

    EnginePair(TlsEngine client, TlsEngine server, int ciphertextSize, int plaintextSize) {
        this.client = new End(client, ciphertextSize, plaintextSize);
        this.server = new End(server, ciphertextSize, plaintextSize);
    }

    /// Lets both talk until neither has anything to say.
    EnginePair settle() {
        return settle(none, none);
    }

    EnginePair start() {
        try {
            client.engine.startHandshake();
        } catch (TlsFailure e) {
            client.failure = e;
        }
        return settle();
    }

    /// Sends plaintext both ways until all of it has arrived or somebody failed.
    EnginePair settle(ByteBuffer fromClient, ByteBuffer fromServer) {
        for (int step = 0; step < MAX_STEPS; step++) {
            boolean moved = carry(client, server, fromClient);
            moved |= carry(server, client, fromServer);
            if (!moved) {
                return this;
            }
        }
        throw new AssertionError("the engines talk forever");
    }

    private static boolean carry(End from, End to, ByteBuffer plaintext) {
        boolean moved = false;
        if (!to.in.hasRemaining()) {
            from.out.clear();
            int before = plaintext.position();
            try {
                moved = from.engine.wrap(plaintext, from.out) > 0;
            } catch (TlsFailure e) {
                from.failure = from.failure == null ? e : from.failure;
            }
            moved |= plaintext.position() != before;
            to.in.clear();
            to.in.put(from.out.flip());
            to.in.flip();
        }
        return receive(to) || moved;
    }

    private static boolean receive(End end) {
        if (end.failure != null) {
            end.in.position(end.in.limit());
            return false;
        }
        if (!end.in.hasRemaining() && !end.engine.hasPendingPlaintext()) {
            return false;
        }
        end.plaintext.clear();
        int before = end.in.position();
        int produced = 0;
        try {
            produced = end.engine.unwrap(end.in, end.plaintext);
        } catch (TlsFailure e) {
            end.failure = e;
        }
        byte[] bytes = new byte[end.plaintext.flip().remaining()];
        end.plaintext.get(bytes);
        end.received.writeBytes(bytes);
        return produced > 0 || end.in.position() != before;
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(Math.max(1, bytes.length)).put(bytes).flip();
    }

    static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static boolean same(byte[] a, byte[] b) {
        return Arrays.equals(a, b);
    }

    @Override
    public void close() {
        client.engine.free();
        server.engine.free();
    }
}
