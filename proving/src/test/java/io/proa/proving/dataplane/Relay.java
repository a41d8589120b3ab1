package io.proa.proving.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Stands between two planes and treats the ciphertext badly.
final class Relay implements AutoCloseable {
    private final ScriptedServer server;

    private Relay(ScriptedServer server) {
        this.server = server;
    }

    /// Passes every byte on in a segment of its own.
    static Relay dribbling(int target) throws IOException {
        return new Relay(
                ScriptedServer.playing((wire, number) -> join(wire, target, 1, Long.MAX_VALUE)));
    }

    /// Ends both connections in order, as TCP knows order, once `limit` bytes have come back.
    static Relay cuttingAfter(int target, long limit) throws IOException {
        return new Relay(ScriptedServer.playing((wire, number) -> join(wire, target, 1024, limit)));
    }

    private static void join(Wire client, int target, int piece, long limit) throws IOException {
        try (Wire upstream = Wire.to(target)) {
            Thread.ofVirtual().start(() -> pass(client.in, upstream, piece));
            OutputStream out = client.socket.getOutputStream();
            byte[] buffer = new byte[piece];
            long passed = 0;
            while (passed < limit) {
                int n = upstream.in.read(buffer);
                if (n < 0) {
                    break;
                }
                out.write(buffer, 0, n);
                passed += n;
            }
            client.socket.shutdownOutput();
        }
    }

    private static void pass(InputStream in, Wire to, int piece) {
        try {
            byte[] buffer = new byte[piece];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                to.socket.getOutputStream().write(buffer, 0, n);
            }
            to.socket.shutdownOutput();
        } catch (IOException _) {
            // The other direction ends the relay.
        }
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
