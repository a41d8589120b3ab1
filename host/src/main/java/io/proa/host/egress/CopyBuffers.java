package io.proa.host.egress;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/// Memory for bytes on their way, outside the heap: little for a direction that is quiet, more, as
/// long as there is any, for one that keeps filling what it has. Safe for use by several threads.
final class CopyBuffers {
    static final int SMALL = 4 * 1024;
    static final int LARGE = 64 * 1024;
    private static final int MOST_LARGE = 128;

    private final Queue<ByteBuffer> small = new ConcurrentLinkedQueue<>();
    private final Queue<ByteBuffer> large = new ConcurrentLinkedQueue<>();
    private final Semaphore largeLeft = new Semaphore(MOST_LARGE);

    ByteBuffer take() {
        ByteBuffer kept = small.poll();
        return kept == null ? ByteBuffer.allocateDirect(SMALL) : kept;
    }

    /// Exchanges an empty buffer for one that suits a direction whose last read gave `got` bytes.
    ByteBuffer exchange(ByteBuffer buffer, int got) {
        if (got == SMALL && buffer.capacity() == SMALL && largeLeft.tryAcquire()) {
            give(buffer);
            ByteBuffer kept = large.poll();
            return kept == null ? ByteBuffer.allocateDirect(LARGE) : kept;
        }
        if (got < SMALL && buffer.capacity() == LARGE) {
            give(buffer);
            return take();
        }
        return buffer;
    }

    void give(ByteBuffer buffer) {
        if (buffer.capacity() == SMALL) {
            small.add(buffer);
        } else {
            large.add(buffer);
            largeLeft.release();
        }
    }
}
