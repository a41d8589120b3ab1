package io.proa.proving.attack;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/// One connection of an attacker: what it writes is counted and bounded; a thread of its own reads
/// what comes, unless reading is what the attack leaves undone.
abstract class Line implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    final Attacker attacker;
    final Socket socket;
    final InputStream in;
    private final OutputStream out;
    private volatile boolean ended;
    private volatile boolean left;

    Line(Attacker attacker, Socket socket) throws IOException {
        this.attacker = attacker;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    /// Reads what comes until the connection ends.
    final void listen() {
        Thread.ofVirtual()
                .start(() -> {
                    String how;
                    try {
                        read();
                        how = "closed";
                    } catch (IOException e) {
                        how = "reset";
                    }
                    ended(how);
                });
    }

    abstract void read() throws IOException;

    /// What the peer said before the end, for people; empty = nothing.
    abstract String lastWords();

    /// Once.
    final void ended(String how) {
        if (!ended) {
            ended = true;
            if (left) {
                return;
            }
            attacker.ended(this, lastWords().isEmpty() ? how : lastWords());
        }
    }

    final boolean isEnded() {
        return ended;
    }

    final void write(byte[] bytes) throws IOException {
        attacker.sends(bytes.length);
        try {
            out.write(bytes);
        } catch (IOException e) {
            lostWhileWriting();
            throw e;
        }
    }

    final void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            lostWhileWriting();
            throw e;
        }
    }

    /// The reader may still be on its way to the peer's last words.
    private void lostWhileWriting() {
        attacker.pause(200);
        ended("reset");
    }

    /// Ends it ourselves.
    @Override
    public void close() {
        left = true;
        try {
            socket.close();
        } catch (IOException _) {
            // Nothing is left to be done with it.
        }
    }

    /// Goes without an orderly end.
    final void drop() {
        left = true;
        try {
            socket.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException _) {
            // It is gone already.
        }
        close();
    }
}
