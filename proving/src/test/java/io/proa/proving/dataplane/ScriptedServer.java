package io.proa.proving.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// An application that plays a script on each connection; one virtual thread per connection.
final class ScriptedServer implements AutoCloseable {
    /// What is done on the connection with this number, from 1. The connection is closed
    /// afterwards.
    @FunctionalInterface
    interface Script {
        void play(Wire wire, int number) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final Thread acceptor = Thread.ofVirtual().unstarted(this::accept);
    private final List<Wire> open = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();

    /// Start lines in the order of their arrival, for scripts that note them.
    final List<String> seen = new CopyOnWriteArrayList<>();

    private ScriptedServer(Script script) throws IOException {
        this(script, InetAddress.getLoopbackAddress(), 0);
    }

    private ScriptedServer(Script script, InetAddress address, int port) throws IOException {
        this.script = script;
        this.listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(address, port), 256);
    }

    static ScriptedServer playing(Script script) throws IOException {
        ScriptedServer server = new ScriptedServer(script);
        server.acceptor.start();
        return server;
    }

    /// As [#playing], with kernel buffers that hold next to nothing.
    static ScriptedServer narrow(Script script) throws IOException {
        ScriptedServer server = new ScriptedServer(script);
        server.listener.setReceiveBufferSize(4096);
        server.acceptor.start();
        return server;
    }

    /// Answers every request by what its path asks for.
    static ScriptedServer answering() throws IOException {
        return playing((wire, number) -> serve(wire));
    }

    /// As [#answering()], at this address alone.
    static ScriptedServer answering(InetAddress address) throws IOException {
        return answering(address, 0);
    }

    static ScriptedServer answering(InetAddress address, int port) throws IOException {
        ScriptedServer server = new ScriptedServer((wire, number) -> serve(wire), address, port);
        server.acceptor.start();
        return server;
    }

    static void serve(Wire wire) throws IOException {
        for (Wire.Message request = wire.request(); request != null; request = wire.request()) {
            answer(wire, request);
        }
    }

    static void answer(Wire wire, Wire.Message request) throws IOException {
        String line = request.startLine();
        String path = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
        if (path.startsWith("/bytes/")) {
            ok(wire, Wire.bytes(Integer.parseInt(path.substring(7))), line.startsWith("HEAD"));
        } else if (path.startsWith("/chunked/")) {
            byte[] all = Wire.bytes(Integer.parseInt(path.substring(9)));
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int at = 0; at < all.length; at += 30_000) {
                wire.chunk(
                        java.util.Arrays.copyOfRange(all, at, Math.min(all.length, at + 30_000)));
            }
            wire.send("0\r\n\r\n");
        } else if (path.equals("/head")) {
            ok(wire, request.head().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), false);
        } else {
            ok(wire, request.body(), line.startsWith("HEAD"));
        }
    }

    static void ok(Wire wire, byte[] body, boolean head) throws IOException {
        wire.send("HTTP/1.1 200 OK\r\nX-Case: Kept\r\nContent-Length: " + body.length + "\r\n\r\n");
        if (!head) {
            wire.send(body);
        }
    }

    static void ok(Wire wire, String body) throws IOException {
        ok(wire, body.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), false);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Wire wire = new Wire(socket);
                open.add(wire);
                int number = connections.incrementAndGet();
                Thread.ofVirtual().start(() -> play(wire, number));
            }
        } catch (IOException _) {
            // The listener was closed.
        }
    }

    private void play(Wire wire, int number) {
        try (wire) {
            script.play(wire, number);
        } catch (IOException | InterruptedException _) {
            // Scripts provoke broken connections.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            // Until it has noticed, the kernel goes on queueing connections.
            acceptor.join(2_000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        for (Wire wire : open) {
            wire.close();
        }
    }
}
