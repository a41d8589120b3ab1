package io.proa.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/// Drives one engine over a blocking socket, for peers that are other programs.
final class SocketPump implements AutoCloseable {
    private final SocketChannel channel;
    private final TlsEngine engine;
    private final ByteBuffer ciphertext = ByteBuffer.allocateDirect(20_000).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(20_000);
    private final ByteBuffer plaintext = ByteBuffer.allocateDirect(20_000);
    private final ByteBuffer none = ByteBuffer.allocateDirect(1).limit(0);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean ended;

    SocketPump(SocketChannel channel, TlsEngine engine) throws IOException {
        this.channel = channel;
        this.engine = engine;
        channel.socket().setSoTimeout(10_000);
    }

    /// Reads until the condition on what was received holds, the handshake is complete where
    /// nothing is asked, or the peer ends.
    void until(Predicate<String> enough) throws IOException, TlsFailure {
        try {
            flush(none);
            while (!enough.test(text()) && !engine.peerClosed() && !ended) {
                receive();
                flush(none);
            }
        } catch (TlsFailure e) {
            flush(none);
            throw e;
        }
    }

    void handshake() throws IOException, TlsFailure {
        until(_ -> engine.handshakeComplete());
    }

    void send(String text) throws IOException, TlsFailure {
        flush(EnginePair.direct(text.getBytes(StandardCharsets.UTF_8)));
    }

    void sendClose() throws IOException, TlsFailure {
        engine.closeOutbound();
        flush(none);
    }

    String text() {
        return received.toString(StandardCharsets.UTF_8);
    }

    private void flush(ByteBuffer source) throws IOException, TlsFailure {
        do {
            out.clear();
            engine.wrap(source, out);
            out.flip();
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } while (source.hasRemaining() || engine.hasPendingCiphertext());
    }

    private void receive() throws IOException, TlsFailure {
        if (!ciphertext.hasRemaining() && !engine.hasPendingPlaintext()) {
            byte[] some = new byte[16_000];
            int count;
            try {
                count = channel.socket().getInputStream().read(some);
            } catch (SocketTimeoutException e) {
                throw new IOException("nothing came for 10 s; so far: " + text(), e);
            }
            if (count < 0) {
                ended = true;
                return;
            }
            ciphertext.clear();
            ciphertext.put(some, 0, count).flip();
        }
        plaintext.clear();
        engine.unwrap(ciphertext, plaintext);
        plaintext.flip();
        byte[] bytes = new byte[plaintext.remaining()];
        plaintext.get(bytes);
        received.writeBytes(bytes);
    }

    @Override
    public void close() throws IOException {
        engine.free();
        channel.close();
    }
}
