package io.proa.host.egress;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// One connection of a pod and the one that stands for it outside: bytes, ends and resets of each
/// become the other's.
///
/// A direction that has ended leaves the other one open. Two virtual threads, one per direction;
/// each reads only after the other side took what it had, so that a slow reader slows the writer.
final class Carriage {
    private final SocketChannel inside;
    private final SocketChannel outside;
    private final CopyBuffers buffers;
    private volatile long lastByte = System.nanoTime();

    Carriage(SocketChannel inside, SocketChannel outside, CopyBuffers buffers) {
        this.inside = inside;
        this.outside = outside;
        this.buffers = buffers;
    }

    /// Returns when both directions have ended and both connections are closed.
    void run() {
        try {
            inside.setOption(StandardSocketOptions.TCP_NODELAY, true);
            outside.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Thread answers = Thread.startVirtualThread(() -> copy(outside, inside));
            copy(inside, outside);
            answers.join();
        } catch (IOException _) {
            reset();
        } catch (InterruptedException _) {
            reset();
            Thread.currentThread().interrupt();
        } finally {
            close(inside);
            close(outside);
        }
    }

    private void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = buffers.take();
        try {
            int got;
            while ((got = from.read(buffer.clear())) >= 0) {
                lastByte = System.nanoTime();
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer = buffers.exchange(buffer, got);
            }
            to.shutdownOutput();
        } catch (IOException _) {
            // One side is broken, which only a reset tells the other.
            reset();
        } finally {
            buffers.give(buffer);
        }
    }

    /// Nanoseconds since a byte came from either side.
    long quietFor(long now) {
        return now - lastByte;
    }

    /// Breaks both connections, from any thread.
    void reset() {
        reset(inside);
        reset(outside);
    }

    static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException _) {
            // closed already
        }
        close(channel);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // there is nothing left to do for it
        }
    }
}
